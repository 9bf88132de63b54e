package executor

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
)

// lawServer is a server on which one state after the other is made, without a cluster for each: all that a state has
// is dropped before the next.
type lawServer struct {
	testing.TB
	server *scratch.Server
	super  *pgx.Conn
	other  *pgx.Conn // in the other database
	major  int
	// isElsewhere tells that a state has something in the other database.
	isElsewhere bool
	// pristine is what there is when no state is made, and the ACLs to go back to.
	pristine facts
	acls     []string
}

func newLawServer(t testing.TB) *lawServer {
	l := &lawServer{TB: t}
	l.start()
	return l
}

// start makes a cluster.
func (l *lawServer) start() {
	l.Helper()
	l.server, l.acls = scratchtest.Seeded(l, databases(currentDatabase, elsewhere)), nil
	l.super, l.other, l.isElsewhere = l.connect("postgres", currentDatabase), l.connect("postgres", elsewhere), false
	l.major = majorOf(l, l.super)
	l.keepACLs()
	l.pristine = l.facts()
}

func (l *lawServer) connect(user, database string) *pgx.Conn {
	l.Helper()
	conn, err := Connect(context.Background(), l.server.URL(user, database, ""))
	if err != nil {
		l.Fatalf("connecting as %q: %v", user, err)
	}
	l.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// aclPlaces are the catalogs whose ACLs a state may change beside those of what it creates, and what names their rows.
var aclPlaces = [][3]string{
	{"pg_namespace", "nspacl", "nspname"}, {"pg_database", "datacl", "datname"}, {"pg_class", "relacl", "relname"}, {"pg_proc", "proacl", "proname"},
	{"pg_language", "lanacl", "lanname"}, {"pg_tablespace", "spcacl", "spcname"},
}

// keepACLs notes the ACLs of what no state creates, as statements that bring them back.
func (l *lawServer) keepACLs() {
	for _, place := range aclPlaces {
		l.acls = append(l.acls, fmt.Sprintf(`UPDATE pg_catalog.%s t SET %s = k.acl FROM kept_acls k
			WHERE k.class = '%[1]s' AND k.id = t.oid AND k.acl IS DISTINCT FROM t.%[2]s`, place[0], place[1]))
	}
	mustExec(l, l.super, `CREATE TEMP TABLE kept_acls (class text, id oid, acl aclitem[])`)
	for _, place := range aclPlaces {
		mustExec(l, l.super, fmt.Sprintf(`INSERT INTO kept_acls SELECT '%s', oid, %s FROM pg_catalog.%[1]s WHERE oid < 16384 OR '%[1]s' = 'pg_database'`,
			place[0], place[1]))
	}
}

// reset drops a state. What can not be dropped so makes another cluster.
func (l *lawServer) reset() {
	l.Helper()
	err := l.drop()
	if err == nil {
		if d := diffLines(l.pristine.lines(), l.facts().lines()); d != nil {
			err = fmt.Errorf("something is left: %s", strings.Join(d, "; "))
		}
	}
	if err != nil {
		l.Logf("another cluster, as a state could not be dropped: %v", err)
		l.super.Close(context.Background())
		l.other.Close(context.Background())
		l.server.Close()
		l.start()
	}
}

// dropState drops all that states are made of, and edits the catalogs where no statement brings back what initdb wrote.
const dropState = `DO $$ DECLARE roles text; name text; BEGIN
	DELETE FROM pg_depend WHERE deptype = 'e' AND objid >= 16384;
	PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'postgres' AND backend_type = 'client backend';
	FOR name IN SELECT nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
	FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') LOOP
		EXECUTE format('DROP TABLE public.%I CASCADE', name); END LOOP;
	FOR name IN SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP EXECUTE format('DROP FUNCTION public.%I CASCADE', name); END LOOP;
	PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
	DELETE FROM pg_shdepend WHERE deptype = 'a' AND (objid < 16384 OR classid IN ('pg_database'::regclass, coalesce(to_regclass('pg_parameter_acl'), 0)));
	FOR name IN SELECT rolname FROM pg_roles WHERE oid >= 16384 LOOP EXECUTE format('DROP OWNED BY %I CASCADE', name); END LOOP;
	SELECT string_agg(format('%I', rolname), ', ') INTO roles FROM pg_roles WHERE oid >= 16384;
	IF roles IS NOT NULL THEN EXECUTE 'DROP ROLE ' || roles; END IF;
	DELETE FROM pg_default_acl;
	IF to_regclass('pg_parameter_acl') IS NOT NULL THEN EXECUTE 'DELETE FROM pg_parameter_acl'; END IF;
	DELETE FROM pg_db_role_setting;
END $$`

// dropElsewhere drops what states are made of in the other database.
const dropElsewhere = `DO $$ DECLARE name text; BEGIN
	PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'postgres' AND backend_type = 'client backend';
	FOR name IN SELECT nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
	FOR name IN SELECT rolname FROM pg_roles WHERE oid >= 16384 LOOP EXECUTE format('DROP OWNED BY %I CASCADE', name); END LOOP;
	DELETE FROM pg_default_acl;
	DELETE FROM pg_shdepend WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database());
END $$`

func (l *lawServer) drop() error {
	if l.isElsewhere {
		for _, statement := range []string{`RESET ROLE`, `ALTER DATABASE ` + elsewhere + ` OWNER TO postgres`, dropElsewhere} {
			if _, err := l.other.Exec(context.Background(), statement); err != nil {
				return fmt.Errorf("elsewhere: %w", err)
			}
		}
		l.isElsewhere = false
	}
	statements := []string{`RESET ROLE`, `RESET SESSION AUTHORIZATION`, `DROP EVENT TRIGGER IF EXISTS law`, `DROP FOREIGN DATA WRAPPER IF EXISTS "law's" CASCADE`, `ALTER DATABASE ` + currentDatabase + ` OWNER TO postgres`,
		`ALTER LANGUAGE plpgsql OWNER TO postgres`, `ALTER TABLESPACE pg_default OWNER TO postgres`}
	statements = append(append(statements, l.acls...), dropState)
	for _, statement := range statements {
		if _, err := l.super.Exec(context.Background(), statement); err != nil {
			var server *pgconn.PgError
			if asPgError(err, &server) {
				return fmt.Errorf("%w: %s", err, server.Detail)
			}
			return err
		}
	}
	return nil
}

// build makes a state. It is false where that can not be done.
func (l *lawServer) build(c lawCase, actor string) bool {
	l.Helper()
	l.reset()
	l.run(c.statements)
	if len(c.there) > 0 {
		l.isElsewhere = true
		l.at(l.other).run(c.there)
	}
	if len(c.earlier) > 0 {
		conn, err := Connect(context.Background(), l.server.URL(actor, currentDatabase, ""))
		if err != nil {
			return false
		}
		// Refused or not, what comes of it is a state.
		_, _ = Sync(context.Background(), conn, c.earlier.parsed(l), Options{})
		conn.Close(context.Background())
		l.run(c.later)
	}
	return true
}

func (l *lawServer) run(statements []string) {
	l.Helper()
	var oid string
	if err := l.super.QueryRow(context.Background(), `SELECT oid::text FROM pg_database WHERE datname = current_database()`).Scan(&oid); err != nil {
		l.Fatal(err)
	}
	for _, statement := range statements {
		if _, err := l.super.Exec(context.Background(), strings.ReplaceAll(statement, "{{oid}}", oid)); err != nil {
			mustExec(l, l.super, `ROLLBACK; RESET ROLE`)
		}
	}
}

// psql runs a script as people do.
func (l *lawServer) psql(user, text string) error {
	l.Helper()
	cmd := exec.Command(psqlPath(l), "-X", "-d", l.server.URL(user, currentDatabase, ""))
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") && !strings.Contains(string(out), "no transaction in progress") {
		return fmt.Errorf("psql: %w\n%s", err, out)
	}
	return nil
}
