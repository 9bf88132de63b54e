package wire

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// PlanStatements is a request that runs all statements of a plan. The error is a [*StatementError], and says which
// one failed.
type PlanStatements struct {
	Document script.Document
	// Failed makes an error of one of the server's; nil: it is the server's.
	Failed func(script.Statement, error) error
	// Ran is told of each statement that has run, by its place; nil: nobody is.
	Ran func(n int)
	// Warned is set to what the server warned of, if all went well; nil: nobody asks.
	Warned *[]*pgconn.Notice
}

func (s PlanStatements) statements(*pgtype.Map) iter.Seq2[statement, error] {
	return func(yield func(statement, error) bool) {
		last := len(s.Document.Statements) - 1
		for step := range script.Commands(s.Document) {
			isLast := step.Statement == last
			if !yield(statement{sql: step.SQL, flush: isLast}, nil) {
				return
			}
		}
	}
}

func (s PlanStatements) take(r *receiver) error {
	progress := Progress{Doing: "running statements", Of: len(s.Document.Statements)}
	r.doing, r.warnings = progress.Doing, nil
	for step := range script.CommandsWithoutText(s.Document) {
		if s.Ran != nil {
			for ; progress.Done < step.Statement; progress.Done++ {
				s.Ran(progress.Done)
			}
		}
		progress.Done = step.Statement
		r.Tell(progress)
		if err := r.complete(); err != nil {
			return s.failed(step, err)
		}
	}
	if s.Ran != nil && progress.Of > 0 {
		s.Ran(progress.Of - 1)
	}
	progress.Done = progress.Of
	r.Tell(progress)
	if s.Warned != nil {
		*s.Warned = r.warnings
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
	// EventTriggers are those that run for it or ran before it, and may be why.
	EventTriggers []string
	Err           error
}

func (s PlanStatements) failed(step script.Command, err error) error {
	statement := s.Document.Statements[step.Statement]
	if s.Failed != nil {
		err = s.Failed(statement, err)
	}
	return &StatementError{
		Number: step.Statement + 1, Of: len(s.Document.Statements),
		SQL: script.Masked(statement.Change, s.Document.Server), Reason: statement.Reason, Err: err,
	}
}

// Unwrap gives the cause.
func (e *StatementError) Unwrap() error { return e.Err }

// indented keeps what the server says, with names that somebody has chosen, from beginning a line.
func indented(said string) string { return strings.ReplaceAll(said, "\n", "\n  ") }

// Error gives the statement and all that the server said.
func (e *StatementError) Error() string {
	text := fmt.Sprintf("statement %d of %d failed, so everything was rolled back:\n  %s\n  (%s)\n%s", e.Number, e.Of, e.SQL, indented(e.Reason), indented(fmt.Sprint(e.Err)))
	server, is := errors.AsType[*pgconn.PgError](e.Err)
	if is && server.Detail != "" {
		text += "\nDETAIL: " + indented(server.Detail)
	}
	if is && server.Hint != "" {
		text += "\nHINT: " + indented(server.Hint)
	}
	if is && server.Where != "" {
		text += "\nCONTEXT: " + indented(server.Where)
	}
	if len(e.EventTriggers) > 0 {
		text += "\nEvent triggers run for it, or ran before it: " + strings.Join(lists.Quoted(e.EventTriggers), ", ")
	}
	return text
}
