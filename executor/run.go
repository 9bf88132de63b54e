package executor

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner/script"
)

// runSteps sends the document's statements as one batch: one round trip, and still known which one failed. It goes below pgx's own batches
// because those prepare every statement first, whose round trips take nine times as long.
func runSteps(ctx context.Context, tx pgx.Tx, d script.Document) error {
	batch := &pgconn.Batch{}
	var steps []script.Step
	for step := range script.Steps(d) {
		batch.ExecParams(step.SQL, nil, nil, nil, nil)
		steps = append(steps, step)
	}
	answers := tx.Conn().PgConn().ExecBatch(ctx, batch)
	for _, step := range steps {
		if !answers.NextResult() {
			return statementError(d, step, answers.Close())
		}
		if _, err := answers.ResultReader().Close(); err != nil {
			_ = answers.Close() // which has no more to say
			return statementError(d, step, err)
		}
	}
	if err := answers.Close(); err != nil {
		return fmt.Errorf("running %d statements: %w", len(d.Statements), err)
	}
	return nil
}

// StatementError says which statement of a plan failed. Everything was rolled back. It unwraps to the server's error.
type StatementError struct {
	// Number counts from 1; Of is how many statements there are.
	Number, Of int
	// SQL is the statement with passwords masked.
	SQL string
	// Reason is why the statement was in the plan.
	Reason string
	Err    error
}

func statementError(d script.Document, step script.Step, err error) error {
	s := d.Statements[step.Statement]
	return &StatementError{
		Number: step.Statement + 1, Of: len(d.Statements), SQL: script.Masked(s.Change, d.Server), Reason: s.Reason, Err: err,
	}
}

// Unwrap gives the cause.
func (e *StatementError) Unwrap() error { return e.Err }

// Error gives the statement and all that the server said.
func (e *StatementError) Error() string {
	text := fmt.Sprintf("statement %d of %d failed, so everything was rolled back:\n  %s\n  (%s)\n%v", e.Number, e.Of, e.SQL, e.Reason, e.Err)
	var server *pgconn.PgError
	if errors.As(e.Err, &server) {
		if server.Detail != "" {
			text += "\nDETAIL: " + server.Detail
		}
		if server.Hint != "" {
			text += "\nHINT: " + server.Hint
		}
	}
	return text
}
