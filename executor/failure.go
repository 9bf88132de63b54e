package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/wire"
	"pgsr/planner/spec"
)

// Failure is what an error comes to, for those who act on it.
type Failure string

// What errors come to: see [FailureOf].
const (
	// FailedArgument is an [*ArgumentError]: the call is wrong.
	FailedArgument Failure = "argument"
	// FailedSpec is a [spec.Errors]: the spec is wrong, or contradicts what there is.
	FailedSpec Failure = "spec"
	// FailedMissing is a [*MissingError]: the spec names what does not exist.
	FailedMissing Failure = "missing"
	// FailedDeclined is [ErrDeclined]: it was not confirmed.
	FailedDeclined Failure = "declined"
	// FailedLocked is a [*LockedError]: others have the lock.
	FailedLocked Failure = "locked"
	// FailedInTransaction is an [*InTransactionError]: the connection is inside a transaction.
	FailedInTransaction Failure = "in a transaction"
	// FailedRefused is a [*RefusedError].
	FailedRefused Failure = "refused"
	// FailedStale is a [*StaleError]: the plan is not that of now.
	FailedStale Failure = "stale"
	// FailedInterrupted is an [*InterruptedError], or another end of the context.
	FailedInterrupted Failure = "interrupted"
	// FailedLost is a [*LostError], or that there was no connection to be had.
	FailedLost Failure = "lost"
	// FailedUnknown is an [*UnknownOutcomeError]: nobody knows whether it was committed.
	FailedUnknown Failure = "outcome unknown"
	// FailedPartly is a [*PartialError] or a [*SequenceError]: a part is committed. FailureOf of what it unwraps to says
	// why the rest is not.
	FailedPartly Failure = "partly done"
	// FailedOtherwise is any other error: one of the server's, say.
	FailedOtherwise Failure = "failed"
)

// FailureOf says what an error of this package comes to; empty for nil. The types say more.
func FailureOf(err error) Failure {
	is := func(target any) bool { return errors.As(err, target) }
	switch {
	case err == nil:
		return ""
	case is(new(*PartialError)), is(new(*SequenceError)):
		return FailedPartly
	case is(new(*UnknownOutcomeError)):
		return FailedUnknown
	case is(new(*InterruptedError)), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return FailedInterrupted
	case errors.Is(err, ErrDeclined):
		return FailedDeclined
	case is(new(*ArgumentError)):
		return FailedArgument
	case is(new(*InTransactionError)):
		return FailedInTransaction
	case is(new(*StaleError)):
		return FailedStale
	case is(new(*MissingError)) && !is(new(spec.Errors)): // else to make what is missing does not help alone
		return FailedMissing
	case refusalOf(err) != "":
		return FailedRefused
	case is(new(*LockedError)):
		return FailedLocked
	case isNoConnection(err):
		return FailedLost
	case is(new(spec.Errors)):
		return FailedSpec
	}
	return FailedOtherwise
}

// refusalOf gives the reason why an error refuses something; empty: it does not.
func refusalOf(err error) Refusal {
	refused, isRefused := errors.AsType[*RefusedError](err)
	problem, isProblem := errors.AsType[*spec.Error](err)
	is := func(target any) bool { return errors.As(err, target) }
	switch {
	case isRefused:
		return refused.Why
	case is(new(*RightsError)):
		return ForRights
	case is(new(*TooManyRevokesError)):
		return ForRevokes
	case is(new(*LockTableError)):
		return ForLocks
	case is(new(*EncodingError)):
		return ForEncoding
	case is(new(*UntrustedError)):
		return ForLedger
	case is(new(*NotAsPlannedError)), is(new(*StateError)), is(new(*WarningError)):
		return ForResult
	case isProblem && problem.Lockout:
		return ForLockout
	}
	return ""
}

// refusedForLocks says that one transaction was asked for and it takes several.
func refusedForLocks(format string, args ...any) error {
	return &RefusedError{Why: ForLocks, Err: fmt.Errorf(format, args...)}
}

// isNoConnection tells whether there is none any more, or was none to be had for a reason that passes: the server is
// not there, starts, stops, or has no place (08, 53, 57P).
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func isNoConnection(err error) bool {
	code := wire.SQLState(err)
	isPassing := code == "" || slices.ContainsFunc([]string{"08", "53", "57P"}, func(class string) bool { return strings.HasPrefix(code, class) })
	return errors.As(err, new(*LostError)) || errors.As(err, new(*pgconn.ConnectError)) && isPassing
}

// MayPass tells whether the same call may go through when it is made again later, on a new connection, with nothing
// changed: others were in the way or the connection was lost. After a [*StaleError] that takes another plan.
func MayPass(err error) bool {
	if stopped, is := errors.AsType[*SequenceError](err); is {
		return MayPass(stopped.Err)
	}
	if partial, is := errors.AsType[*PartialError](err); is {
		return MayPass(partial.Err)
	}
	switch FailureOf(err) {
	case FailedLocked, FailedLost, FailedUnknown, FailedInterrupted:
		return true
	case FailedOtherwise:
		return isConflict(err) || isPassingOfServer(err)
	}
	return false
}

// isPassingOfServer tells whether the server says that it is short of something, or was told to stop a statement.
func isPassingOfServer(err error) bool {
	code := wire.SQLState(err)
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") || code == "57014"
}
