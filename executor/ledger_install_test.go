package executor

import (
	"sync"
	"sync/atomic"
	"testing"

	"pgsr/executor/ledger"
)

func TestInstallLedger(t *testing.T) {
	t.Parallel()
	onOneCluster(t, map[string]func(*ledgerBed){
		"again does nothing":          installAgainDoesNothing,
		"at the same time":            installAtTheSameTime,
		"as owner of the database":    installAsOwnerOfTheDatabase,
		"belongs to the current user": installedBelongsToTheCurrentUser,
		"says what is missing":        installSaysWhatIsMissing,
		"is for nobody else":          installedIsForNobodyElse,
	})
}

// ledgerVersion is that of the last migration.
const ledgerVersion = 2

func installAgainDoesNothing(b *ledgerBed) {
	for i, from := range []int64{0, ledgerVersion} {
		gotFrom, gotTo, err := ledger.Install(b.Context(), b.super)
		if err != nil || gotFrom != from || gotTo != ledgerVersion {
			b.Fatalf("run %d: from %d to %d, %v; want from %d to %d", i+1, gotFrom, gotTo, err, from, ledgerVersion)
		}
	}
}

func installAtTheSameTime(b *ledgerBed) {
	var running sync.WaitGroup
	var first atomic.Int32
	for range 8 {
		conn := b.connect("postgres")
		// A snapshot from before the lock would show those who waited a database without a ledger.
		if _, err := conn.Exec(b.Context(), "SET default_transaction_isolation = 'serializable'"); err != nil {
			b.Fatal(err)
		}
		running.Go(func() {
			from, to, err := ledger.Install(b.Context(), conn)
			if err != nil || to != ledgerVersion {
				b.Errorf("to %d, %v", to, err)
			}
			if from == 0 {
				first.Add(1)
			}
		})
	}
	running.Wait()
	if first.Load() != 1 {
		b.Errorf("%d of 8 found no ledger, want 1", first.Load())
	}
}

func installAsOwnerOfTheDatabase(b *ledgerBed) {
	b.createRole(ledgerRole)
	b.exec("ALTER DATABASE " + quotedName(ledgerDatabase) + " OWNER TO " + quotedName(ledgerRole))
	owner := b.connect(ledgerRole)
	if _, _, err := ledger.Install(b.Context(), owner); err != nil {
		b.Fatal(err)
	}
	if err := b.record(owner, anEntry); err != nil {
		b.Fatal(err)
	}
	got := b.ledger(owner, 0)[0]
	if got.AppliedBy != ledgerRole || got.ActingAs != ledgerRole || got.Database != ledgerDatabase {
		b.Errorf("the ledger says %q, acting as %q, in %q", got.AppliedBy, got.ActingAs, got.Database)
	}
}

func installedBelongsToTheCurrentUser(b *ledgerBed) {
	b.createRole("keeper")
	b.exec("ALTER DATABASE "+quotedName(ledgerDatabase)+" OWNER TO keeper", "SET ROLE keeper")
	b.install()
	for _, table := range []string{"pgsr.ledger", "pgsr.goose_db_version"} {
		var owner string
		query := "SELECT relowner::regrole::text FROM pg_class WHERE oid = $1::text::regclass"
		if err := b.super.QueryRow(b.Context(), query, table).Scan(&owner); err != nil || owner != "keeper" {
			b.Errorf("%s belongs to %q, %v; want keeper", table, owner, err)
		}
	}
}

func installSaysWhatIsMissing(b *ledgerBed) {
	b.createRole("stranger")
	stranger := b.connect("stranger")
	_, _, err := ledger.Install(b.Context(), stranger)
	b.says(err, `GRANT CREATE ON DATABASE `+quotedName(ledgerDatabase)+` TO "stranger"`)

	b.exec("CREATE SCHEMA pgsr")
	_, _, err = ledger.Install(b.Context(), stranger)
	b.says(err, `GRANT USAGE ON SCHEMA "pgsr" TO "stranger"; GRANT CREATE ON SCHEMA "pgsr" TO "stranger"`)

	// What the message asks for is enough.
	b.exec(`GRANT USAGE, CREATE ON SCHEMA pgsr TO stranger`)
	if _, _, err = ledger.Install(b.Context(), stranger); err != nil {
		b.Error(err)
	}
}

func installedIsForNobodyElse(b *ledgerBed) {
	b.install()
	b.createRole("stranger")
	var may bool
	query := `SELECT has_schema_privilege('stranger', 'pgsr', 'USAGE, CREATE')
		OR has_table_privilege('stranger', 'pgsr.ledger', 'SELECT, INSERT, UPDATE, DELETE')`
	if err := b.super.QueryRow(b.Context(), query).Scan(&may); err != nil || may {
		b.Errorf("another role may use the ledger: %v, %v", may, err)
	}
}
