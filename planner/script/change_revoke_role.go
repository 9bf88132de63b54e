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
	text += displayRoles(ch.Roles) + " from " + ShortList(ch.Members, DisplayName)
	if ch.GrantedBy {
		text += ", granted by " + DisplayName(ch.Grantor)
	}
	return text + andDependents(ch.Cascade)
}

func (ch revokeRole) mark() Mark { return Takes }

func (ch revokeRole) names() []string {
	return slices.Concat([]string{ch.Grantor}, ch.Roles, ch.Members)
}

type jsonRevokeRole struct {
	tag
	jsonRoles
	Members   []string `json:"members"`
	AdminOnly bool     `json:"admin_only,omitempty"`
	Grantor   string   `json:"grantor"`
	GrantedBy bool     `json:"granted_by,omitempty"`
	Cascade   bool     `json:"cascade,omitempty"`
}

func (ch revokeRole) json() any {
	return jsonRevokeRole{tag{"revoke_role"}, jsonRolesOf(ch.Roles), ch.Members, ch.AdminOnly, ch.Grantor, ch.GrantedBy, ch.Cascade}
}

func (f jsonRevokeRole) change() catalog.Change {
	return catalog.RevokeRole{Roles: f.names(), Members: f.Members, AdminOnly: f.AdminOnly, Grantor: f.Grantor, GrantedBy: f.GrantedBy, Cascade: f.Cascade}
}
