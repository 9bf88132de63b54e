package executor

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Prune drops the privilege roles of the connected database whose object is gone, and no others: those of other
// databases of the cluster are for them to drop. Administrator roles that have nothing left to administer go with
// them. It works under the lock with the given key, like [Sync], and with the
// same errors; 0 stands for [spec.DefaultLockKey].
func Prune(ctx context.Context, conn *pgx.Conn, lockKey int64, o Options) (*Result, error) {
	lockKey = cmp.Or(lockKey, spec.DefaultLockKey)
	return run(ctx, conn, o, "prune", func(o Options) (*Result, error) { return pruneOperation(lockKey, o).do(ctx, conn) }, (*Result).said)
}

// PlanPrune works out what [Prune] would do, and changes nothing.
func PlanPrune(ctx context.Context, conn *pgx.Conn, o Options) (*planner.Plan, error) {
	return run(ctx, conn, o, "plan prune", func(o Options) (*planner.Plan, error) { return pruneOperation(0, o).planAlone(ctx, conn) }, saidOfPlan)
}

func pruneOperation(lockKey int64, o Options) *operation {
	return &operation{lockKey: lockKey, options: o, plan: func(ctx context.Context, from catalogReader) (*planner.Plan, error) {
		var all []gen.UnusedRolesRow
		err := from.RoundTrip(ctx, wire.Query{
			Doing: "looking for roles that are no longer needed", SQL: gen.UnusedRoles,
			Read: wire.EachRow(func(row gen.UnusedRolesRow) { all = append(all, row) }),
		})
		if err != nil {
			return nil, err
		}
		unused := unneeded(all)
		current, err := from.inspect(ctx, catalog.Scope{Mentioned: unused, SettingsOf: unused, Dropped: unused})
		if err != nil {
			return nil, err
		}
		return planner.Prune(current, unused)
	}}
}

// unneeded gives the names of this database's privilege roles whose object is gone, and of administrator roles that
// administer no others.
func unneeded(unused []gen.UnusedRolesRow) (names []string) {
	goes := map[uint32]bool{}
	for _, r := range unused {
		if catalog.RoleNamesOf(r.Database).IsLocal(r.Name) {
			names, goes[r.Oid] = append(names, r.Name), true
		}
	}
	for _, r := range unused {
		stays := slices.ContainsFunc(r.Administers, func(role uint32) bool { return !goes[role] })
		if !stays && catalog.IsWholeAdministratorName(r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}
