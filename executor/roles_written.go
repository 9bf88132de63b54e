package executor

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// rolesWritten compares the spec's roles and their memberships with those that the server shows. A plan that only adds
// writes nothing else that pgsr reads: a new role has no members and owns nothing.
type rolesWritten struct {
	last *lastPlan
	// roles are those of the spec.
	roles map[string]bool
	seen  *inspect.RolesWritten
}

func newRolesWritten(conn *pgx.Conn, l *lastPlan, roles []string) *rolesWritten {
	return &rolesWritten{last: l, roles: lists.Set(roles), seen: inspect.NewRolesWritten(conn, roles, l.current)}
}

func (w *rolesWritten) queries() []wire.Query { return w.seen.Queries() }

func (w *rolesWritten) isSeen() bool {
	return w.areNewOnesUnused() && w.areRolesSeen() && w.areMembershipsSeen()
}

func (w *rolesWritten) areNewOnesUnused() bool {
	return !slices.ContainsFunc(w.last.plan.Statements, func(s script.Statement) bool {
		create, is := s.Change.(catalog.CreateRole)
		return is && w.seen.Used[create.Name]
	})
}

// areRolesSeen compares all but passwords that can not be read.
func (w *rolesWritten) areRolesSeen() bool {
	desired := map[string]*catalog.Role{}
	for name := range w.roles {
		role := w.last.desired.Roles[name]
		if role != nil && !w.seen.HasVerifiers {
			known := *role
			known.Verifier, role = "", &known
		}
		if role != nil {
			desired[name] = role
		}
	}
	return planner.IsSame(&catalog.Catalog{Roles: w.seen.Roles}, &catalog.Catalog{Roles: desired})
}

func (w *rolesWritten) areMembershipsSeen() bool {
	desired := w.last.desired.Members
	for role := range w.seen.Members {
		if desired[role] == nil {
			return false
		}
	}
	for role, rows := range desired {
		ofSpec := lists.Filter(rows, func(m catalog.Membership) bool { return w.roles[m.Member] })
		less, more := catalog.DifferentMemberships(w.seen.Members[role], ofSpec)
		if len(less)+len(more) > 0 {
			return false
		}
	}
	return true
}
