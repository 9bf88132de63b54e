package script

import "pgsr/planner/catalog"

// GrantTo writes the statement that a message recommends.
func GrantTo(role string, privilege catalog.Privilege, object catalog.ObjectID) string {
	return SQL(catalog.Grant{Privileges: []catalog.Privilege{privilege}, Object: object, Grantees: []string{role}}, catalog.Server{})
}

// Remedy writes what a superuser has to run to make a change. If it is to be made as a role, that stands between SET
// ROLE and RESET ROLE.
func Remedy(change catalog.Change, as string, server catalog.Server) []string {
	sql := Masked(change, server)
	if as == "" {
		return []string{sql}
	}
	return []string{"SET ROLE " + role(as), sql, "RESET ROLE"}
}
