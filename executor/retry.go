package executor

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/wire"
	"pgsr/planner"
)

// maxAttempts bounds how often a transaction is tried. The advisory lock is one of a database: only runs in other
// databases of the cluster, and other tools, get in the way. Each attempt that fails lets one of them through.
const maxAttempts = 20

// applyWithRetries runs the operation's transaction, and again each time that it meets another one.
func (op *operation) applyWithRetries(ctx context.Context, conn *pgx.Conn, confirmed *planner.Plan) (*Result, error) {
	var result *Result
	attempts, err := withRetries(ctx, conn, op.options, func() (err error) {
		result, err = op.apply(ctx, conn, confirmed)
		if confirmed == nil && op.planning != nil && isTaken(err) {
			_, failed := op.planning.noteTaken(ctx, readOutside(conn, op.options))
			op.planning.last = nil
			return errors.Join(err, failed)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	result.Attempts = attempts
	return op.planning.summarized(result), nil
}

// withRetries runs a transaction, and again each time that it meets another one. It counts the attempts.
func withRetries(ctx context.Context, conn *pgx.Conn, o Options, try func() error) (int, error) {
	last := ""
	for attempt := 1; ; attempt++ {
		o.call.attempt(attempt)
		err := try()
		if err == nil {
			return attempt, nil
		}
		isPassing := isConflict(err) || (isSurprise(err) || wire.IsForgotten(err)) && err.Error() != last
		if !isPassing || attempt == maxAttempts || conn.IsClosed() {
			return attempt, err
		}
		last = err.Error()
		pause := backoff(attempt)
		level := slog.LevelWarn
		if errors.As(err, new(*planner.Refusal)) || errors.As(err, new(*MissingError)) {
			level = slog.LevelDebug // it may have seen half of another's change, but mostly the next attempt says the same
		}
		o.logger().Log(ctx, level, LogRetry, "attempt", attempt, "of", maxAttempts, "pause", pause, "error", err)
		if err := wire.Sleep(ctx, pause); err != nil {
			return attempt, &InterruptedError{Err: err}
		}
	}
}

// backoff doubles from 10 ms up to about a second. It is a random time between half and all of it, so that two
// transactions that met do not meet again.
func backoff(attempt int) time.Duration {
	most := min(10*time.Millisecond<<attempt, time.Second)
	return most/2 + rand.N(most/2)
}

// conflicts are the SQLSTATEs of transactions that met another and may go through when tried again:
// serialization_failure and deadlock_detected.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
var conflicts = []string{"40001", "40P01"}

// overtaken are the SQLSTATE classes of statements that came too late, and that the next plan will not have: an object
// exists, is gone or of another kind (42, 3D, 3F, and 23 on a catalog), a right was revoked (42), something depends on
// it (2B), or a membership has changed (0L).
var overtaken = []string{"0L", "23", "2B", "3D", "3F", "42"}

// isConflict tells whether another transaction changed the same rows at the same time. Roles and memberships belong to
// the cluster, and the advisory lock to one database.
func isConflict(err error) bool {
	server, is := errors.AsType[*pgconn.PgError](err)
	return is && (slices.Contains(conflicts, server.Code) || server.Code == "XX000" && strings.HasPrefix(server.Message, "tuple concurrently "))
}

// isTaken tells whether a role of that name exists: duplicate_object. It may be a role of the spec, or have the name of
// a new privilege role and not have been read.
func isTaken(err error) bool { return wire.SQLState(err) == "42710" }

// errLedgerSince says that a ledger was installed after a look found none. What runs has to be recorded there.
var errLedgerSince = errors.New("a ledger was installed meanwhile, so nothing was done")

// isSurprise tells whether an error may come of what another transaction committed between two queries: a new role was
// read without its members, say. The next attempt does not meet that, so the same error twice in a row is no surprise.
func isSurprise(err error) bool {
	code := wire.SQLState(err)
	return slices.ContainsFunc(overtaken, func(class string) bool { return strings.HasPrefix(code, class) }) || errors.Is(err, errLedgerSince) ||
		errors.As(err, new(*planner.Refusal)) || errors.As(err, new(*MissingError)) || errors.As(err, new(*WarningError)) || errors.As(err, new(*NotAsPlannedError))
}
