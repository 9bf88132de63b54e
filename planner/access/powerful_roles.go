package access

import "pgsr/planner/catalog"

// reachingAll says what predefined roles are good for that is as much as everything:
// https://www.postgresql.org/docs/current/predefined-roles.html
var reachingAll = map[string]string{
	catalog.ReadAllData:         "can read all tables",
	catalog.WriteAllData:        "can write to all tables",
	catalog.MaintainAll:         "can maintain all tables",
	"pg_read_server_files":      "can read files of the server",
	"pg_write_server_files":     "can write files of the server",
	"pg_execute_server_program": "can run programs on the server",
}

// powerfulRole is a role that one does not want to be reached by chance.
type powerfulRole struct {
	kind MarkKind
	text string
}

// powerfulRoles lists those of a state by name.
func powerfulRoles(c *catalog.Catalog) map[string]powerfulRole {
	out := map[string]powerfulRole{}
	for role, text := range reachingAll {
		out[role] = powerfulRole{ReachesAll, text + " (" + role + ")"}
	}
	for name, role := range c.Roles {
		switch {
		case catalog.IsOwnRole(name): // administrator roles have CREATEROLE and reach nothing but privilege roles
		case role.Attributes.Superuser:
			out[name] = powerfulRole{GainsSuperuser, "can act as " + named(name) + ", a superuser"}
		case role.Attributes.CreateRole:
			out[name] = powerfulRole{GainsCreateRole, "can act as " + named(name) + ", which has CREATEROLE"}
		}
	}
	return out
}

// markReach tells which roles come to reach a powerfulRole one by memberships, with its privileges or by SET ROLE.
func markReach(before, after *catalog.Catalog, add addMark) {
	were := powerfulRoles(before)
	for name, is := range powerfulRoles(after) {
		var already map[string]bool
		if were[name] == is {
			already = actingAs(before, name)
		}
		for role := range actingAs(after, name) {
			if isOrdinary(role) && role != name && !already[role] && !after.IsSuperuser(role) {
				add(is.kind, role, is.text)
			}
		}
	}
}

// actingAs gives the role, and all that have its privileges or can SET ROLE to it.
func actingAs(c *catalog.Catalog, role string) map[string]bool {
	return catalog.Below([]string{role}, func(o catalog.Options) bool { return o.Inherit || o.Set }, c)
}
