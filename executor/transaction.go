package executor

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/ledger"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/script"
)

// transaction is a transaction that runs a plan.
type transaction struct {
	*wire.Transaction
	// locked is when the transaction got the lock.
	locked time.Time
	// ledger is what there is of it.
	ledger ledger.State
	// warnings are what the server said of the statements.
	warnings []*pgconn.Notice
}

// begin begins a transaction and waits for the lock. It only queues that: it is sent with the next question.
func begin(conn *pgx.Conn, key int64, o Options) *transaction {
	tx := &transaction{Transaction: &wire.Transaction{Session: o.session(conn)}}
	tx.Queue(beginning(conn, script.ReadWrite, o)...)
	if o.lockHolder == nil {
		tx.Queue(wire.Lock(key, &tx.locked))
	} else {
		tx.locked = time.Now()
	}
	return tx
}

// beginning begins a transaction and sets its timeouts. A server up to 10 counts statement_timeout from the last BEGIN,
// SAVEPOINT or the like, with the value that was set then. A SAVEPOINT afterwards makes it heed the new value.
func beginning(conn *pgx.Conn, access script.TransactionMode, o Options) []wire.Request {
	all := wire.Begin(conn, access)
	for _, sql := range script.Settings(script.Document{LockTimeout: o.LockTimeout, StatementTimeout: o.StatementTimeout}) {
		all = append(all, wire.Query{Doing: "setting timeouts", SQL: sql})
	}
	if o.StatementTimeout > 0 && wire.Major(conn) < 11 {
		for _, sql := range script.Savepoint {
			all = append(all, wire.Query{Doing: "setting timeouts", SQL: sql})
		}
	}
	return all
}

// run queues the document's statements, and a question for the transaction's number. They are sent with the next
// question.
func (t *transaction) run(d script.Document, o Options) {
	t.System = d.Server.SystemIdentifier
	t.Queue(wire.PlanStatements{Document: d, Failed: rowTooBig, Warned: &t.warnings, Ran: o.logsStatements(d)}, wire.Query{
		Doing: "asking for the transaction's number", SQL: gen.TransactionID, Prepared: true, Read: wire.Into(&t.ID),
	})
}

// holdLedger queues a lock of the ledger, so that nobody adds a trigger to it, and asks once more whether somebody has.
func (t *transaction) holdLedger(o Options) {
	if t.ledger.Installed {
		t.Queue(ledger.Hold)
		t.Queue(o.lookForLedger(&t.ledger)...)
	}
}

// recordAndCommit writes an entry to the ledger, if there is one, and commits.
func (t *transaction) recordAndCommit(ctx context.Context, entry func() (ledger.Entry, error)) error {
	if err := t.ledger.CheckMayRecord(); err != nil {
		return err
	}
	if t.ledger.Installed {
		e, err := entry()
		if err != nil {
			return err
		}
		t.Queue(ledger.Record(e))
	}
	return t.Commit(ctx)
}
