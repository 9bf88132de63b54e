package executor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/gen"
	"pgsr/planner/catalog"
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

// ErrNoLedger is what [Ledger] returns for a database in which no ledger was installed.
var ErrNoLedger = errors.New("no ledger in this database: run `pgsr ledger install`")

// Ledger returns what was applied to the connection's database, newest first: at most limit entries, all of them when
// limit is 0. Owners are roles that the ledger may belong to, beside the connecting role and the one that made the
// cluster.
//
// The connection must not be in a transaction. It returns [ErrNoLedger] where none was installed, an
// [*UntrustedLedgerError] where it is not to be believed, and an error that names the GRANTs that are missing when it
// may not be read.
func Ledger(ctx context.Context, conn *pgx.Conn, limit int, owners ...string) ([]Entry, error) {
	return readLedger(ctx, conn, owners, 0, int64(max(limit, 0)))
}

// ErrNoEntry is what [LedgerEntry] returns for a number that no entry has.
var ErrNoEntry = errors.New("no such entry: `pgsr ledger` lists those there are")

// LedgerEntry returns the entry with a number, from 1 on. The errors are [ErrNoEntry] and those of [Ledger].
func LedgerEntry(ctx context.Context, conn *pgx.Conn, id int64, owners ...string) (Entry, error) {
	if id < 1 {
		return Entry{}, fmt.Errorf("entry %d: %w", id, ErrNoEntry)
	}
	entries, err := readLedger(ctx, conn, owners, id, 1)
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("entry %d: %w", id, ErrNoEntry)
	}
	if err != nil {
		return Entry{}, err
	}
	return entries[0], nil
}

// readLedger reads in one transaction, in which it asks first whether it may.
func readLedger(ctx context.Context, conn *pgx.Conn, owners []string, id, most int64) ([]Entry, error) {
	if err := outsideTransaction(conn); err != nil {
		return nil, err
	}
	l := line{conn: conn}
	var state gen.LedgerStateRow
	err := l.ask(ctx, append(opening(conn, script.Reading), lookForLedger(&state, owners))...)
	if err == nil {
		err = mayRead(state)
	}
	var entries []Entry
	if err == nil {
		err = l.ask(ctx, listing(&entries, id, most), closing)
	}
	if err != nil {
		_ = abandon(conn) // whose error says nothing that the first one did not
		return nil, err
	}
	return entries, nil
}

// mayRead returns an error unless there is a ledger that the current user may read, and that can be believed.
func mayRead(state gen.LedgerStateRow) error {
	if !state.Installed {
		return fmt.Errorf("database %q: %w", state.Database, ErrNoLedger)
	}
	if err := trusted(state); err != nil {
		return err
	}
	if err := upToDate(state); err != nil {
		return err
	}
	return allowed(state, "read", catalog.Select, state.MayRead)
}

// listing asks for the entry with a number, 0 for any, and at most so many, 0 for all.
func listing(entries *[]Entry, id, most int64) question {
	return question{what: "reading the ledger", sql: gen.ListLedger, args: []any{id, most}, read: func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gen.PgsrLedger])
		for _, row := range all {
			*entries = append(*entries, entryOf(row))
		}
		return err
	}}
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

// durationOf takes an interval for a length of time, with days of 24 hours. Those that [record] writes have neither
// days nor months.
func durationOf(i pgtype.Interval) time.Duration {
	return time.Duration(i.Microseconds)*time.Microsecond + time.Duration(i.Days)*24*time.Hour
}

// record writes an entry into the ledger, within the transaction that it is about. Of the entry, the server itself
// says who, where and when.
func record(e Entry) question {
	duration := pgtype.Interval{Microseconds: max(e.Duration, 0).Microseconds(), Valid: true}
	return question{
		what: "writing the ledger", sql: gen.RecordInLedger,
		args: []any{e.Version, e.Digest, int32(e.Statements), duration, e.Result, e.Script, e.Rollback, e.Effect},
	}
}

// mayRecord returns an error, naming the GRANTs that are missing, where there is a ledger that the current user may
// not write to, or should not.
func mayRecord(state gen.LedgerStateRow) error {
	if !state.Installed {
		return nil
	}
	if err := trusted(state); err != nil {
		return err
	}
	if err := upToDate(state); err != nil {
		return err
	}
	return allowed(state, "write", catalog.Insert, state.MayWrite)
}

// upToDate returns an error where the ledger was installed by an older pgsr.
func upToDate(state gen.LedgerStateRow) error {
	if !state.UpToDate {
		return fmt.Errorf("the ledger of database %q is that of an older pgsr: run `pgsr ledger install`", state.Database)
	}
	return nil
}

// lookForLedger finds out what there is of the ledger, what may be done with it, and whether it can be trusted, also
// where it belongs to one of owners.
func lookForLedger(state *gen.LedgerStateRow, owners []string) question {
	return question{what: "looking for the ledger", sql: gen.LedgerState, args: []any{names(owners)}, kept: true, read: func(rows pgx.Rows) (err error) {
		*state, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gen.LedgerStateRow])
		return err
	}}
}

// The objects that the ledger consists of.
var (
	ledgerSchema = catalog.ObjectID{Kind: catalog.Schema, Name: "pgsr"}
	ledgerTable  = catalog.ObjectID{Kind: catalog.Table, Schema: "pgsr", Name: "ledger"}
)

// allowed returns an error unless the current user may do with the ledger what it wants to do: it needs the privilege
// on the table, and USAGE on its schema.
func allowed(state gen.LedgerStateRow, act string, privilege catalog.Privilege, has bool) error {
	var grants []string
	if !state.MayUseSchema {
		grants = append(grants, grantTo(state.Role, catalog.Usage, ledgerSchema))
	}
	if !has {
		grants = append(grants, grantTo(state.Role, privilege, ledgerTable))
	}
	if len(grants) == 0 {
		return nil
	}
	return fmt.Errorf("role %q may not %s the ledger of database %q: it needs %s",
		state.Role, act, state.Database, strings.Join(grants, "; "))
}

// grantTo writes the statement that a message recommends.
func grantTo(role string, privilege catalog.Privilege, object catalog.ObjectID) string {
	return script.SQL(catalog.Grant{
		Privileges: []catalog.Privilege{privilege}, Object: object, Grantees: []string{role},
	}, catalog.Server{})
}
