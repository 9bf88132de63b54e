package executor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/executor/scratch/scratchtest"
)

// TestLedgerOfSomeoneElse shares one server: what a ledger holds is a database's own.
func TestLedgerOfSomeoneElse(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*ledgerBed){
		"is refused, and nobody is stopped by it":       plantedLedgerStopsNobody,
		"that is locked keeps nobody waiting":           plantedLedgerKeepsNobodyWaiting,
		"is not installed into":                         installRefusesWhatIsPlanted,
		"is found by a trigger at the last moment":      triggerAtTheLastMoment,
		"is trusted where he is named":                  deployersNameEachOther,
		"is renamed, and a new one made":                renamedLedgerKeepsItsRows,
		"that is trusted has to be as pgsr makes it":    ledgerHasToBeAsItIsMade,
		"is told apart whatever the session's settings": trustDoesNotDependOnSettings,
	}
	onOneCluster(t, tests)
}

// mallory may create schemas in the database, as its owner may let anyone. She has a function that makes her a
// superuser.
func (b *ledgerBed) mallory() *pgx.Conn {
	b.Helper()
	b.createRole("mallory")
	b.exec("GRANT CREATE ON DATABASE " + quotedName(ledgerDatabase) + " TO mallory")
	conn := b.connect("mallory")
	b.execOn(conn, `CREATE SCHEMA evil`, `GRANT USAGE ON SCHEMA evil TO PUBLIC`,
		`CREATE FUNCTION evil.rise() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
			IF current_setting('is_superuser') = 'on' THEN ALTER ROLE mallory SUPERUSER; END IF; END $$`,
		`CREATE FUNCTION evil.rising() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM evil.rise(); RETURN new; END $$`,
		`CREATE FUNCTION evil.text() RETURNS text LANGUAGE sql AS $$ SELECT evil.rise(); SELECT '' $$`,
		`CREATE FUNCTION evil.is(anyelement) RETURNS bool LANGUAGE sql IMMUTABLE AS $$ SELECT evil.rise(); SELECT true $$`,
		`CREATE DOMAIN evil.wide AS text CHECK (evil.is(VALUE))`)
	return conn
}

// plantedTable is one that a ledger may be taken for.
const plantedTable = `CREATE TABLE pgsr.ledger (id bigint, applied_at timestamptz, applied_by text, acting_as text, database text, pgsr_version text,
	plan_digest text, statements integer, duration interval, result text, script text, rollback text, effect text)`

const plantedTrigger = `CREATE TRIGGER t BEFORE INSERT ON pgsr.ledger EXECUTE PROCEDURE evil.rising()`

func (b *ledgerBed) plant() (mallory *pgx.Conn) {
	b.Helper()
	mallory = b.mallory()
	b.execOn(mallory, `CREATE SCHEMA pgsr`, plantedTable, plantedTrigger)
	return mallory
}

func (b *ledgerBed) malloryIsNobody() {
	b.Helper()
	var super bool
	if err := b.super.QueryRow(b.Context(), `SELECT rolsuper FROM pg_roles WHERE rolname = 'mallory'`).Scan(&super); err != nil || super {
		b.Errorf("mallory is a superuser: %v, %v", super, err)
	}
}

// distrusts checks an error and gives what it says.
func (b *ledgerBed) distrusts(err error) ledger.UntrustedError {
	b.Helper()
	var untrusted *ledger.UntrustedError
	if !errors.As(err, &untrusted) {
		b.Fatalf("got %v, want an UntrustedError", err)
	}
	b.malloryIsNobody()
	return *untrusted
}

const newcomerSpec = "version: 1\nroles:\n  newcomer: {}\n"

// syncs applies a spec of one new role, which goes with the database.
func (b *ledgerBed) syncs(conn *pgx.Conn, o Options) error {
	_, err := Sync(b.Context(), conn, parse(b, newcomerSpec), o)
	if err == nil {
		b.roles = append(b.roles, "newcomer")
	}
	return err
}

func plantedLedgerStopsNobody(b *ledgerBed) {
	b.plant()
	err := b.syncs(b.super, Options{})
	if e := b.distrusts(err); !slices.Equal(e.Owners, []string{"mallory"}) {
		b.Errorf("owners %v", e.Owners)
	}
	for _, text := range []string{`it belongs to role "mallory"`, `--ledger-owner 'mallory'`, `--no-ledger`, `ALTER SCHEMA pgsr RENAME TO pgsr_old`} {
		b.says(err, text)
	}
	_, err = ledger.List(b.Context(), b.super, 0)
	b.distrusts(err)
	plan, err := Plan(b.Context(), b.super, parse(b, newcomerSpec), Options{})
	if err != nil || len(plan.Statements) == 0 || len(plan.Warnings) != 1 || !strings.Contains(plan.Warnings[0], `belongs to role "mallory"`) {
		b.Errorf("%+v, %v: want a plan with a warning", plan, err)
	}
	saved := document(1, plan, Options{})
	_, err = ApplySaved(b.Context(), b.super, saved, Options{})
	b.distrusts(err)
	if _, err := ApplySaved(b.Context(), b.super, saved, Options{NoLedger: true}); err != nil {
		b.Error(err)
	}
	b.exec(`DROP ROLE newcomer`)
	b.leavesRow("postgres", b.newcomerScript("postgres", Options{}), false)
	if err := b.syncs(b.super, Options{NoLedger: true}); err != nil {
		b.Error(err)
	}
	b.malloryIsNobody()
}

