package executor

import (
	"slices"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// sharedChanges gives those changes of a plan that the other databases find made: to roles that hold nothing in one
// database, and to their memberships. Revoked memberships are left out, since they go last.
func sharedChanges(statements []script.Statement) []catalog.Change {
	var out []catalog.Change
	for _, s := range statements {
		switch ch := s.Change.(type) {
		case catalog.CreateRole:
			if ch.Holds == nil {
				out = append(out, ch)
			}
		case catalog.AlterRole, catalog.GrantRole:
			out = append(out, ch)
		case catalog.RevokeRole:
			if !s.IsTaking() {
				out = append(out, ch)
			}
		}
	}
	return out
}

// sharedAtTheEnd gives the changes to roles, memberships and owners of databases that the connected database's plan has
// made when all databases are done. What people gain and lose in the others depends on them.
func sharedAtTheEnd(plan *planner.Plan) []catalog.Change {
	var out []catalog.Change
	for _, s := range plan.Statements {
		switch ch := s.Change.(type) {
		case catalog.AlterRole, catalog.GrantRole, catalog.RevokeRole, catalog.DropRole:
			if !s.Section.IsTemporary() {
				out = append(out, ch)
			}
		case catalog.SetOwner:
			if ch.Object.Kind == catalog.Database {
				out = append(out, ch)
			}
		}
	}
	return out
}

// sharedBefore gives the changes to roles and memberships that the connected database makes before the others have
// their turn. Memberships that go, and logins of existing roles, come after it.
func (r *sequenceRun) sharedBefore() []catalog.Change {
	if r.connected.found.IsEmpty() {
		return nil
	}
	staged, err := r.stages()
	if err != nil { // which is told where it matters: with nothing to do elsewhere there are no stages
		return sharedChanges(r.connected.found.Statements)
	}
	r.staged = staged
	return sharedChanges(slices.Concat(staged[0].plan.Statements, staged[1].plan.Statements))
}

// applyShared applies the changes to roles and memberships of another database's plan to a catalog. It leaves out roles
// that the catalog does not show.
func applyShared(changes []catalog.Change, c *catalog.Catalog) {
	unknown := func(role string) bool { return c.Roles[role] == nil }
	known := func(roles []string) []string { return slices.DeleteFunc(slices.Clone(roles), unknown) }
	for _, change := range changes {
		switch ch := change.(type) {
		case catalog.CreateRole:
			if unknown(ch.Name) {
				ch.Members = known(ch.Members)
				ch.Apply(c)
			}
		case catalog.GrantRole:
			ch.Roles, ch.Members = known(ch.Roles), known(ch.Members)
			ch.Apply(c)
		case catalog.RevokeRole:
			ch.Roles = known(ch.Roles)
			ch.Apply(c)
		default:
			change.Apply(c)
		}
	}
}

// administrators gives the changes of a plan that create administrator roles.
func administrators(plan *planner.Plan) []catalog.Change {
	var out []catalog.Change
	for _, s := range plan.Statements {
		if ch, creates := s.Change.(catalog.CreateRole); creates && catalog.IsAdministratorName(ch.Name) {
			out = append(out, ch)
		}
	}
	return out
}

// creates tells whether the database's plan creates the same role as a change.
func (d *databaseRun) creates(change catalog.Change) bool {
	role, is := change.(catalog.CreateRole)
	return is && slices.ContainsFunc(d.found.Statements, func(s script.Statement) bool {
		other, creates := s.Change.(catalog.CreateRole)
		return creates && other.Name == role.Name
	})
}
