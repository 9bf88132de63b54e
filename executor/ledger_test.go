package executor

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
	"pgsr/executor/wire"
)

// A role and a database whose names need quotes, and every kind of care inside them.
const (
	ledgerRole     = `O'Brien "the \ $1" ;--`
	ledgerDatabase = `Ware "house" 100%`
)

// TestLedger shares one server: what a ledger holds is a database's own.
func TestLedger(t *testing.T) {
	t.Parallel()
	onOneCluster(t, map[string]func(*ledgerBed){
		"lists the newest first":                            ledgerListsTheNewestFirst,
		"recording is part of the transaction":              recordIsPartOfTheTransaction,
		"says who acted for whom":                           recordSaysWhoActedForWhom,
		"not installed":                                     withoutLedger,
		"says what is missing":                              ledgerSaysWhatIsMissing,
		"what may not be written leaves the transaction on": recordThatMayNotWriteLeavesTheTransactionUsable,
	})
}

func ledgerListsTheNewestFirst(b *ledgerBed) {
	b.install()
	entries := []ledger.Entry{
		{Version: "1.0.0", Digest: "aa", Statements: 3, Duration: 1500 * time.Microsecond, Result: "applied", Script: "BEGIN;\nCOMMIT;\n"},
		{Version: "1.0.1", Digest: "bb", Statements: 0, Duration: 49 * time.Hour, Result: "applied", Script: "-- O'Brien \\ \"x\" $1 ü\n"},
	}
	for _, e := range entries {
		if err := b.record(b.super, e); err != nil {
			b.Fatal(err)
		}
	}
	got := b.ledger(b.super, 0)
	if len(got) != 2 || got[0].ID <= got[1].ID {
		b.Fatalf("got %v, want both, the newest first", got)
	}
	for i, want := range []ledger.Entry{entries[1], entries[0]} {
		checkEntry(b, got[i], want)
	}
	if newest := b.ledger(b.super, 1); len(newest) != 1 || newest[0] != got[0] {
		b.Errorf("with limit 1: %v, want only %v", newest, got[0])
	}
}

// checkEntry compares what the caller gave, and looks at what the server filled in.
func checkEntry(b *ledgerBed, got, want ledger.Entry) {
	b.Helper()
	if age := time.Since(got.AppliedAt).Abs(); age > time.Minute {
		b.Errorf("applied at %v, want now", got.AppliedAt)
	}
	if got.AppliedBy != "postgres" || got.ActingAs != "postgres" || got.Database != ledgerDatabase {
		b.Errorf("applied by %q acting as %q in %q", got.AppliedBy, got.ActingAs, got.Database)
	}
	want.ID, want.AppliedAt, want.AppliedBy, want.ActingAs, want.Database = got.ID, got.AppliedAt, got.AppliedBy, got.ActingAs, got.Database
	if got != want {
		b.Errorf("got %+v\nwant %+v", got, want)
	}
}

func recordIsPartOfTheTransaction(b *ledgerBed) {
	b.install()
	undone := errors.New("undone")
	err := pgx.BeginFunc(b.Context(), b.super, func(tx pgx.Tx) error {
		if err := b.recordIn(tx, anEntry); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		b.Fatal(err)
	}
	if got := b.ledger(b.super, 0); len(got) != 0 {
		b.Errorf("got %v, want nothing", got)
	}
}

func recordSaysWhoActedForWhom(b *ledgerBed) {
	b.install()
	b.createRole("actor")
	b.exec("GRANT USAGE ON SCHEMA pgsr TO actor", "GRANT INSERT ON pgsr.ledger TO actor", "SET ROLE actor")
	if err := b.record(b.super, anEntry); err != nil {
		b.Fatal(err)
	}
	b.exec("RESET ROLE")
	if got := b.ledger(b.super, 0)[0]; got.AppliedBy != "postgres" || got.ActingAs != "actor" {
		b.Errorf("applied by %q acting as %q, want postgres acting as actor", got.AppliedBy, got.ActingAs)
	}
}

func withoutLedger(b *ledgerBed) {
	if err := b.record(b.super, anEntry); err != nil {
		b.Errorf("recording: %v, want nothing to be done", err)
	}
	_, err := ledger.List(b.Context(), b.super, 0)
	if !errors.Is(err, ledger.ErrNotInstalled) {
		b.Errorf("got %v, want ErrNotInstalled", err)
	}
	b.says(err, "run `pgsr ledger install`")
}

func ledgerSaysWhatIsMissing(b *ledgerBed) {
	b.install()
	b.createRole(ledgerRole)
	conn := b.connect(ledgerRole)
	usage := `GRANT USAGE ON SCHEMA "pgsr" TO ` + quotedName(ledgerRole)
	write := `GRANT INSERT ON TABLE "pgsr"."ledger" TO ` + quotedName(ledgerRole)
	read := `GRANT SELECT ON TABLE "pgsr"."ledger" TO ` + quotedName(ledgerRole)

	b.says(b.record(conn, anEntry), usage+"; "+write)
	b.exec(usage, write)
	if err := b.record(conn, anEntry); err != nil {
		b.Error(err)
	}
	_, err := ledger.List(b.Context(), conn, 0)
	b.says(err, "it needs "+read)
	b.exec(read)
	if got := b.ledger(conn, 0); len(got) != 1 {
		b.Errorf("got %v, want one entry", got)
	}
}

func recordThatMayNotWriteLeavesTheTransactionUsable(b *ledgerBed) {
	b.install()
	b.createRole("stranger")
	err := pgx.BeginFunc(b.Context(), b.connect("stranger"), func(tx pgx.Tx) error {
		b.says(b.recordIn(tx, anEntry), "GRANT INSERT")
		_, err := tx.Exec(b.Context(), "SELECT 1")
		return err
	})
	if err != nil {
		b.Error(err)
	}
}

// ledgerBed is a database with an odd name, for one test, and a superuser's connection to it.
type ledgerBed struct {
	*testing.T
	server *scratch.Server
	super  *pgx.Conn
	roles  []string
}

// anEntry is for tests that do not care what is in it.
var anEntry = ledger.Entry{Version: "1.0.0", Digest: "d", Result: "applied"}

func onOneCluster(t *testing.T, tests map[string]func(*ledgerBed)) {
	server := scratchtest.Cluster(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(newLedgerBed(t, server)) })
	}
}

