package executor

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// ErrDeclined comes back when [Options.Confirm] said no. Nothing was done.
var ErrDeclined = errors.New("not confirmed, so nothing was done")

// Sync makes the roles of a spec be what it says, in one transaction, on a connection that is outside of one. With
// nothing to do it takes no lock and writes nothing, and, if it takes no more than a look to see that, gives no
// warnings of who can give privileges away: [Plan] does. Beside the errors of [Plan] come back [ErrDeclined],
// [*StaleError], [*StatementError], [*WarningError], [*NotAsPlannedError], [*UnknownOutcomeError] and those of the
// connection; in all cases but the unknown outcome nothing was changed.
//
// What takes more locks than one transaction can have is done in several ([planner.Plan.Parts]), under a lock that is
// kept meanwhile. When one of them fails, the error is a [*PartialError] that says how many are committed.
func Sync(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (*Result, error) {
	return run(ctx, conn, o, "sync", func(o Options) (*Result, error) {
		if err := checkSpec(s); err != nil {
			return nil, err
		}
		op, err := syncOperation(s, o)
		if err != nil {
			return nil, err
		}
		return op.do(ctx, conn)
	}, (*Result).said)
}

// confirm asks, if there is someone to ask. It gives the plan that the one of then must say the same as; nil: any.
func confirm(plan *planner.Plan, o Options) (*planner.Plan, error) {
	if o.Confirm == nil {
		return nil, nil
	}
	return plan, declinedUnless(o.Confirm(plan))
}

func declinedUnless(yes bool, err error) error {
	if err == nil && !yes {
		return ErrDeclined
	}
	return err
}

// isConfirmed tells whether a plan says the same as the one that was confirmed, if one had to be.
func isConfirmed(plan, confirmed *planner.Plan) bool {
	return confirmed == nil || plan == confirmed || plan.DigestOfStatements() == confirmed.DigestOfStatements()
}
