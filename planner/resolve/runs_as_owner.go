package resolve

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// ownerChange is an object that gets another owner. At is where the spec says so, else where it names the old owner.
type ownerChange struct {
	id       catalog.ObjectID
	from, to string
	// isNamed tells whether a person has named the new owner: by owns, reassign_to or --reassign-to.
	isNamed bool
	at      spec.Position
}

func (r *resolver) ownerChange(object *catalog.Object, owner string, claims map[catalog.ObjectID]claim) ownerChange {
	change := ownerChange{id: object.ID, from: object.Owner, to: owner, isNamed: r.means.ReassignTo != ""}
	if claimed, isClaimed := claims[object.ID]; isClaimed {
		change.isNamed, change.at = true, claimed.at
	} else if place, in := r.scope[object.Owner]; in {
		change.at = r.spec.Roles[place].At
	} else if l, is := r.leavers[object.Owner]; is {
		change.isNamed, change.at = change.isNamed || l.ReassignTo != "", l.at
	}
	return change
}

// refuseUntrustedCode refuses a new owner for objects that run code with their owner's rights, if that owner can do
// more than the old one. Whoever wrote the code, or may call it, would then have all that the new owner can do.
func (r *resolver) refuseUntrustedCode() {
	for _, c := range r.ownerChanges {
		what := r.current.Objects[c.id].RunsAsOwner()
		if what == "" || c.isNamed && r.means.TrustCode || r.canDoNoMore(c.to, c.from) {
			continue
		}
		r.fail(c.at, "%s is %s, which runs with its owner's rights, and %q, to whom it would go, can do what %q can not: %s",
			c.id, what, c.to, c.from, r.whatToWrite(c))
	}
}

// whatToWrite says what a person can write instead.
func (r *resolver) whatToWrite(c ownerChange) string {
	switch {
	case r.isLeaver(c.from):
		return fmt.Sprintf("name with reassign_to one who can do no more, or read it and give it with «reassign_to: %s» and --trust-code, or drop it", catalog.QuoteIfNeeded(c.to))
	case !r.inScope(c.from):
		return fmt.Sprintf("take it out of what %q owns, or read it and give it with --trust-code, or drop it", c.to)
	case c.isNamed:
		return fmt.Sprintf("leave it to %q with «owns: [%s]», or read it and give it with --trust-code, or drop it", c.from, c.id)
	}
	return fmt.Sprintf("leave it to %q with «owns: [%s]», or read it and name who is to have it, with --reassign-to ROLE --trust-code, or drop it", c.from, c.id)
}

// canDoNoMore tells whether a role can do nothing that another cannot do, both now and when all is as the spec says. It
// says no of a role that is neither in the spec nor the connecting role: its memberships need not have been read.
func (r *resolver) canDoNoMore(role, than string) bool {
	its, others := r.current.Roles[role], r.current.Roles[than]
	switch {
	case others == nil || its == nil:
		return false
	case others.Attributes.Superuser:
		return true
	case r.isLeaver(than):
		return !exceeds(its.Attributes, others.Attributes) && !exceeds(r.desired.Roles[role].Attributes, others.Attributes) && r.actor.HasPrivilegesOf(than, role) && r.asIfStayed(than).HasPrivilegesOf(than, role)
	case !r.inScope(than) && than != r.actor.Name:
		return false
	}
	return !exceeds(its.Attributes, others.Attributes) && r.actor.HasPrivilegesOf(than, role) &&
		!exceeds(r.atTheEnd().Roles[role].Attributes, r.atTheEnd().Roles[than].Attributes) && r.reachAfter().HasPrivilegesOf(than, role)
}

// exceeds tells whether attributes allow what others do not.
func exceeds(a, others catalog.Attributes) bool {
	return a.Superuser || a.CreateRole && !others.CreateRole || a.CreateDB && !others.CreateDB ||
		a.Replication && !others.Replication || a.BypassRLS && !others.BypassRLS
}
