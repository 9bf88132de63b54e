package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// grantDefault: https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
type grantDefault catalog.GrantDefault

func (ch grantDefault) sql(w writer) (string, error) {
	what, err := w.privilegesOnFuture(ch.Privileges, ch.Future)
	if err != nil {
		return "", err
	}
	sql := alterDefaults(ch.Future) + " GRANT " + what + " TO " + list(ch.Grantees, grantee)
	if ch.WithOption {
		sql += " WITH GRANT OPTION"
	}
	return sql, nil
}

func alterDefaults(f catalog.Future) string {
	sql := "ALTER DEFAULT PRIVILEGES FOR ROLE " + role(f.Owner)
	if f.Schema != "" {
		sql += " IN SCHEMA " + ident(f.Schema)
	}
	return sql
}

// privilegesOnFuture writes SELECT, INSERT ON TABLES. Privileges and kinds are bare words in SQL, so only those that
// package catalog lists are written. Before 11 routines are FUNCTIONS alone.
// https://www.postgresql.org/docs/10/sql-alterdefaultprivileges.html
func (w writer) privilegesOnFuture(privileges []catalog.Privilege, f catalog.Future) (string, error) {
	info := f.Kind.Info()
	switch {
	case info.Kind == "":
		return "", fmt.Errorf("unknown kind of default privileges %q", f.Kind)
	case f.Schema != "" && !info.InSchema:
		return "", fmt.Errorf("there are no default privileges on %s in a schema", f.Kind)
	}
	words := make([]string, len(privileges))
	for i, p := range privileges {
		if !slices.Contains(info.Privileges, p) {
			return "", fmt.Errorf("unknown privilege %q on %s", p, f.Kind)
		}
		words[i] = string(p)
	}
	kind := string(info.Kind)
	if info.Also != "" && !w.knowsRoutine() {
		kind = info.Also
	}
	return strings.Join(words, ", ") + " ON " + kind, nil
}

func (ch grantDefault) summary() string {
	text := "grant " + displayPrivileges(ch.Privileges) + " on " + catalog.DisplayFuture(ch.Future) + " to " + ShortList(ch.Grantees, catalog.DisplayGrantee)
	if ch.WithOption {
		text += ", with grant option"
	}
	return text
}

func (ch grantDefault) mark() Mark { return Gives }

func (ch grantDefault) names() []string {
	return append([]string{ch.Future.Owner, ch.Future.Schema}, ch.Grantees...)
}

type revokeDefault catalog.RevokeDefault

func (ch revokeDefault) sql(w writer) (string, error) {
	what, err := w.privilegesOnFuture(ch.Privileges, ch.Future)
	if err != nil {
		return "", err
	}
	sql := alterDefaults(ch.Future) + " REVOKE "
	if ch.OptionOnly {
		sql += "GRANT OPTION FOR "
	}
	return sql + what + " FROM " + list(ch.Grantees, grantee), nil
}

func (ch revokeDefault) summary() string {
	text := "revoke "
	if ch.OptionOnly {
		text += "grant option for "
	}
	return text + displayPrivileges(ch.Privileges) + " on " + catalog.DisplayFuture(ch.Future) + " from " + ShortList(ch.Grantees, catalog.DisplayGrantee)
}

func (ch revokeDefault) mark() Mark { return Takes }

func (ch revokeDefault) names() []string {
	return append([]string{ch.Future.Owner, ch.Future.Schema}, ch.Grantees...)
}
