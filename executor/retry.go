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

// applyWithRetries tries until the transaction is not in another's way.
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
	return op.planning.noting(result), nil
}

// withRetries tries a transaction until it is not in another's way, and counts how often.
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

// backoff doubles from 10 ms up to about a second, each time somewhere between half and all of it, so that two that
// met do not meet again.
func backoff(attempt int) time.Duration {
	most := min(10*time.Millisecond<<attempt, time.Second)
	return most/2 + rand.N(most/2)
}

// conflicts are the SQLSTATEs of transactions that met another and may go through when tried again:
// serialization_failure and deadlock_detected.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
var conflicts = []string{"40001", "40P01"}

// overtaken are the classes of statements that came too late, which the next plan knows of: what is there already, is
// gone or of another kind (42, 3D, 3F, and 23 on a catalog), what may no longer be done (42), what has come to depend
// on something (2B), and who is a member of whom by now (0L).
var overtaken = []string{"0L", "23", "2B", "3D", "3F", "42"}

// isConflict tells whether an error comes from another transaction's change to the same roles. What the catalogs
// of the whole cluster hold is not under the advisory lock, which is one of a database.
func isConflict(err error) bool {
	server, is := errors.AsType[*pgconn.PgError](err)
	return is && (slices.Contains(conflicts, server.Code) || server.Code == "XX000" && strings.HasPrefix(server.Message, "tuple concurrently "))
}

// isTaken tells whether a role of the plan's name is there already: duplicate_object. Beside a role of the spec that
// may be one that has the name of a new privilege role, and that was not read.
func isTaken(err error) bool { return wire.SQLState(err) == "42710" }

// errLedgerSince says that a ledger was installed after a look found none, in which what runs has to be recorded.
var errLedgerSince = errors.New("a ledger was installed meanwhile, so nothing was done")

// isSurprise tells whether an error may come from what another transaction committed between two queries: a new role
// without its members, say, or a name that another one has by the second. The next attempt does not meet the same: an
// error twice in a row is no surprise.
func isSurprise(err error) bool {
	code := wire.SQLState(err)
	return slices.ContainsFunc(overtaken, func(class string) bool { return strings.HasPrefix(code, class) }) || errors.Is(err, errLedgerSince) ||
		errors.As(err, new(*planner.Refusal)) || errors.As(err, new(*MissingError)) || errors.As(err, new(*WarningError)) || errors.As(err, new(*NotAsPlannedError))
}