func plantedLedgerKeepsNobodyWaiting(b *ledgerBed) {
	mallory := b.plant()
	b.execOn(mallory, `BEGIN`, `LOCK TABLE pgsr.ledger IN ACCESS EXCLUSIVE MODE`)
	b.exec(`SET lock_timeout = '2s'`)
	b.leavesRow("postgres", b.newcomerScript("postgres", Options{LockTimeout: 2 * time.Second}), false)
	b.distrusts(b.syncs(b.super, Options{}))
	if err := b.syncs(b.super, Options{NoLedger: true}); err != nil {
		b.Error(err)
	}
}

func installRefusesWhatIsPlanted(b *ledgerBed) {
	mallory := b.mallory()
	b.execOn(mallory, `CREATE SCHEMA pgsr`)
	install := func() {
		b.Helper()
		_, _, err := ledger.Install(b.Context(), b.super)
		b.distrusts(err)
	}
	install()
	b.execOn(mallory, `CREATE TABLE pgsr.goose_db_version (id int, version_id bigint, is_applied bool, tstamp timestamp DEFAULT now())`,
		`CREATE TRIGGER t BEFORE INSERT ON pgsr.goose_db_version EXECUTE PROCEDURE evil.rising()`)
	install()
	b.exec(`ALTER SCHEMA pgsr OWNER TO postgres`)
	install()
	b.exec(`ALTER TABLE pgsr.goose_db_version OWNER TO postgres`) // its trigger stays
	install()
	b.exec(`DROP TABLE pgsr.goose_db_version`)
	b.install() // into a schema that is empty, and trusted
	b.malloryIsNobody()
}

// triggerAtTheLastMoment: a role that may make triggers makes one when it was looked for already.
func triggerAtTheLastMoment(b *ledgerBed) {
	b.install()
	mallory := b.mallory()
	b.exec(`GRANT USAGE ON SCHEMA pgsr TO mallory`, `GRANT TRIGGER ON pgsr.ledger TO mallory`)
	for _, way := range []string{"script", "sync", "saved"} {
		b.execOn(mallory, `BEGIN`, plantedTrigger)
		plan, err := Plan(b.Context(), b.super, parse(b, newcomerSpec), Options{})
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan error)
		text := b.newcomerScript("postgres", Options{})
		go func() {
			if way == "script" {
				b.leavesRow("postgres", text, false)
				done <- nil
				return
			}
			if way == "sync" {
				done <- b.syncs(b.super, Options{})
				return
			}
			_, err := ApplySaved(b.Context(), b.super, document(1, plan, Options{}), Options{})
			done <- err
		}()
		watch := &cluster{TB: b, super: b.connect("postgres")}
		watch.eventually("nobody waits for the lock", func() bool {
			return one[bool](watch, `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'relation')`)
		})
		b.execOn(mallory, `COMMIT`)
		if err = <-done; way == "script" {
			b.exec(`DROP TRIGGER t ON pgsr.ledger`)
			continue
		}
		if e := b.distrusts(err); !slices.Equal(e.Flaws, []string{"ledger has a trigger or a foreign key"}) {
			b.Errorf("%s: flaws %v", way, e.Flaws)
		}
		b.exec(`DROP TRIGGER t ON pgsr.ledger`)
	}
	if got := b.ledger(b.super, 0); len(got) != 0 {
		b.Errorf("%+v", got)
	}
}

