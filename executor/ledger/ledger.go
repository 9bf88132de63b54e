// Package ledger is the record of what was applied to a database, which lies in the database itself. It promises that
// it is neither read nor written where someone who is not trusted could make code of his own run by that.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/script"
)

// Entry is one plan that was applied to a database, as the ledger has it.
type Entry struct {
	ID        int64
	AppliedAt time.Time
	// AppliedBy is the role that connected, ActingAs the one in whose name it ran. They differ after SET ROLE.
	AppliedBy, ActingAs string
	Database            string
	// Version is pgsr's own.
	Version string
	// Digest is the plan's.
	Digest     string
	Statements int
	Duration   time.Duration
	// Result says in a few words what came of it.
	Result string
	// Script is what ran, with the verifiers of passwords masked.
	Script string
	// Rollback is the script back to the state before, masked in the same way, and Effect what it meant for people.
	Rollback, Effect string
}

// ErrNotInstalled is what [List] returns for a database in which no ledger was installed.
var ErrNotInstalled = errors.New("no ledger in this database: run `pgsr ledger install`")

// List returns what was applied to the connection's database, newest first: at most limit entries, all of them when
// limit is 0. Owners are roles that the ledger may belong to, beside the connecting role and the one that made the
// cluster.
//
// The connection must not be in a transaction. It returns [ErrNotInstalled] where none was installed, an
// [*UntrustedError] where it is not to be believed, and an error that names the GRANTs that are missing when it
// may not be read.
func List(ctx context.Context, conn *pgx.Conn, limit int, owners ...string) ([]Entry, error) {
	return read(ctx, conn, owners, 0, int64(max(limit, 0)))
}

// ErrNoEntry is what [Find] returns for a number that no entry has.
var ErrNoEntry = errors.New("no such entry: `pgsr ledger` lists those there are")

// Find returns the entry with a number, from 1 on. The errors are [ErrNoEntry] and those of [List].
func Find(ctx context.Context, conn *pgx.Conn, id int64, owners ...string) (Entry, error) {
	if id < 1 {
		return Entry{}, fmt.Errorf("entry %d: %w", id, ErrNoEntry)
	}
	entries, err := read(ctx, conn, owners, id, 1)
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("entry %d: %w", id, ErrNoEntry)
	}
	if err != nil {
		return Entry{}, err
	}
	return entries[0], nil
}

// read reads in one transaction, in which it asks first whether it may.
func read(ctx context.Context, conn *pgx.Conn, owners []string, id, most int64) ([]Entry, error) {
	if err := wire.CheckOutsideTransaction(conn); err != nil {
		return nil, err
	}
	s := wire.Session{Conn: conn}
	var state State
	err := s.RoundTrip(ctx, append(wire.Begin(conn, script.ReadOnly), wire.AsWhom(new(gen.SessionRow)), Look(&state, owners))...)
	if err == nil {
		err = state.checkMayBeRead()
	}
	var entries []Entry
	if err == nil {
		err = s.RoundTrip(ctx, listing(&entries, id, most), wire.End)
	}
	if err != nil {
		_ = wire.Rollback(conn) // whose error says nothing that the first one did not
		return nil, err
	}
	return entries, nil
}

// listing asks for the entry with a number, 0 for any, and at most so many, 0 for all.
func listing(entries *[]Entry, id, most int64) wire.Query {
	return wire.Query{Doing: "reading the ledger", SQL: gen.ListLedger, Args: []any{id, most}, Read: wire.EachRow(func(row gen.PgsrLedger) {
		*entries = append(*entries, entryOf(row))
	})}
}

// entryOf turns a row of the ledger into an entry.
func entryOf(row gen.PgsrLedger) Entry {
	return Entry{
		ID:         row.ID,
		AppliedAt:  row.AppliedAt.Time,
		AppliedBy:  row.AppliedBy,
		ActingAs:   row.ActingAs,
		Database:   row.Database,
		Version:    row.PgsrVersion,
		Digest:     row.PlanDigest,
		Statements: int(row.Statements),
		Duration:   durationOf(row.Duration),
		Result:     row.Result,
		Script:     row.Script,
		Rollback:   row.Rollback,
		Effect:     row.Effect,
	}
}

// durationOf takes an interval for a length of time, with days of 24 hours. Those that [Record] writes have neither
// days nor months.
func durationOf(i pgtype.Interval) time.Duration {
	return time.Duration(i.Microseconds)*time.Microsecond + time.Duration(i.Days)*24*time.Hour
}

// Record writes an entry into the ledger, within the transaction that it is about. Of the entry, the server itself
// says who, where and when.
func Record(e Entry) wire.Query {
	duration := pgtype.Interval{Microseconds: max(e.Duration, 0).Microseconds(), Valid: true}
	return wire.Query{
		Doing: "writing the ledger", SQL: gen.RecordInLedger,
		Args: []any{e.Version, e.Digest, int32(e.Statements), duration, e.Result, e.Script, e.Rollback, e.Effect},
	}
}
