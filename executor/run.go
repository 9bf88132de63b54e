package executor

import (
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/planner/script"
)

// steps are a plan's statements, each a request of its own, so that it is known which one failed.
type steps struct{ document script.Document }

// statements gives the texts. What is asked behind a plan may have to be worked out.
func (s steps) statements(*pgtype.Map) iter.Seq2[statement, error] {
	return func(yield func(statement, error) bool) {
		last := len(s.document.Statements) - 1
		for step := range script.Steps(s.document) {
			isLast := step.Statement == last
			if !yield(statement{sql: step.SQL, push: isLast, flush: isLast}, nil) {
				return
			}
		}
	}
}

// running is what a run is doing while the server runs a plan.
const running = "running statements"

func (s steps) take(a *inbox) error {
	for step := range script.Outline(s.document) {
		a.tell(Progress{Doing: running, Done: step.Statement, Of: len(s.document.Statements)})
		if _, err := a.complete(); err != nil {
			return statementError(s.document, step, err)
		}
	}
	a.tell(Progress{Doing: running, Done: len(s.document.Statements), Of: len(s.document.Statements)})
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
		Number: step.Statement + 1, Of: len(d.Statements), SQL: script.Masked(s.Change, d.Server), Reason: s.Reason, Err: rowTooBig(s.Change, err),
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
