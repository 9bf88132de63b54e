package script

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"pgsr/planner/catalog"
)

// alterRole: https://www.postgresql.org/docs/current/sql-alterrole.html
type alterRole catalog.AlterRole

func (ch alterRole) sql(w writer) (string, error) {
	options, err := w.roleOptions(catalog.AlterRole(ch))
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
	options := attributeTexts(ch.Attributes)
	if ch.Login != nil {
		options = append(options, yesNo(*ch.Login, "LOGIN"))
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

// attributeTexts writes attributes as CREATE ROLE and ALTER ROLE name them.
func attributeTexts(changes catalog.AttributeChanges) []string {
	var out []string
	changes.Each(func(word catalog.AttributeWord, yes bool) { out = append(out, yesNo(yes, string(word))) })
	if changes.ConnectionLimit != nil {
		out = append(out, fmt.Sprintf("CONNECTION LIMIT %d", *changes.ConnectionLimit))
	}
	return out
}

// hashed matches what the server takes for a password that is hashed already. Anything else it takes for clear text.
// https://www.postgresql.org/docs/current/catalog-pg-authid.html
var hashed = regexp.MustCompile(`^(?:(SCRAM-SHA-256\$)[1-9][0-9]*:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=|(md5)[0-9a-f]{32})$`)

// password writes a verifier. A masked one is a syntax error, so that nobody sets a password by it that all can read.
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

func (ch alterRole) summary() string {
	return "alter role " + catalog.DisplayName(ch.Name) + ": " + alterations(catalog.AlterRole(ch))
}

// alterations says in words what CREATE ROLE and ALTER ROLE have in common.
func alterations(ch catalog.AlterRole) string {
	out := attributeTexts(ch.Attributes)
	if ch.Login != nil && *ch.Login {
		out = append(out, "may log in")
	} else if ch.Login != nil {
		out = append(out, "may not log in")
	}
	if ch.Verifier == catalog.NoPassword {
		out = append(out, "no password")
	} else if ch.Verifier != "" {
		out = append(out, "set the password")
	}
	if ch.SetValidUntil && ch.ValidUntil == nil {
		out = append(out, "password without end")
	} else if ch.SetValidUntil {
		out = append(out, "password until "+timestamp(ch.ValidUntil))
	}
	return strings.Join(out, ", ")
}

func (ch alterRole) mark() Mark {
	gives, takes := ch.Login != nil && *ch.Login, ch.Login != nil && !*ch.Login
	ch.Attributes.Each(func(_ catalog.AttributeWord, yes bool) { gives, takes = gives || yes, takes || !yes })
	switch {
	case gives == takes:
		return Changes
	case gives:
		return Gives
	}
	return Takes
}

func (ch alterRole) names() []string { return []string{ch.Name} }

type jsonAlterRole struct {
	Name string `json:"name"`
	jsonLogin
}

// jsonLogin is what a role that is created and one that is altered may get.
type jsonLogin struct {
	Login *bool `json:"login,omitempty"`
	// Secret is the verifier of a new password. RemovePassword: the role is to have none.
	Secret         string `json:"secret_verifier,omitempty"`
	RemovePassword bool   `json:"remove_password,omitempty"`
	// ValidUntil is when the password stops working, or infinity.
	ValidUntil *Timestamp `json:"valid_until,omitempty"`
	// Attributes are those that it gets and loses.
	Attributes catalog.AttributeChanges `json:"attributes,omitzero"`
}

func (ch alterRole) json() any {
	return jsonAlterRole{ch.Name, jsonLoginOf(catalog.AlterRole(ch))}
}

func jsonLoginOf(ch catalog.AlterRole) jsonLogin {
	form := jsonLogin{Login: ch.Login, Attributes: ch.Attributes, RemovePassword: ch.Verifier == catalog.NoPassword}
	if !form.RemovePassword {
		form.Secret = string(ch.Verifier)
	}
	if ch.SetValidUntil {
		form.ValidUntil = &Timestamp{ch.ValidUntil}
	}
	return form
}

func (f jsonAlterRole) change() catalog.Change { return f.alterRole(f.Name) }

func (f jsonLogin) alterRole(name string) catalog.AlterRole {
	ch := catalog.AlterRole{Name: name, Login: f.Login, Verifier: catalog.Verifier(f.Secret), Attributes: f.Attributes}
	if f.RemovePassword {
		ch.Verifier = catalog.NoPassword
	}
	if f.ValidUntil != nil {
		ch.SetValidUntil, ch.ValidUntil = true, f.ValidUntil.At
	}
	return ch
}