func deployersNameEachOther(b *ledgerBed) {
	b.createRole("first")
	b.createRole("second")
	b.exec("ALTER ROLE first CREATEROLE", "ALTER ROLE second CREATEROLE", "GRANT CREATE ON DATABASE "+quotedName(ledgerDatabase)+" TO first")
	first, second := b.connect("first"), b.connect("second")
	if _, _, err := ledger.Install(b.Context(), first); err != nil {
		b.Fatal(err)
	}
	b.execOn(first, `GRANT USAGE ON SCHEMA pgsr TO second`, `GRANT SELECT, INSERT ON pgsr.ledger TO second`)
	b.says(b.syncs(second, Options{}), `it belongs to role "first"`)
	b.leavesRow("second", b.newcomerScript("second", Options{}), false)
	b.leavesRow("second", b.newcomerScript("second", Options{LedgerOwners: []string{`no "body\`, "first"}}), true)
	b.exec(`DELETE FROM pgsr.ledger`)
	if err := b.syncs(second, Options{LedgerOwners: []string{"nobody else", "first"}}); err != nil {
		b.Error(err)
	}
	_, err := ledger.List(b.Context(), second, 0)
	b.says(err, `it belongs to role "first"`)
	entries, err := ledger.List(b.Context(), second, 0, "first")
	if err != nil || len(entries) != 1 || entries[0].AppliedBy != "second" {
		b.Errorf("%+v, %v", entries, err)
	}
	if _, err := ledger.Find(b.Context(), second, entries[0].ID, "first"); err != nil {
		b.Error(err)
	}
	b.execOn(first, `GRANT SELECT ON pgsr.goose_db_version TO second`)
	if from, to, err := ledger.Install(b.Context(), second, "first"); err != nil || from != to {
		b.Errorf("from %d to %d, %v", from, to, err)
	}
	// Also a superuser's run is not the owner's to use.
	_, err = ledger.List(b.Context(), b.super, 0)
	b.says(err, `it belongs to role "first"`)
}

func renamedLedgerKeepsItsRows(b *ledgerBed) {
	b.plant()
	b.exec(`ALTER SCHEMA pgsr RENAME TO pgsr_old`)
	b.install()
	if err := b.syncs(b.super, Options{}); err != nil || len(b.ledger(b.super, 0)) != 1 {
		b.Error(err)
	}
	b.exec(`SELECT FROM pgsr_old.ledger`)
	b.malloryIsNobody()
}

// ledgerHasToBeAsItIsMade: what someone left in a table before it came to the one who is trusted, as with REASSIGN
// OWNED.
func ledgerHasToBeAsItIsMade(b *ledgerBed) {
	b.mallory()
	b.install()
	for does, undo := range map[string]string{
		plantedTrigger: `DROP TRIGGER t ON pgsr.ledger`,
		`CREATE CONSTRAINT TRIGGER t AFTER INSERT ON pgsr.ledger DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE PROCEDURE evil.rising()`: `DROP TRIGGER t ON pgsr.ledger`,
		`CREATE RULE r AS ON INSERT TO pgsr.ledger DO ALSO SELECT evil.rise()`:                                                               `DROP RULE r ON pgsr.ledger`,
		`ALTER TABLE pgsr.ledger ALTER effect SET DEFAULT evil.text()`:                                                                       `ALTER TABLE pgsr.ledger ALTER effect SET DEFAULT ''`,
		`ALTER TABLE pgsr.ledger ALTER script SET DEFAULT query_to_xml('SELECT evil.rise()', true, true, '')::text`:                          `ALTER TABLE pgsr.ledger ALTER script DROP DEFAULT`,
		`ALTER TABLE pgsr.ledger ADD more text DEFAULT evil.text()`:                                                                          `ALTER TABLE pgsr.ledger DROP more`,
		`ALTER TABLE pgsr.ledger ADD more int GENERATED ALWAYS AS (statements + 1) STORED`:                                                   `ALTER TABLE pgsr.ledger DROP more`,
		`ALTER TABLE pgsr.ledger ADD CONSTRAINT c CHECK (evil.is(result))`:                                                                   `ALTER TABLE pgsr.ledger DROP CONSTRAINT c`,
		`ALTER TABLE pgsr.ledger ALTER result TYPE evil.wide`:                                                                                `ALTER TABLE pgsr.ledger ALTER result TYPE text`,
		`CREATE INDEX i ON pgsr.ledger (evil.is(result))`:                                                                                    `DROP INDEX pgsr.i`,
		`CREATE INDEX i ON pgsr.ledger (id) WHERE evil.is(result)`:                                                                           `DROP INDEX pgsr.i`,
		`ALTER TABLE pgsr.ledger ENABLE ROW LEVEL SECURITY`:                                                                                  `ALTER TABLE pgsr.ledger DISABLE ROW LEVEL SECURITY`,
		`ALTER TABLE pgsr.ledger FORCE ROW LEVEL SECURITY`:                                                                                   `ALTER TABLE pgsr.ledger NO FORCE ROW LEVEL SECURITY`,
		`CREATE TABLE evil.child () INHERITS (pgsr.ledger)`:                                                                                  `DROP TABLE evil.child`,
		`CREATE TABLE evil.far (id bigint REFERENCES pgsr.ledger)`:                                                                           `DROP TABLE evil.far`,
		`ALTER TABLE pgsr.goose_db_version ALTER tstamp SET DEFAULT evil.text()::timestamp`:                                                  `ALTER TABLE pgsr.goose_db_version ALTER tstamp SET DEFAULT now()`,
		`ALTER TABLE pgsr.ledger RENAME TO kept; CREATE VIEW pgsr.ledger AS SELECT * FROM pgsr.kept`:                                         `DROP VIEW pgsr.ledger; ALTER TABLE pgsr.kept RENAME TO ledger`,
	} {
		if scratchtest.Major(b) < 12 && strings.Contains(does, "STORED") { // which came with 12
			continue
		}
		b.exec(does)
		if e := b.distrusts(b.syncs(b.super, Options{})); len(e.Flaws) == 0 || len(e.Owners) != 0 {
			b.Errorf("%s: %+v", does, e)
		}
		_, err := ledger.List(b.Context(), b.super, 0)
		b.distrusts(err)
		_, _, err = ledger.Install(b.Context(), b.super)
		b.distrusts(err)
		b.leavesRow("postgres", b.newcomerScript("postgres", Options{}), false)
		b.exec(undo)
	}
	b.exec(`CREATE INDEX ON pgsr.ledger (applied_at)`) // which is the owner's own affair
	b.leavesRow("postgres", b.newcomerScript("postgres", Options{}), true)
	if err := b.syncs(b.super, Options{}); err != nil {
		b.Error(err)
	}
}

func trustDoesNotDependOnSettings(b *ledgerBed) {
	b.install()
	for _, setting := range []string{"quote_all_identifiers = on", "IntervalStyle = iso_8601", "IntervalStyle = sql_standard", "IntervalStyle = postgres_verbose"} {
		conn := b.connect("postgres")
		b.execOn(conn, "SET "+setting)
		if err := b.record(conn, anEntry); err != nil {
			b.Errorf("%s: %v", setting, err)
		}
	}
	text := b.newcomerScript("postgres", Options{})
	for _, setting := range []string{"quote_all_identifiers = on", "IntervalStyle = iso_8601", "DateStyle = 'SQL, DMY'", "TimeZone = 'Asia/Kolkata'"} {
		b.leavesRow("postgres", "SET "+setting+";\n"+text, true)
	}
	b.exec(`DELETE FROM pgsr.ledger WHERE result <> 'applied'`)
	if got := b.ledger(b.super, 0); len(got) != 4 {
		b.Errorf("%d entries", len(got))
	}
}

// TestInstallingIsOneTransaction: what fails at the end leaves nothing, and is tried once.
func TestInstallingIsOneTransaction(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
		`CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE PROCEDURE public.meddle()`)
	conn := c.asPostgres()
	_, _, err := ledger.Install(context.Background(), conn)
	saysAll(t, err, "no (SQLSTATE P0001)")
	isUsable(t, conn)
	if one[bool](c, `SELECT to_regnamespace('pgsr') IS NOT NULL`) {
		t.Error("there is a schema pgsr")
	}
	c.exec(`DROP EVENT TRIGGER meddle`)
	c.install(conn)
}

// TestLedgerThatIsNotWhole: where one of its tables is gone, installing it says so, and what helps. That helps.
func TestLedgerThatIsNotWhole(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for gone, says := range map[string]string{
		"ledger": "the table pgsr.ledger is gone, and pgsr.goose_db_version says that version 2 is installed", "goose_db_version": "the table pgsr.ledger is there, and pgsr.goose_db_version does not say of which version it is",
	} {
		c.install(c.super)
		c.exec(`DROP TABLE pgsr.` + gone)
		conn := c.asPostgres()
		_, _, err := ledger.Install(context.Background(), conn)
		saysAll(t, err, says, "`ALTER SCHEMA pgsr RENAME TO pgsr_old`")
		isUsable(t, conn)
		c.exec(`ALTER SCHEMA pgsr RENAME TO pgsr_without_` + gone)
		c.install(conn)
		c.exec(`DROP SCHEMA pgsr CASCADE`)
	}
}

// TestOldLedgerIsBroughtUpToDate: one of version 1, with a row.
func TestOldLedgerIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.install(c.super)
	c.exec(`ALTER TABLE pgsr.ledger DROP COLUMN rollback, DROP COLUMN effect`, `DELETE FROM pgsr.goose_db_version WHERE version_id = 2`,
		`INSERT INTO pgsr.ledger (pgsr_version, plan_digest, statements, duration, result, script) VALUES ('1', 'd', 1, '1s', 'applied', '')`)
	_, err := ledger.List(context.Background(), c.super, 0)
	saysAll(t, err, "older pgsr: run `pgsr ledger install`")
	if from, to, err := ledger.Install(context.Background(), c.super); err != nil || from != 1 || to != ledgerVersion {
		t.Errorf("from %d to %d, %v", from, to, err)
	}
	if entries := c.ledger(c.super); len(entries) != 1 {
		t.Errorf("%+v", entries)
	}
}
