package executor

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// job is something that is planned, and then planned again and run under a lock.
type job struct {
	lockKey int64
	options Options
	plan    func(context.Context, source) (*planner.Plan, error)
}

// source is where a plan is made from.
type source struct {
	db      gen.DBTX
	inspect func(context.Context, catalog.Scope) (*catalog.Catalog, error)
	// effect tells whether the plan is to know what it means for people.
	effect bool
}

// outside reads snapshots of their own.
func outside(conn *pgx.Conn) source {
	return source{db: conn, inspect: func(ctx context.Context, scope catalog.Scope) (*catalog.Catalog, error) {
		return Inspect(ctx, conn, scope)
	}}
}

// inside reads within a transaction.
func inside(tx pgx.Tx, effect bool) source {
	return source{db: tx, effect: effect, inspect: func(ctx context.Context, scope catalog.Scope) (*catalog.Catalog, error) {
		return inspectIn(ctx, tx.Conn(), scope)
	}}
}

// do plans and, if there is something to do, asks and runs it.
func (j *job) do(ctx context.Context, conn *pgx.Conn) (*Result, error) {
	if err := outsideTransaction(conn); err != nil {
		return nil, err
	}
	plan, err := j.plan(ctx, outside(conn))
	if err != nil || plan.IsEmpty() {
		return &Result{Plan: plan}, err
	}
	confirmed, err := confirm(plan, j.options)
	if err != nil {
		return nil, err
	}
	return j.applyWithRetries(ctx, conn, confirmed)
}

// outsideTransaction refuses a connection that is inside a transaction: COMMIT would end that of the caller.
func outsideTransaction(conn *pgx.Conn) error {
	if status := conn.PgConn().TxStatus(); status != 'I' {
		return fmt.Errorf("the connection is inside a transaction (status %q): pgsr needs one of its own", status)
	}
	return nil
}
