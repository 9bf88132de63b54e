package script

import "pgsr/planner/catalog"

// Remedy writes what a superuser has to run to make a change in the name of a role: first SET ROLE, and RESET ROLE
// last, unless that is empty.
func Remedy(change catalog.Change, as string, server catalog.Server) []string {
	sql := Masked(change, server)
	if as == "" {
		return []string{sql}
	}
	return []string{"SET ROLE " + role(as), sql, "RESET ROLE"}
}
