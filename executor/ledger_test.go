package executor

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
)

// A role and a database whose names need quotes, and every kind of care inside them.
const (
	ledgerRole     = `O'Brien "the \ $1" ;--`
	ledgerDatabase = `Ware "house" 100%`
)

func TestLedgerListsTheNewestFirst(t *testing.T) {
	b := newLedgerBed(t)
	b.install()
	entries := []Entry{
		{Version: "1.0.0", Digest: "aa", Statements: 3, Duration: 1500 * time.Microsecond, Result: "applied", Script: "BEGIN;\nCOMMIT;\n"},
		{Version: "1.0.1", Digest: "bb", Statements: 0, Duration: 49 * time.Hour, Result: "applied", Script: "-- O'Brien \\ \"x\" $1 ü\n"},
	}
	for _, e := range entries {
		if err := b.record(b.super, e); err != nil {
			t.Fatal(err)
		}
	}
	got := b.ledger(b.super, 0)
	if len(got) != 2 || got[0].ID <= got[1].ID {
		t.Fatalf("got %v, want both, the newest first", got)
	}
	for i, want := range []Entry{entries[1], entries[0]} {
		checkEntry(t, got[i], want)
	}
	if newest := b.ledger(b.super, 1); len(newest) != 1 || newest[0] != got[0] {
		t.Errorf("with limit 1: %v, want only %v", newest, got[0])
	}
}

// checkEntry compares what the caller gave, and looks at what the server filled in.
func checkEntry(t *testing.T, got, want Entry) {
	t.Helper()
	if age := time.Since(got.AppliedAt).Abs(); age > time.Minute {
		t.Errorf("applied at %v, want now", got.AppliedAt)
	}
	if got.AppliedBy != "postgres" || got.ActingAs != "postgres" || got.Database != ledgerDatabase {
		t.Errorf("applied by %q acting as %q in %q", got.AppliedBy, got.ActingAs, got.Database)
	}
	want.ID, want.AppliedAt, want.AppliedBy, want.ActingAs, want.Database = got.ID, got.AppliedAt, got.AppliedBy, got.ActingAs, got.Database
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestRecordIsPartOfTheTransaction(t *testing.T) {
	b := newLedgerBed(t)
	b.install()
	undone := errors.New("undone")
	err := pgx.BeginFunc(t.Context(), b.super, func(tx pgx.Tx) error {
		if err := record(t.Context(), tx, anEntry); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	if got := b.ledger(b.super, 0); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestRecordSaysWhoActedForWhom(t *testing.T) {
	b := newLedgerBed(t)
	b.install()
	b.exec("CREATE ROLE actor", "GRANT USAGE ON SCHEMA pgsr TO actor", "GRANT INSERT ON pgsr.ledger TO actor", "SET ROLE actor")
	if err := b.record(b.super, anEntry); err != nil {
		t.Fatal(err)
	}
	b.exec("RESET ROLE")
	if got := b.ledger(b.super, 0)[0]; got.AppliedBy != "postgres" || got.ActingAs != "actor" {
		t.Errorf("applied by %q acting as %q, want postgres acting as actor", got.AppliedBy, got.ActingAs)
	}
}

func TestWithoutLedger(t *testing.T) {
	b := newLedgerBed(t)
	if err := b.record(b.super, anEntry); err != nil {
		t.Errorf("recording: %v, want nothing to be done", err)
	}
	_, err := Ledger(t.Context(), b.super, 0)
	if !errors.Is(err, ErrNoLedger) {
		t.Errorf("got %v, want ErrNoLedger", err)
	}
	b.says(err, "run `pgsr ledger install`")
}

func TestLedgerSaysWhatIsMissing(t *testing.T) {
	b := newLedgerBed(t)
	b.install()
	b.exec("CREATE ROLE " + quotedName(ledgerRole) + " LOGIN")
	conn := b.connect(ledgerRole)
	usage := `GRANT USAGE ON SCHEMA "pgsr" TO ` + quotedName(ledgerRole)
	write := `GRANT INSERT ON TABLE "pgsr"."ledger" TO ` + quotedName(ledgerRole)
	read := `GRANT SELECT ON TABLE "pgsr"."ledger" TO ` + quotedName(ledgerRole)

	b.says(b.record(conn, anEntry), usage+"; "+write)
	b.exec(usage, write)
	if err := b.record(conn, anEntry); err != nil {
		t.Error(err)
	}
	_, err := Ledger(t.Context(), conn, 0)
	b.says(err, "it needs "+read)
	b.exec(read)
	if got := b.ledger(conn, 0); len(got) != 1 {
		t.Errorf("got %v, want one entry", got)
	}
}

func TestRecordThatMayNotWriteLeavesTheTransactionUsable(t *testing.T) {
	b := newLedgerBed(t)
	b.install()
	b.exec("CREATE ROLE stranger LOGIN")
	err := pgx.BeginFunc(t.Context(), b.connect("stranger"), func(tx pgx.Tx) error {
		b.says(record(t.Context(), tx, anEntry), "GRANT INSERT")
		_, err := tx.Exec(t.Context(), "SELECT 1")
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// ledgerBed is a server with a database of an odd name, and a superuser's connection to it.
type ledgerBed struct {
	testing.TB
	server *scratch.Server
	super  *pgx.Conn
}

// anEntry is for tests that do not care what is in it.
var anEntry = Entry{Version: "1.0.0", Digest: "d", Result: "applied"}

func newLedgerBed(t testing.TB) *ledgerBed {
	t.Helper()
	b := &ledgerBed{TB: t, server: scratchtest.Cluster(t)}
	b.super = b.connectTo("postgres", "postgres")
	b.exec("CREATE DATABASE " + quotedName(ledgerDatabase))
	b.super = b.connect("postgres")
	return b
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

func (b *ledgerBed) exec(statements ...string) {
	b.Helper()
	for _, sql := range statements {
		if _, err := b.super.Exec(b.Context(), sql); err != nil {
			b.Fatalf("%s: %v", sql, err)
		}
	}
}

func (b *ledgerBed) install() {
	b.Helper()
	if _, _, err := InstallLedger(b.Context(), b.super); err != nil {
		b.Fatal(err)
	}
}

// record writes an entry in a transaction of its own.
func (b *ledgerBed) record(conn *pgx.Conn, e Entry) error {
	return pgx.BeginFunc(b.Context(), conn, func(tx pgx.Tx) error { return record(b.Context(), tx, e) })
}

func (b *ledgerBed) ledger(conn *pgx.Conn, limit int) []Entry {
	b.Helper()
	entries, err := Ledger(b.Context(), conn, limit)
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
