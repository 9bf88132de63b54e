package executor

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/planner/spec"
)

// Vanished lists, in order, the roles that what was applied to the database has created or altered, as its ledger
// says, that are there, and of which the spec says nothing any more: nothing is done about them. Without a ledger that
// may be read and believed there are none. Where [Options.As] may read it, and the role that connects may not, hidden
// says so.
func Vanished(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (roles []string, hidden string, err error) {
	if err := cmp.Or(checkCall(ctx, conn, o), checkSpec(s)); err != nil {
		return nil, "", err
	}
	if o.NoLedger {
		return nil, "", nil
	}
	acting, err := o.lookUpActing(ctx, conn)
	if err != nil {
		return nil, "", err
	}
	known, hidden, err := ledger.Roles(ctx, conn, acting.As, o.LedgerOwners...)
	if hidden != "" {
		hidden = "roles that earlier applies made and the spec names no more are not looked for: " + hidden
	}
	return slices.DeleteFunc(known, func(role string) bool {
		return s.IsLeftOut(role) || slices.Contains(s.RoleNames(), role)
	}), hidden, err
}
