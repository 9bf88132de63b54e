package script

import (
	"slices"

	"pgsr/planner/catalog"
)

// revoke: https://www.postgresql.org/docs/current/sql-revoke.html
type revoke catalog.Revoke

func (ch revoke) sql(w writer) (string, error) {
	if err := checkColumns(ch.Column, ch.Also); err != nil {
		return "", err
	}
	what, err := w.privilegesOn(ch.Privileges, catalog.Revoke(ch).OnColumns(), ch.Object)
	if err != nil {
		return "", err
	}
	sql := "REVOKE "
	if ch.OptionOnly {
		sql += "GRANT OPTION FOR "
	}
	return sql + what + " FROM " + list(ch.Grantees, grantee) + cascade(ch.Cascade), nil
}

// cascade writes CASCADE or nothing: RESTRICT is the default.
func cascade(yes bool) string {
	if yes {
		return " CASCADE"
	}
	return ""
}

func (ch revoke) summary() string {
	text := "revoke "
	if ch.OptionOnly {
		text += "grant option for "
	}
	return text + displayPrivilegesOn(ch.Privileges, catalog.Revoke(ch).OnColumns(), ch.Object) + " from " + ShortList(ch.Grantees, catalog.DisplayGrantee) + andDependents(ch.Cascade)
}

func andDependents(yes bool) string {
	if yes {
		return ", and what was granted on by that"
	}
	return ""
}

func (ch revoke) mark() Mark { return Takes }

func (ch revoke) names() []string {
	return slices.Concat(namesOf(ch.Object), namesOfColumns(catalog.Revoke(ch).OnColumns()), []string{ch.Grantor}, ch.Grantees)
}
