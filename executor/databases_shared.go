package executor

import (
	"slices"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// sharedChanges gives those changes of a plan that the other databases find made: to roles that hold nothing in one
// database, and to their memberships. Revoked memberships are left out, since they go last.
func sharedChanges(statements []script.Statement) []catalog.Change {
	return changesThat(statements, func(s script.Statement) bool {
		switch ch := s.Change.(type) {
		case catalog.CreateRole:
			return ch.Holds == nil
		case catalog.AlterRole, catalog.GrantRole:
			return true
		case catalog.RevokeRole:
			return !s.IsTaking()
		}
		return false
	})
}

// changesThat gives the changes of the statements of which are says yes.
func changesThat(statements []script.Statement, are func(script.Statement) bool) []catalog.Change {
	return lists.Map(lists.Filter(statements, are), func(s script.Statement) catalog.Change { return s.Change })
}

// sharedAtTheEnd gives the changes to roles, memberships and owners of databases that the connected database's plan has
// made when all databases are done. What people gain and lose in the others depends on them.
func sharedAtTheEnd(plan *planner.Plan) []catalog.Change {
	return changesThat(plan.Statements, func(s script.Statement) bool {
		switch ch := s.Change.(type) {
		case catalog.AlterRole, catalog.GrantRole, catalog.RevokeRole, catalog.DropRole:
			return !s.Section.IsTemporary()
		case catalog.SetOwner:
			return ch.Object.Kind == catalog.Database
		}
		return false
	})
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
	return changesThat(plan.Statements, func(s script.Statement) bool {
		ch, creates := s.Change.(catalog.CreateRole)
		return creates && catalog.IsAdministratorName(ch.Name)
	})
}

// creates tells whether the database's plan creates the same role as a change.
func (d *databaseRun) creates(change catalog.Change) bool {
	role, is := change.(catalog.CreateRole)
	return is && slices.ContainsFunc(d.found.Statements, func(s script.Statement) bool {
		other, creates := s.Change.(catalog.CreateRole)
		return creates && other.Name == role.Name
	})
}
