package access

import (
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// reachingAll says what predefined roles can do that is as much as everything:
// https://www.postgresql.org/docs/current/predefined-roles.html
var reachingAll = map[string]string{
	catalog.ReadAllData:         "read all tables",
	catalog.WriteAllData:        "write to all tables",
	catalog.MaintainAll:         "maintain all tables",
	"pg_read_server_files":      "read files of the server",
	"pg_write_server_files":     "write files of the server",
	"pg_execute_server_program": "run programs on the server",
}

// powerfulRole is a role that one does not want to be reached by chance, and what who reaches it can do.
type powerfulRole struct {
	kind MarkKind
	does string
}

// can is said of who reaches it, and could of who does by making himself a member.
func (p powerfulRole) can() string   { return "can " + p.does }
func (p powerfulRole) could() string { return "could, by ADMIN OPTION, " + p.does }

// powerfulRoles lists those of a state by name.
func powerfulRoles(c *catalog.Catalog) map[string]powerfulRole {
	out := map[string]powerfulRole{}
	for role, does := range reachingAll {
		out[role] = powerfulRole{ReachesAll, does + " (" + role + ")"}
	}
	for name, role := range c.Roles {
		switch {
		case role.IsAdministrator(): // it has CREATEROLE and reaches nothing but privilege roles
		case role.Attributes.Superuser:
			out[name] = powerfulRole{GainsSuperuser, "act as " + catalog.DisplayName(name) + ", a superuser"}
		case role.Attributes.CreateRole:
			out[name] = powerfulRole{GainsCreateRole, "act as " + catalog.DisplayName(name) + ", which has CREATEROLE"}
		}
	}
	return out
}

// markReach tells which roles come to reach a powerfulRole by memberships: with its privileges, by SET ROLE, or by an
// ADMIN OPTION with which they could make themselves members.
func markReach(before, after *catalog.Catalog, add addMark) {
	were := powerfulRoles(before)
	reach := NewReach(after)
	for name, is := range powerfulRoles(after) {
		var could, can map[string]bool
		if were[name] == is {
			could, can = actingAs(before, name, true), actingAs(before, name, false)
		}
		now := actingAs(after, name, false)
		for role := range actingAs(after, name, true) {
			switch {
			case !isOrdinary(role, before, after) || role == name || can[role] || after.IsSuperuser(role):
			case now[role]:
				add(is.kind, role, is.can())
			case !could[role] && reach.couldAct(role, name):
				add(CouldBecome, role, is.could())
			}
		}
	}
}

// actingAs gives the role, and all that have its privileges or can SET ROLE to it; with those that may have an ADMIN
// OPTION on the way.
func actingAs(c *catalog.Catalog, role string, byAdmin bool) map[string]bool {
	return catalog.Below([]string{role}, func(o catalog.Options) bool { return o.Inherit || o.Set || byAdmin && o.Admin }, c)
}

// couldAct tells whether a role could make itself one that acts as another.
func (r *Reach) couldAct(role, other string) bool {
	return slices.ContainsFunc(r.become(role).steps, func(s step) bool { return s.role == other })
}

// power says what makes a role one that can do more than others; empty: nothing does.
func (r *Reach) power(role string) string {
	attributes := attributes(r.catalog, role)
	switch {
	case attributes.Superuser:
		return "a superuser"
	case attributes.CreateRole:
		return "which has CREATEROLE"
	}
	powerful := powerfulRoles(r.catalog)
	for _, s := range r.become(role).steps {
		if is, found := powerful[s.role]; found && s.granting == "" {
			return "which " + is.can()
		}
	}
	return ""
}

// markPower tells which powerful roles a role reaches, and which it could.
func (r *Reach) markPower(b *becoming, add addMark) {
	powerful := powerfulRoles(r.catalog)
	now := map[string]bool{}
	for _, s := range b.steps {
		now[s.role] = now[s.role] || s.granting == ""
	}
	role := b.steps[0].role
	for _, name := range slices.Sorted(maps.Keys(now)) {
		is, found := powerful[name]
		switch {
		case !found || name == role || r.catalog.IsSuperuser(role):
		case now[name]:
			add(is.kind, role, is.can())
		case b.byAdmin(name):
			add(CouldBecome, role, is.could())
		}
	}
}

// byAdmin tells whether a role is come to by ADMIN OPTION, and not by CREATEROLE.
func (b *becoming) byAdmin(role string) bool {
	return slices.ContainsFunc(b.steps, func(s step) bool { return s.role == role && s.granting == ByAdmin })
}
