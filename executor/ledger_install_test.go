package executor

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestInstallLedgerAgainDoesNothing(t *testing.T) {
	b := newLedgerBed(t)
	for i, from := range []int64{0, 1} {
		gotFrom, gotTo, err := InstallLedger(t.Context(), b.super)
		if err != nil || gotFrom != from || gotTo != 1 {
			t.Fatalf("run %d: from %d to %d, %v; want from %d to 1", i+1, gotFrom, gotTo, err, from)
		}
	}
}

func TestInstallLedgerAtTheSameTime(t *testing.T) {
	b := newLedgerBed(t)
	var running sync.WaitGroup
	var first atomic.Int32
	for range 8 {
		conn := b.connect("postgres")
		// A snapshot from before the lock would show those who waited a database without a ledger.
		if _, err := conn.Exec(t.Context(), "SET default_transaction_isolation = 'serializable'"); err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			from, to, err := InstallLedger(t.Context(), conn)
			if err != nil || to != 1 {
				t.Errorf("to %d, %v", to, err)
			}
			if from == 0 {
				first.Add(1)
			}
		})
	}
	running.Wait()
	if first.Load() != 1 {
		t.Errorf("%d of 8 found no ledger, want 1", first.Load())
	}
}

func TestInstallLedgerAsOwnerOfTheDatabase(t *testing.T) {
	b := newLedgerBed(t)
	b.exec("CREATE ROLE "+quotedName(ledgerRole)+" LOGIN", "ALTER DATABASE "+quotedName(ledgerDatabase)+" OWNER TO "+quotedName(ledgerRole))
	owner := b.connect(ledgerRole)
	if _, _, err := InstallLedger(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	if err := b.record(owner, anEntry); err != nil {
		t.Fatal(err)
	}
	got := b.ledger(owner, 0)[0]
	if got.AppliedBy != ledgerRole || got.ActingAs != ledgerRole || got.Database != ledgerDatabase {
		t.Errorf("the ledger says %q, acting as %q, in %q", got.AppliedBy, got.ActingAs, got.Database)
	}
}

func TestInstallLedgerBelongsToTheCurrentUser(t *testing.T) {
	b := newLedgerBed(t)
	b.exec("CREATE ROLE keeper", "ALTER DATABASE "+quotedName(ledgerDatabase)+" OWNER TO keeper", "SET ROLE keeper")
	b.install()
	for _, table := range []string{"pgsr.ledger", "pgsr.goose_db_version"} {
		var owner string
		query := "SELECT relowner::regrole::text FROM pg_class WHERE oid = $1::text::regclass"
		if err := b.super.QueryRow(t.Context(), query, table).Scan(&owner); err != nil || owner != "keeper" {
			t.Errorf("%s belongs to %q, %v; want keeper", table, owner, err)
		}
	}
}

func TestInstallLedgerSaysWhatIsMissing(t *testing.T) {
	b := newLedgerBed(t)
	b.exec("CREATE ROLE stranger LOGIN")
	stranger := b.connect("stranger")
	_, _, err := InstallLedger(t.Context(), stranger)
	b.says(err, `GRANT CREATE ON DATABASE `+quotedName(ledgerDatabase)+` TO "stranger"`)

	b.exec("CREATE SCHEMA pgsr")
	_, _, err = InstallLedger(t.Context(), stranger)
	b.says(err, `GRANT USAGE ON SCHEMA "pgsr" TO "stranger"; GRANT CREATE ON SCHEMA "pgsr" TO "stranger"`)

	// What the message asks for is enough.
	b.exec(`GRANT USAGE, CREATE ON SCHEMA pgsr TO stranger`)
	if _, _, err = InstallLedger(t.Context(), stranger); err != nil {
		t.Error(err)
	}
}

func TestInstalledLedgerIsForNobodyElse(t *testing.T) {
	b := newLedgerBed(t)
	b.install()
	b.exec("CREATE ROLE stranger")
	var may bool
	query := `SELECT has_schema_privilege('stranger', 'pgsr', 'USAGE, CREATE')
		OR has_table_privilege('stranger', 'pgsr.ledger', 'SELECT, INSERT, UPDATE, DELETE')`
	if err := b.super.QueryRow(t.Context(), query).Scan(&may); err != nil || may {
		t.Errorf("another role may use the ledger: %v, %v", may, err)
	}
}
