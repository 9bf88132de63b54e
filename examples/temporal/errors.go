package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/sdk/temporal"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/spec"
)

// The types of errors that a workflow sees. Only what passes is tried again.
const (
	staleError   = "stale"   // what the plan relies on has changed: plan again
	refusedError = "refused" // by pgsr or by the server: trying again would not help
	wrongInput   = "input"   // the spec, the configuration, or the plan in the history
	passingError = "passing" // a lock, a lost connection, a server that restarts
)

// inputError is one of what the worker was given.
type inputError struct{ error }

func (e *inputError) Unwrap() error { return e.error }

// failure makes of an error what Temporal goes by. No error of pgsr shows a password. One of a context that ended stays
// what it is: it is a cancellation if the workflow was cancelled, and tried again if the worker stops.
func failure(err error) error {
	var partial *executor.PartialError
	var stopped *executor.SequenceError
	isPartial := errors.As(err, &partial) || errors.As(err, &stopped)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled) && !isPartial:
		return err
	case errors.As(err, new(*executor.StaleError)):
		return temporal.NewNonRetryableApplicationError(err.Error(), staleError, nil)
	case errors.As(err, new(*inputError)), errors.As(err, new(spec.Errors)):
		return temporal.NewNonRetryableApplicationError(err.Error(), wrongInput, nil)
	case isRefusal(err):
		return temporal.NewNonRetryableApplicationError(err.Error(), refusedError, nil)
	}
	return temporal.NewApplicationError(err.Error(), passingError)
}

// passing are the classes of SQLSTATE, and the states, after which the same may go through: the connection is lost, a
// transaction was in the way, resources are short, a lock was not to be had, the server stops or starts or was told to
// stop the statement. https://www.postgresql.org/docs/current/errcodes-appendix.html
var passing = []string{"08", "40", "53", "55P03", "57014", "57P01", "57P02", "57P03"}

// isRefusal tells whether trying again would not help.
func isRefusal(err error) bool {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return !slices.ContainsFunc(passing, func(class string) bool { return strings.HasPrefix(server.Code, class) })
	}
	return errors.As(err, new(*executor.RefusedError)) || errors.As(err, new(*executor.ArgumentError)) || errors.As(err, new(*planner.Refusal)) || errors.As(err, new(*planner.LockTableError)) ||
		errors.As(err, new(*executor.MissingError)) || errors.As(err, new(*executor.TooManyRevokesError)) ||
		errors.As(err, new(*executor.EncodingError)) || errors.As(err, new(*executor.WarningError)) ||
		errors.As(err, new(*executor.StateError)) || errors.As(err, new(*executor.NotAsPlannedError))
}
