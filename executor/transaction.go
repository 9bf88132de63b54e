package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// transaction is one that writes. What nobody waits for an answer to is kept until something is asked, and goes along
// with that: all that is done between two decisions takes one round trip.
type transaction struct {
	line
	waiting []request
	// locked is when the lock was had.
	locked time.Time
	// ledger is what there is of it.
	ledger gen.LedgerStateRow
	// server is where the statements run; id is the transaction's number, which is known when the statements have run.
	server catalog.Server
	id     string
	// warnings are what the server said of the statements.
	warnings []*pgconn.Notice
}

// begin begins a transaction, waits for the lock, unless it is kept for several, and looks for the ledger: together
// with what is asked next.
func begin(conn *pgx.Conn, key int64, o Options) *transaction {
	tx := &transaction{line: line{conn, o.Progress}}
	tx.later(beginning(conn, script.Writing, o)...)
	if o.keeper == nil {
		tx.later(lock(gen.Lock, key, &tx.locked))
	} else {
		tx.locked = time.Now()
	}
	tx.later(o.lookForLedger(&tx.ledger)...)
	return tx
}

// beginning begins a transaction and sets its timeouts.
func beginning(conn *pgx.Conn, access script.Access, o Options) []request {
	all := opening(conn, access)
	for _, sql := range script.Settings(script.Document{LockTimeout: o.LockTimeout, StatementTimeout: o.StatementTimeout}) {
		all = append(all, question{what: "setting timeouts", sql: sql})
	}
	return all
}

// later sends something along with what is asked next.
func (t *transaction) later(requests ...request) { t.waiting = append(t.waiting, requests...) }

// ask does what [line.ask] does, after all that waits.
func (t *transaction) ask(ctx context.Context, requests ...request) error {
	t.later(requests...)
	all := t.waiting
	t.waiting = nil
	return t.line.ask(ctx, all...)
}

// run runs the document's statements, notes what warnings they gave and asks for the transaction's number: together
// with what is asked next.
func (t *transaction) run(d script.Document, o Options) {
	o.Notices.take()
	t.server = d.Server
	t.later(steps{d}, question{
		what: "asking for the transaction's number", sql: gen.TransactionID,
		read: func(rows pgx.Rows) error {
			t.warnings = o.Notices.take()
			return into(&t.id)(rows)
		},
	})
}

// holdLedger sees to it that nobody makes code of his own run with what is written to the ledger, which a role with
// TRIGGER on it can, and looks once more whether someone has: together with what is asked next.
func (t *transaction) holdLedger(o Options) {
	if t.ledger.Installed {
		t.later(question{what: "locking the ledger", sql: gen.HoldLedger})
		t.later(o.lookForLedger(&t.ledger)...)
	}
}

// commit sends what is left to send, and commits. When the connection is lost on the way, it asks on a new one what
// came of it: the server may have committed.
func (t *transaction) commit(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := t.ask(ctx, question{what: Committing, sql: "COMMIT", read: committed})
	var server *pgconn.PgError
	if err == nil || errors.As(err, &server) || errors.Is(err, pgx.ErrTxCommitRollback) {
		return err
	}
	return t.outcome(ctx, err)
}

// committed reads the answer to COMMIT, which in a transaction that has failed is ROLLBACK.
func committed(rows pgx.Rows) error {
	rows.Close()
	if rows.Err() == nil && rows.CommandTag().String() != "COMMIT" {
		return pgx.ErrTxCommitRollback
	}
	return rows.Err()
}

// lock waits for the advisory lock, and notes when it was had.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
func lock(sql string, key int64, had *time.Time) question {
	waiting := fmt.Sprintf("waiting for the lock (pg_advisory_xact_lock, key %d)", key)
	return question{
		what: waiting, sql: sql, args: []any{key},
		read: func(rows pgx.Rows) error {
			rows.Close()
			*had = time.Now()
			return rows.Err()
		},
		failed: func(err error) error {
			var server *pgconn.PgError
			if errors.As(err, &server) && server.Code == "55P03" { // lock_not_available
				return fmt.Errorf("another session holds the lock (pg_advisory_xact_lock, key %d); pg_locks says which: %w", key, err)
			}
			return fmt.Errorf("%s: %w", waiting, err)
		},
	}
}
