package executor

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/planner/spec"
)

// Vanished lists, in order, the roles that what was applied to the database has created or altered, as its ledger
// says, that are there, and of which the spec says nothing any more: nothing is done about them. Without a ledger that
// may be read and believed there are none.
func Vanished(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) ([]string, error) {
	if o.NoLedger {
		return nil, nil
	}
	known, err := ledger.Roles(ctx, conn, o.LedgerOwners...)
	return slices.DeleteFunc(known, func(role string) bool {
		return s.IsLeftOut(role) || slices.ContainsFunc(s.Roles, func(r spec.Role) bool { return r.Name == role })
	}), err
}
