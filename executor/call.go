package executor

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// call is one call of this package while it runs: how far it is, and who is told of that.
type call struct {
	ctx context.Context
	log *slog.Logger
	// tell is the caller's function; nil: nobody is told.
	tell func(Progress)

	mu sync.Mutex
	// at is the step, part and attempt of the call, without what is done there.
	at Progress
	// most is the highest count that was told of each progress.
	most map[Progress]int
}

// outcome is what a call logs when it has ended.
type outcome struct {
	server  catalog.Server
	word    string
	digest  func() string
	summary Summary
	// statements are those of the plan, run or not.
	statements, attempts int
	warnings             []string
}

// run checks the arguments of a call, and does what the call is for. It tells of progress, adds to a [*LockedError] who
// holds the lock, and logs.
func run[R any](ctx context.Context, conn *pgx.Conn, o Options, operation string, do func(Options) (R, error), said func(R) outcome) (R, error) {
	var none R
	o.Prefetch.Wait()
	defer o.Prefetch.Close()
	if err := checkCall(ctx, conn, o); err != nil {
		return none, err
	}
	began := time.Now()
	c := &call{ctx: ctx, log: o.logger(), tell: o.Progress, most: map[Progress]int{}}
	if o.call = c; c.tell != nil {
		o.Progress = c.progress
	}
	result, err := do(o)
	if err != nil {
		err = explained(ctx, conn, err)
	}
	if c.log.Enabled(ctx, slog.LevelInfo) {
		c.logEnd(conn, operation, time.Since(began), func() outcome { return said(result) }, err)
	} else if err == nil && c.log.Enabled(ctx, slog.LevelWarn) {
		c.logWarnings(said(result).warnings)
	}
	if err != nil {
		return none, err
	}
	return result, nil
}

// logger gives a logger that discards everything if there is none.
func (o Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}

// logEnd says what came of a call.
func (c *call) logEnd(conn *pgx.Conn, operation string, took time.Duration, said func() outcome, err error) {
	attrs := []slog.Attr{slog.String("operation", operation), slog.Duration("duration", took)}
	if err != nil {
		config := conn.Config()
		attrs = append(attrs, slog.String("database", config.Database), slog.String("role", config.User),
			slog.String("outcome", string(FailureOf(err))), slog.String("error", err.Error()))
		c.log.LogAttrs(c.ctx, slog.LevelInfo, logRun, attrs...)
		return
	}
	end := said()
	c.logWarnings(end.warnings)
	attrs = append(attrs, slog.String("database", end.server.Database), slog.String("role", end.server.CurrentUser), slog.String("outcome", end.word),
		slog.Int("statements", end.statements), slog.Int("attempts", end.attempts))
	if end.statements > 0 {
		attrs = append(attrs, slog.String("digest", end.digest()))
	}
	for _, count := range []struct {
		name string
		n    int
	}{
		{"created_roles", len(end.summary.Created.Roles)}, {"created_schemas", len(end.summary.Created.Schemas)},
		{"missing", len(end.summary.Missing)}, {"skipped", len(end.summary.Skipped)},
	} {
		if count.n > 0 {
			attrs = append(attrs, slog.Int(count.name, count.n))
		}
	}
	c.log.LogAttrs(c.ctx, slog.LevelInfo, logRun, attrs...)
}

func (c *call) logWarnings(warnings []string) {
	for _, warning := range warnings {
		c.log.LogAttrs(c.ctx, slog.LevelWarn, logWarning, slog.String("warning", warning))
	}
}

// What is logged, by its message.
const (
	logRun       = "run ended"
	logWarning   = "warning of a plan"
	logStatement = "statement ran"
)

// LogRetry is the message that another transaction was in the way and the call tries again. Its level is warn, or debug
// after a refusal.
const LogRetry = "another transaction was in the way, trying again"

// logsStatements gives a function that logs a statement that has run, with secrets masked; nil: nobody reads that
// level.
func (o Options) logsStatements(d script.Document) func(n int) {
	if o.call == nil || !o.call.log.Enabled(o.call.ctx, slog.LevelDebug) {
		return nil
	}
	return func(n int) {
		s := d.Statements[n]
		o.call.log.LogAttrs(o.call.ctx, slog.LevelDebug, logStatement, slog.Int("number", n+1), slog.Int("of", len(d.Statements)),
			slog.String("sql", script.Masked(s.Change, d.Server)), slog.String("reason", s.Reason), slog.String("database", d.Server.Database))
	}
}

// progress tells the caller of each progress once, and of a count only when it grows.
func (c *call) progress(p Progress) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.at
	at.Doing, at.Done, at.Of = p.Doing, p.Done, p.Of
	key := at
	key.Done = 0
	most, known := c.most[key]
	if known && at.Done <= most {
		return
	}
	c.most[key] = at.Done
	c.tell(at)
}

// move changes the step, part or attempt that the call is at.
func (c *call) move(to func(at *Progress)) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	to(&c.at)
}

// attempt notes which attempt of a transaction begins.
func (c *call) attempt(n int) { c.move(func(at *Progress) { at.Attempt = n }) }

// part notes which of several transactions in a database begins; 0: none of them.
func (c *call) part(n, of int) {
	c.move(func(at *Progress) { at.Part, at.Parts, at.Attempt = n, of, 0 })
}

// step notes which step of several databases begins.
func (c *call) step(n, of int, database string) {
	c.move(func(at *Progress) { *at = Progress{Step: n, Steps: of, Database: database} })
}

// explained adds to an error what a service can act on: the sessions that hold the lock, the roles
// whose names cannot be read, and that it is a [*RefusedError].
func explained(ctx context.Context, conn *pgx.Conn, err error) error {
	err = unreadable(ctx, conn, err)
	if locked, is := errors.AsType[*LockedError](err); is && locked.IsOwn && locked.Holders == nil && ctx.Err() == nil {
		locked.Holders, locked.Database = lockHolders(ctx, conn, locked.Key, err)
	}
	if FailureOf(err) == FailedRefused && !errors.As(err, new(*RefusedError)) {
		return &RefusedError{Why: refusalOf(err), Err: err}
	}
	return err
}

// lockHolders asks which sessions hold the lock now. It gives none if that cannot be asked.
func lockHolders(ctx context.Context, conn *pgx.Conn, key int64, err error) (holders []LockHolder, database string) {
	if in, is := errors.AsType[*DatabaseError](err); is {
		database = in.Database
	}
	if wire.Usable(ctx, conn) != nil {
		return nil, database
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	failed := wire.Session{Conn: conn}.Read(ctx, wire.Query{
		Doing: "asking who holds the lock", SQL: gen.LockHolders, Args: []any{key, wire.OrNull(database)}, Read: wire.EachRow(func(row gen.LockHoldersRow) {
			h := LockHolder{PID: row.Pid, Role: row.Role, Application: row.Application}
			if row.Since > 0 {
				h.Since = time.UnixMicro(int64(row.Since * 1e6)).UTC()
			}
			holders = append(holders, h)
		}),
	})
	if failed != nil {
		return nil, database
	}
	if database == "" {
		database = conn.Config().Database
	}
	return holders, database
}
