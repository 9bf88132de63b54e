package executor

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
)

// UnknownOutcomeError says that the connection was lost during COMMIT and that nobody could be asked what came of it.
type UnknownOutcomeError struct {
	// TransactionID is what pg_xact_status() takes.
	TransactionID string
	Err           error
}

// Error says how to find out.
func (e *UnknownOutcomeError) Error() string {
	return fmt.Sprintf("the connection was lost during COMMIT: %v; whether it was committed says: SELECT pg_xact_status('%s')", e.Err, e.TransactionID)
}

// Unwrap gives the cause.
func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// outcome asks on a new connection whether a transaction was committed.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
func outcome(ctx context.Context, config *pgx.ConnConfig, id string, lost error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	unknown := &UnknownOutcomeError{TransactionID: id, Err: lost}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return unknown
	}
	defer conn.Close(ctx)
	for {
		status, err := gen.New(conn).TransactionStatus(ctx, id)
		switch {
		case err != nil:
			return unknown
		case status == "committed":
			return nil
		case status == "aborted":
			return fmt.Errorf("the connection was lost during COMMIT, and nothing was changed: %w", lost)
		}
		if sleep(ctx, 100*time.Millisecond) != nil { // still in progress
			return unknown
		}
	}
}
