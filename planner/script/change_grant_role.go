package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// grantRole: https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
type grantRole catalog.GrantRole

func (ch grantRole) sql(w writer) (string, error) {
	sql := "GRANT " + list(ch.Roles, role) + " TO " + list(ch.Members, role)
	if options := w.options(ch.Options); options != "" {
		sql += " WITH " + options
	}
	return sql + grantedBy(ch.GrantedBy, ch.Grantor), nil
}

// options names all options of a membership, since what INHERIT is when left out depends on the member's attribute.
// Before 16 there is only ADMIN OPTION: https://www.postgresql.org/docs/15/sql-grant.html
func (w writer) options(o *catalog.Options) string {
	switch {
	case o == nil:
		return ""
	case w.server.MembershipsHaveOptions():
		return strings.ToUpper(fmt.Sprintf("ADMIN %t, INHERIT %t, SET %t", o.Admin, o.Inherit, o.Set))
	case o.Admin:
		return "ADMIN OPTION"
	}
	return ""
}

func grantedBy(named bool, grantor string) string {
	if !named {
		return ""
	}
	return " GRANTED BY " + role(grantor)
}

func (ch grantRole) summary() string {
	return "grant " + displayRoles(ch.Roles) + " to " + ShortList(ch.Members, catalog.DisplayName) + DisplayOptions(ch.Options)
}

func displayRoles(names []string) string {
	if len(names) == 1 {
		return "role " + catalog.DisplayName(names[0])
	}
	return "roles " + ShortList(names, catalog.DisplayName)
}

func (ch grantRole) mark() Mark { return Gives }

func (ch grantRole) names() []string {
	return slices.Concat([]string{ch.Grantor}, ch.Roles, ch.Members)
}

type jsonGrantRole struct {
	jsonRoles
	catalog.GrantRole
}

func (ch grantRole) json() any { return jsonGrantRole{jsonRolesOf(ch.Roles), catalog.GrantRole(ch)} }

func (f jsonGrantRole) change() catalog.Change {
	f.GrantRole.Roles = f.names()
	return f.GrantRole
}

// jsonRoles are the roles that are granted or revoked: the one, or several.
type jsonRoles struct {
	Role  string   `json:"role,omitempty"`
	Roles []string `json:"roles,omitempty"`
}

func jsonRolesOf(names []string) jsonRoles {
	if len(names) == 1 && names[0] != "" {
		return jsonRoles{Role: names[0]}
	}
	return jsonRoles{Roles: names}
}

// names gives all of them.
func (f jsonRoles) names() []string {
	if f.Role != "" {
		return append([]string{f.Role}, f.Roles...)
	}
	return f.Roles
}
