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

// Ledger returns what was applied to the connection's database, newest first: at most limit entries, all of them when limit is 0.
// It returns [ErrNoLedger] where none was installed, and an error that names the GRANTs that are missing when it may not be read.
func Ledger(ctx context.Context, conn *pgx.Conn, limit int) ([]Entry, error) {
	return readLedger(ctx, conn, gen.ListLedgerParams{Entries: int64(max(limit, 0))})
}

// ErrNoEntry is what [LedgerEntry] returns for a number that no entry has.
var ErrNoEntry = errors.New("no such entry: `pgsr ledger` lists those there are")

// LedgerEntry returns the entry with a number, from 1 on. The errors are [ErrNoEntry] and those of [Ledger].
func LedgerEntry(ctx context.Context, conn *pgx.Conn, id int64) (Entry, error) {
	if id < 1 {
		return Entry{}, fmt.Errorf("entry %d: %w", id, ErrNoEntry)
	}
	entries, err := readLedger(ctx, conn, gen.ListLedgerParams{ID: id, Entries: 1})
	if err == nil && len(entries) == 0 {
		err = fmt.Errorf("entry %d: %w", id, ErrNoEntry)
	}
	if err != nil {
		return Entry{}, err
	}
	return entries[0], nil
}

func readLedger(ctx context.Context, conn *pgx.Conn, which gen.ListLedgerParams) ([]Entry, error) {
	state, err := ledgerState(ctx, conn)
	if err != nil {
		return nil, err
	}
	if !state.Installed {
		return nil, fmt.Errorf("database %q: %w", state.Database, ErrNoLedger)
	}
	if err := upToDate(state); err != nil {
		return nil, err
	}
	if err := allowed(state, "read", catalog.Select, state.MayRead); err != nil {
		return nil, err
	}
	rows, err := gen.New(conn).ListLedger(ctx, which)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	entries := make([]Entry, len(rows))
	for i, row := range rows {
		entries[i] = entryOf(row)
	}
	return entries, nil
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

// durationOf takes an interval for a length of time, with days of 24 hours. Those that [record] writes have neither days nor months.
func durationOf(i pgtype.Interval) time.Duration {
	return time.Duration(i.Microseconds)*time.Microsecond + time.Duration(i.Days)*24*time.Hour
}

// record writes an entry into the ledger, within the transaction that it is about. Of the entry, the server itself says who, where and when.
func record(e Entry) question {
	duration := pgtype.Interval{Microseconds: max(e.Duration, 0).Microseconds(), Valid: true}
	return question{
		what: "writing the ledger", sql: gen.RecordInLedger,
		args: []any{e.Version, e.Digest, int32(e.Statements), duration, e.Result, e.Script, e.Rollback, e.Effect},
	}
}

// mayRecord returns an error, naming the GRANTs that are missing, where there is a ledger that the current user may not write to.
func mayRecord(state gen.LedgerStateRow) error {
	if !state.Installed {
		return nil
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

const lookingForLedger = "looking for the ledger"

// lookForLedger finds out what there is of the ledger, and what may be done with it.
func lookForLedger(state *gen.LedgerStateRow) question {
	return question{what: lookingForLedger, sql: gen.LedgerState, kept: true, read: func(rows pgx.Rows) (err error) {
		*state, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gen.LedgerStateRow])
		return err
	}}
}

func ledgerState(ctx context.Context, db gen.DBTX) (gen.LedgerStateRow, error) {
	state, err := gen.New(db).LedgerState(ctx)
	if err != nil {
		return state, fmt.Errorf("%s: %w", lookingForLedger, err)
	}
	return state, nil
}

// The objects that the ledger consists of.
var (
	ledgerSchema = catalog.ObjectID{Kind: catalog.Schema, Name: "pgsr"}
	ledgerTable  = catalog.ObjectID{Kind: catalog.Table, Schema: "pgsr", Name: "ledger"}
)

// allowed returns an error unless the current user may do with the ledger what it wants to do: it needs the privilege on the
// table, and USAGE on its schema.
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
