package resolve

import (
	"fmt"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// moved is an object that gets another owner, with where in the spec that is said, or the old owner is.
type moved struct {
	id       catalog.ObjectID
	from, to string
	// named tells whether someone has named the new owner for it.
	named bool
	at    spec.Position
}

// refuseUntrustedCode refuses to give to a role what runs with its owner's rights, unless that can do no more than the
// old owner could: who wrote it, or may use it, would have all that the new owner can do.
func (r *resolver) refuseUntrustedCode() {
	for _, m := range r.moved {
		what := r.current.Objects[m.id].RunsAsOwner()
		if what == "" || m.named && r.means.TrustCode || r.isNoMightier(m.to, m.from) {
			continue
		}
		r.fail(m.at, "%s is %s, which runs with its owner's rights, and %q, to whom it would go, can do what %q can not: %s",
			m.id, what, m.to, m.from, r.choices(m))
	}
}

// choices says what to write instead.
func (r *resolver) choices(m moved) string {
	switch {
	case !r.inScope(m.from):
		return fmt.Sprintf("take it out of what %q owns, or read it and give it with --trust-code, or drop it", m.to)
	case m.named:
		return fmt.Sprintf("leave it to %q with «owns: [%s]», or read it and give it with --trust-code, or drop it", m.from, m.id)
	}
	return fmt.Sprintf("leave it to %q with «owns: [%s]», or read it and name who is to have it, with --reassign-to ROLE --trust-code, or drop it", m.from, m.id)
}

// isNoMightier tells whether a role can do nothing that another can not do already, now and when all is as the spec
// says. Of who is neither in the spec nor the connecting role, no memberships need be known.
func (r *resolver) isNoMightier(role, than string) bool {
	now, others := r.current.Roles[role], r.current.Roles[than]
	switch {
	case others == nil || now == nil:
		return false
	case others.Attributes.Superuser:
		return true
	case !r.inScope(than) && than != r.actor.Name:
		return false
	}
	return !exceeds(now.Attributes, others.Attributes) && r.actor.HasPrivilegesOf(than, role) && r.reachAfter().HasPrivilegesOf(than, role)
}

// exceeds tells whether attributes allow what others do not.
func exceeds(a, others catalog.Attributes) bool {
	return a.Superuser || a.CreateRole && !others.CreateRole || a.CreateDB && !others.CreateDB ||
		a.Replication && !others.Replication || a.BypassRLS && !others.BypassRLS
}

// reachAfter knows what is reached when all is as the spec says. It is asked for last.
func (r *resolver) reachAfter() *access.Reach {
	if r.after == nil {
		r.after = access.NewReach(r.desired)
	}
	return r.after
}
