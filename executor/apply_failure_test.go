package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner/spec"
)

// onCommand makes an event trigger that does something when a command begins or ends that GRANTs on the orders.
func (c *cluster) onCommand(event, does string) {
	c.Helper()
	c.exec(
		`CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $f$ BEGIN
			IF current_query() ~ '^GRANT .*orders' THEN `+does+` END IF; END $f$`,
		`CREATE EVENT TRIGGER meddle ON `+event+` WHEN TAG IN ('GRANT') EXECUTE PROCEDURE public.meddle()`,
	)
}

func TestFailedStatementRollsEverythingBack(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.onCommand("ddl_command_start", `RAISE EXCEPTION 'no grants on a Friday' USING DETAIL = 'It is Friday.', HINT = 'Wait for Monday.', ERRCODE = 'P0042';`)
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(context.Background(), conn, Options{})
		var failed *StatementError
		var server *pgconn.PgError
		if !errors.As(err, &failed) || !errors.As(err, &server) || server.Code != "P0042" {
			t.Fatalf("%v", err)
		}
		if failed.Number <= 1 || failed.Number >= failed.Of || !strings.Contains(failed.SQL, `ON TABLE "sales"."orders" TO "_pgsr_local_`) {
			t.Errorf("not in the middle: %+v", failed)
		}
		saysAll(t, err, fmt.Sprintf("statement %d of %d", failed.Number, failed.Of), failed.SQL, failed.Reason,
			"no grants on a Friday", "P0042", "DETAIL: It is Friday.", "HINT: Wait for Monday.")
	})
	isUsable(t, conn)
	c.exec(`DROP EVENT TRIGGER meddle`)
	if _, err := c.syncShop(context.Background(), conn, Options{}); err != nil {
		t.Errorf("the same connection does not work any more: %v", err)
	}
}

// TestResultThatIsNotAsPlannedIsRolledBack: a trigger takes away what was just granted.
func TestResultThatIsNotAsPlannedIsRolledBack(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.onCommand("ddl_command_end", `
		EXECUTE (SELECT 'REVOKE SELECT ON sales.orders FROM ' || string_agg(quote_ident(rolname), ', ') FROM pg_roles WHERE rolname ~ 'table_select');`)
	conn := c.asPostgres()
	c.unchanged(func() {
		_, err := c.syncShop(context.Background(), conn, Options{})
		var other *NotAsPlannedError
		if !errors.As(err, &other) || other.Left.IsEmpty() {
			t.Fatalf("%v", err)
		}
		saysAll(t, err, "rolled back", "still to do", `GRANT SELECT ON TABLE "sales"."orders" TO`)
	})
	isUsable(t, conn)
}

// TestWarningIsAnError: any warning is, however harmless. What the connection's owner does with notices goes on.
func TestWarningIsAnError(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	c.onCommand("ddl_command_start", `RAISE NOTICE 'a notice'; RAISE WARNING 'something is odd';`)
	config, err := pgx.ParseConfig(c.server.URL("postgres", warehouse, ""))
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { heard = append(heard, n.Message) }
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	c.unchanged(func() {
		_, err := c.syncShop(context.Background(), conn, Options{})
		var warning *WarningError
		if !errors.As(err, &warning) || len(warning.Warnings) == 0 {
			t.Fatalf("%v", err)
		}
		saysAll(t, err, "something is odd", "01000", "rolled back")
	})
	if !slices.Contains(heard, "a notice") || !slices.Contains(heard, "something is odd") {
		t.Errorf("the connection's owner has heard %q", heard)
	}
	isUsable(t, conn)
	c.exec(`DROP EVENT TRIGGER meddle`)
	mustExec(t, conn, `DO $$ BEGIN RAISE WARNING 'not of a run'; END $$`)
	if _, err := c.syncShop(context.Background(), conn, Options{}); err != nil {
		t.Errorf("a warning from before is held against it: %v", err)
	}
	mustExec(t, conn, `DO $$ BEGIN RAISE NOTICE 'afterwards'; END $$`)
	if heard[len(heard)-1] != "afterwards" {
		t.Errorf("after the run, its owner hears no more than %q", heard)
	}
}

// TestGrantThatDoesNothingIsFound: the connecting role loses its grant option after the plan was made, so that the
// server only warns.
func TestGrantThatDoesNothingIsFound(t *testing.T) {
	t.Parallel()
	c := newShop(t, `CREATE ROLE keeper LOGIN`, `GRANT CREATE ON DATABASE warehouse TO keeper`, `CREATE ROLE alice`,
		`GRANT SELECT ON sales.orders TO keeper WITH GRANT OPTION`, `GRANT USAGE ON SCHEMA sales TO keeper WITH GRANT OPTION`,
		`CREATE FUNCTION public.meddle() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $f$ BEGIN
			REVOKE GRANT OPTION FOR SELECT ON sales.orders FROM keeper; END $f$`,
		`CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE PROCEDURE public.meddle()`)
	if c.major >= 16 {
		c.exec(`GRANT alice TO keeper`)
	} else {
		c.exec(`GRANT alice TO keeper`, `ALTER ROLE keeper NOINHERIT`)
	}
	s := &spec.Spec{Roles: []spec.Role{{
		Name: "alice", Owns: mustOwn(t, `SCHEMA own`), DirectGrants: spec.MustGrants(`SELECT ON TABLE sales.orders`),
	}}}
	conn := c.connect("keeper", warehouse, "")
	c.unchanged(func() {
		_, err := Sync(context.Background(), conn, s, Options{})
		if !errors.As(err, new(*WarningError)) {
			t.Errorf("%T %v", err, err)
		}
		saysAll(t, err, "no privileges were granted", "01007")
	})
	isUsable(t, conn)
}

func mustOwn(t testing.TB, phrases ...string) []spec.Ownership {
	t.Helper()
	owned, err := spec.ParseOwnerships(phrases...)
	if err != nil {
		t.Fatal(err)
	}
	return owned
}
