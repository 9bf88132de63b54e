package access

import (
	"slices"

	"pgsr/planner/catalog"
)

// held is objects of one kind on which a role has a privilege that may let it become more than it is.
type held struct {
	role      string
	privilege catalog.Privilege
	kind      catalog.Kind
}

// markHeld tells what privileges let roles become: what a role can run with the rights of others, and what it can
// keep others from.
func (r *Reach) markHeld(all map[held][]catalog.ObjectID, add addMark) {
	for h, objects := range all {
		slices.SortFunc(objects, catalog.ObjectID.Compare)
		objects = slices.Compact(objects)
		switch h.privilege {
		case catalog.Trigger:
			// https://www.postgresql.org/docs/current/sql-createtrigger.html
			add(ActsAsOthers, h.role, "can have triggers run its code as whoever writes to "+someObjects(objects))
		case catalog.References:
			// Such a key may compare by a cast of a type of its own. https://www.postgresql.org/docs/current/ddl-priv.html
			add(TiesRows, h.role, "can, by foreign keys, run its code as the owner of "+someObjects(objects)+", find out keys, and keep rows from being changed")
		case catalog.Execute:
			r.markRoutines(h.role, objects, add)
		case catalog.Set, catalog.AlterSystem:
			objects = slices.DeleteFunc(slices.Clone(objects), func(id catalog.ObjectID) bool { return !slices.Contains(settingsOfCode, id.Name) })
			if len(objects) > 0 {
				add(ActsAsOthers, h.role, "can have the server, or sessions of others, run other code by "+someObjects(objects))
			}
		}
	}
}

// settingsOfCode are those that name programs to run, or libraries to load.
// https://www.postgresql.org/docs/current/runtime-config.html
var settingsOfCode = []string{
	"archive_cleanup_command", "archive_command", "archive_library", "dynamic_library_path", "extension_control_path", "jit_provider",
	"local_preload_libraries", "recovery_end_command", "restore_command", "session_preload_libraries", "shared_preload_libraries", "ssl_passphrase_command",
}

// markRoutines tells which routines run as a role that can do more than others. It names the first for each owner.
// https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
func (r *Reach) markRoutines(role string, objects []catalog.ObjectID, add addMark) {
	byOwner := map[string][]catalog.ObjectID{}
	for _, id := range objects {
		if o := r.catalog.Objects[id]; o != nil && o.Code == catalog.SecurityDefiner {
			byOwner[o.Owner] = append(byOwner[o.Owner], id)
		}
	}
	for owner, routines := range byOwner {
		if power := r.powerOf(owner); power != "" && owner != role {
			add(ActsAsOthers, role, "can execute "+someObjects(routines)+" as "+catalog.DisplayName(owner)+", "+power)
		}
	}
}

// isEscalating tells whether a privilege is one that [Reach.markHeld] looks at.
func isEscalating(p catalog.Privilege) bool {
	return p == catalog.Trigger || p == catalog.References || p == catalog.Execute || p == catalog.Set || p == catalog.AlterSystem
}

// markGains marks what is gained, but by owners and superusers, who can do all of that anyway; what
// everybody gains is said of PUBLIC.
func (e *Effect) markGains(after *catalog.Catalog, add addMark) {
	all := map[held][]catalog.ObjectID{}
	for _, g := range e.Gains {
		if g.Path.Kind == ByOwnership || g.Path.Kind == BySuperuser {
			continue
		}
		for _, privilege := range g.Privileges {
			if !isEscalating(privilege) {
				continue
			}
			for _, role := range g.Roles {
				if g.Path.Kind == ByPublic && role != catalog.Public {
					continue
				}
				h := held{role, privilege, g.Objects[0].Kind}
				all[h] = append(all[h], g.Objects...)
			}
		}
	}
	if len(all) > 0 {
		NewReach(after).markHeld(all, add)
	}
}

// marksOf says what lets a role become more than it is: by its memberships and by what it has. What everybody has
// counts where the routine runs as one who can do more.
func (r *Reach) marksOf(b *becoming, has []Access, memberships bool) []Mark {
	var out []Mark
	add := func(kind MarkKind, role, text string) {
		out = append(out, Mark{kind, role, catalog.DisplayGrantee(role) + " " + text})
	}
	role := b.steps[0].role
	if memberships {
		r.markPower(b, add)
	}
	all := map[held][]catalog.ObjectID{}
	for _, a := range has {
		if len(a.Paths) > 0 && isEscalating(a.Privilege) && !slices.ContainsFunc(a.Paths, isOwners) {
			h := held{role, a.Privilege, a.Object.Kind}
			all[h] = append(all[h], a.Object)
		}
	}
	r.markHeld(all, add)
	slices.SortFunc(out, Mark.compare)
	return out
}

func isOwners(p Path) bool { return p.Kind == ByOwnership || p.Kind == BySuperuser }

// powerOf is [Reach.power], worked out once for each role.
func (r *Reach) powerOf(role string) string {
	known, there := r.powers[role]
	if !there {
		known = r.power(role)
		if r.powers == nil {
			r.powers = map[string]string{}
		}
		r.powers[role] = known
	}
	return known
}
