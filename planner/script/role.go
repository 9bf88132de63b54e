package script

import (
	"errors"
	"regexp"
	"strings"

	"pgsr/planner/catalog"
)

// createRole: https://www.postgresql.org/docs/current/sql-createrole.html
func (w writer) createRole(ch catalog.CreateRole) (string, error) {
	with := ch.With
	with.Name = ch.Name
	options, err := w.roleOptions(with)
	if err != nil {
		return "", err
	}
	if ch.CreateRole {
		options = append([]string{"CREATEROLE"}, options...)
	}
	if len(ch.Members) > 0 {
		options = append(options, "ROLE "+list(ch.Members, role))
	}
	return withOptionList("CREATE ROLE "+role(ch.Name), options), nil
}

// alterRole: https://www.postgresql.org/docs/current/sql-alterrole.html
func (w writer) alterRole(ch catalog.AlterRole) (string, error) {
	options, err := w.roleOptions(ch)
	return withOptionList("ALTER ROLE "+role(ch.Name), options), err
}

func withOptionList(sql string, options []string) string {
	if len(options) == 0 {
		return sql
	}
	return sql + " WITH " + strings.Join(options, " ")
}

// roleOptions writes the options that CREATE ROLE and ALTER ROLE have in common.
func (w writer) roleOptions(ch catalog.AlterRole) ([]string, error) {
	var options []string
	if ch.Login != nil {
		options = append(options, loginWord(*ch.Login))
	}
	if ch.Verifier != "" {
		password, err := w.password(ch.Name, ch.Verifier)
		if err != nil {
			return nil, err
		}
		options = append(options, "PASSWORD "+password)
	}
	if ch.SetValidUntil {
		options = append(options, "VALID UNTIL "+literal(timestamp(ch.ValidUntil)))
	}
	return options, nil
}

func loginWord(login bool) string {
	if login {
		return "LOGIN"
	}
	return "NOLOGIN"
}

// hashed is what the server takes for a password that is hashed already; it takes anything else for one in clear.
// https://www.postgresql.org/docs/current/catalog-pg-authid.html
var hashed = regexp.MustCompile(`^(?:(SCRAM-SHA-256\$)[1-9][0-9]*:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=|(md5)[0-9a-f]{32})$`)

// password writes a verifier. Masked, it is no literal alone: whoever runs a masked statement must not set a password
// that everybody can read.
func (w writer) password(name string, v catalog.Verifier) (string, error) {
	if v == catalog.NoPassword {
		return "NULL", nil
	}
	if variable, ok := w.variables[name]; ok {
		return ":'" + variable + "'", nil
	}
	form := hashed.FindStringSubmatch(string(v))
	if form == nil {
		return "", errors.New("the password is neither a SCRAM-SHA-256 verifier nor an MD5 hash")
	}
	if w.masked {
		return literal(form[1]+form[2]+"…") + " (hidden)", nil
	}
	return literal(string(v)), nil
}

// commentOnRole: https://www.postgresql.org/docs/current/sql-comment.html
func commentOnRole(ch catalog.CommentOnRole) string {
	text := "NULL"
	if ch.Comment != "" {
		text = literal(ch.Comment)
	}
	return "COMMENT ON ROLE " + role(ch.Name) + " IS " + text
}
