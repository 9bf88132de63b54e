package script

import (
	"slices"

	"pgsr/planner/catalog"
)

// revokeRole: https://www.postgresql.org/docs/current/sql-revoke.html#SQL-REVOKE-DESCRIPTION-ROLES
type revokeRole catalog.RevokeRole

func (ch revokeRole) sql(writer) (string, error) {
	sql := "REVOKE "
	if ch.AdminOnly {
		sql += "ADMIN OPTION FOR "
	}
	sql += list(ch.Roles, role) + " FROM " + list(ch.Members, role) + grantedBy(ch.GrantedBy, ch.Grantor)
	return sql + cascade(ch.Cascade), nil
}

func (ch revokeRole) summary() string {
	text := "revoke "
	if ch.AdminOnly {
		text = "revoke admin option for "
	}
	text += displayRoles(ch.Roles) + " from " + ShortList(ch.Members, catalog.DisplayName)
	if ch.GrantedBy {
		text += ", granted by " + catalog.DisplayName(ch.Grantor)
	}
	return text + andDependents(ch.Cascade)
}

func (ch revokeRole) mark() Mark { return Takes }

func (ch revokeRole) names() []string {
	return slices.Concat([]string{ch.Grantor}, ch.Roles, ch.Members)
}

type jsonRevokeRole struct {
	jsonRoles
	catalog.RevokeRole
}

func (ch revokeRole) json() any { return jsonRevokeRole{jsonRolesOf(ch.Roles), catalog.RevokeRole(ch)} }

func (f jsonRevokeRole) change() catalog.Change {
	f.RevokeRole.Roles = f.names()
	return f.RevokeRole
}