func newLedgerBed(t *testing.T, server *scratch.Server) *ledgerBed {
	t.Helper()
	b := &ledgerBed{T: t, server: server}
	outside := b.connectTo("postgres", "postgres")
	b.execOn(outside, "CREATE DATABASE "+quotedName(ledgerDatabase))
	t.Cleanup(func() {
		b.execOn(outside, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+ledgerDatabase+"'", "DROP DATABASE "+quotedName(ledgerDatabase))
		for _, role := range b.roles {
			b.execOn(outside, "DROP ROLE "+quotedName(role))
		}
	})
	b.super = b.connect("postgres")
	return b
}

// createRole makes a role that goes with the database.
func (b *ledgerBed) createRole(name string) {
	b.Helper()
	b.exec("CREATE ROLE " + quotedName(name) + " LOGIN")
	b.roles = append(b.roles, name)
}

func (b *ledgerBed) connect(role string) *pgx.Conn { return b.connectTo(role, ledgerDatabase) }

func (b *ledgerBed) connectTo(role, database string) *pgx.Conn {
	b.Helper()
	conn, err := pgx.Connect(b.Context(), b.server.URL(role, database, ""))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// exec runs statements as the superuser.
func (b *ledgerBed) exec(statements ...string) {
	b.Helper()
	b.execOn(b.super, statements...)
}

func (b *ledgerBed) execOn(conn *pgx.Conn, statements ...string) {
	b.Helper()
	for _, sql := range statements {
		// Not the test's context, which has ended when it is cleaned up.
		if _, err := conn.Exec(context.Background(), sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
}

func (b *ledgerBed) install() {
	b.Helper()
	if _, _, err := ledger.Install(b.Context(), b.super); err != nil {
		b.Fatal(err)
	}
}

// record writes an entry in a transaction of its own.
func (b *ledgerBed) record(conn *pgx.Conn, e ledger.Entry) error {
	return pgx.BeginFunc(b.Context(), conn, func(tx pgx.Tx) error { return b.recordIn(tx, e) })
}

// recordIn writes an entry as apply does, if there is a ledger.
func (b *ledgerBed) recordIn(tx pgx.Tx, e ledger.Entry) error {
	s, state := wire.Session{Conn: tx.Conn()}, ledger.State{}
	if err := s.RoundTrip(b.Context(), ledger.Look(&state, nil)); err != nil {
		return err
	}
	if err := state.CheckMayRecord(); err != nil || !state.Installed {
		return err
	}
	return s.RoundTrip(b.Context(), ledger.Record(e))
}

func (b *ledgerBed) ledger(conn *pgx.Conn, limit int) []ledger.Entry {
	b.Helper()
	entries, err := ledger.List(b.Context(), conn, limit)
	if err != nil {
		b.Fatal(err)
	}
	return entries
}

func (b *ledgerBed) says(err error, text string) {
	b.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		b.Errorf("got error %v, want one that says %s", err, text)
	}
}

func quotedName(name string) string { return pgx.Identifier{name}.Sanitize() }
