package wire

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
)

// Transaction is one that writes. [Transaction.Queue] queues requests. They are sent with the next
// [Transaction.RoundTrip] or [Transaction.Commit], so that everything between two decisions takes one round trip.
type Transaction struct {
	Session
	// System is the server's system identifier and ID the transaction's number, by which it can be found out whether it
	// was committed. Both have to be known before [Transaction.Commit].
	System, ID string
	waiting    []Request
}

// Queue adds requests to what the next round trip sends.
func (t *Transaction) Queue(requests ...Request) { t.waiting = append(t.waiting, requests...) }

// RoundTrip does what [Session.RoundTrip] does, after all that waits.
func (t *Transaction) RoundTrip(ctx context.Context, requests ...Request) error {
	t.Queue(requests...)
	all := t.waiting
	t.waiting = nil
	return t.Session.RoundTrip(ctx, all...)
}

// Identify asks for what has to be known before [Transaction.Commit].
func (t *Transaction) Identify() []Request {
	return Queries(
		askSystem(&t.System),
		Query{Doing: "asking for the transaction's number", SQL: gen.TransactionID, Prepared: true, Read: Into(&t.ID)},
	)
}

// Commit sends what is left to send, and commits. When the connection is lost on the way, it asks on a new one what
// came of it: the server may have committed. If it cannot, the error is an [*UnknownOutcomeError].
func (t *Transaction) Commit(ctx context.Context) error {
	if ctx.Err() != nil {
		return &InterruptedError{Err: ctx.Err()}
	}
	err := t.RoundTrip(ctx, Query{Doing: Committing, SQL: "COMMIT", Read: committed})
	isLost := errors.As(err, new(*LostError)) // also where the server says so: it may have committed before it did
	if err == nil || SQLState(err) != "" && !isLost || errors.Is(err, pgx.ErrTxCommitRollback) {
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

// Lock waits for the advisory lock, and notes when it was had.
// https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
func Lock(key int64, had *time.Time) Query {
	waiting := fmt.Sprintf("waiting for the lock (pg_advisory_xact_lock, key %d)", key)
	return Query{
		Doing: waiting, SQL: gen.Lock, Args: []any{key}, Prepared: true,
		Read: func(rows pgx.Rows) error {
			rows.Close()
			*had = time.Now()
			return rows.Err()
		},
		Failed: func(err error) error {
			switch locked, is := errors.AsType[*LockedError](err); {
			case is:
				locked.Key, locked.IsOwn = key, true
				return locked
			case SQLState(err) == "57014": // query_canceled: statement_timeout was the shorter one
				return &LockedError{Key: key, IsOwn: true, Err: fmt.Errorf("%s: %w", waiting, err)}
			}
			return fmt.Errorf("%s: %w", waiting, err)
		},
	}
}
