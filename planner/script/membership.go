package script

import (
	"fmt"
	"strings"

	"pgsr/planner/catalog"
)

// grantRole: https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
func (w writer) grantRole(ch catalog.GrantRole) string {
	sql := "GRANT " + list(ch.Roles, role) + " TO " + list(ch.Members, role)
	if options := w.options(ch.Options); options != "" {
		sql += " WITH " + options
	}
	return sql + grantedBy(ch.GrantedBy, ch.Grantor)
}

// options names all of a membership's options, for one that is left out depends on the member's own attribute. Before
// 16 there is only ADMIN OPTION to name: https://www.postgresql.org/docs/15/sql-grant.html
func (w writer) options(o *catalog.Options) string {
	switch {
	case o == nil:
		return ""
	case w.server.GrantorsMatter():
		return strings.ToUpper(fmt.Sprintf("ADMIN %t, INHERIT %t, SET %t", o.Admin, o.Inherit, o.Set))
	case o.Admin:
		return "ADMIN OPTION"
	}
	return ""
}

func revokeRole(ch catalog.RevokeRole) string {
	sql := "REVOKE "
	if ch.AdminOnly {
		sql += "ADMIN OPTION FOR "
	}
	sql += list(ch.Roles, role) + " FROM " + list(ch.Members, role) + grantedBy(ch.GrantedBy, ch.Grantor)
	return sql + cascade(ch.Cascade)
}

func grantedBy(named bool, grantor string) string {
	if !named {
		return ""
	}
	return " GRANTED BY " + role(grantor)
}

// cascade writes CASCADE or nothing: RESTRICT is the default.
func cascade(yes bool) string {
	if yes {
		return " CASCADE"
	}
	return ""
}
