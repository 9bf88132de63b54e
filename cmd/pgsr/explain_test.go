package main

import (
	"strings"
	"testing"
)

// accessOf is who has what in the warehouse for these tests.
const accessOf = `CREATE ROLE alice LOGIN; CREATE ROLE bob; CREATE ROLE analysts; CREATE ROLE "Odd One" NOINHERIT;
	GRANT analysts TO alice, "Odd One"; GRANT SELECT, INSERT ON sales.orders TO analysts; GRANT SELECT ON sales.orders TO alice;
	GRANT USAGE ON SCHEMA reference TO PUBLIC; GRANT UPDATE (total) ON sales.orders TO bob`

func TestExplain(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", accessOf)
	o := s.want(0, "explain", "--role", "alice")
	empty(t, "stderr", o.stderr)
	contains(t, o.stdout, "PRIVILEGES", "SELECT, INSERT      TABLE sales.orders", "via analysts, granted directly", "SCHEMA reference", "as everyone (PUBLIC)")
	o = s.want(0, "explain", "--role", "alice", "--on", "sales.orders")
	if o.stdout != `PRIVILEGES      ON                  WHY
SELECT          TABLE sales.orders  granted directly
SELECT, INSERT  TABLE sales.orders  via analysts, granted directly
` {
		t.Errorf("got\n%s", o.stdout)
	}
	contains(t, s.want(0, "explain", "--role", "bob", "--on", "TABLE sales.orders").stdout, "UPDATE      column total of TABLE sales.orders  granted directly")
	contains(t, s.want(0, "explain", "--role", "Odd One", "--on", "TABLE sales.orders").stderr, "after SET ROLE it can also do what these can: analysts", `"Odd One" has no privilege here`)
	contains(t, s.want(0, "explain", "--role", "postgres").stderr, "postgres is a superuser")
	contains(t, s.want(1, "explain", "--role", "nobody").stderr, `role "nobody" does not exist`)
	contains(t, s.want(1, "explain", "--role", "BOB").stderr, `role "BOB" does not exist: did you mean "bob"?`)
	contains(t, s.want(1, "explain", "--role", "bob", "--on", "TABLE sales.nothing").stderr, `TABLE sales.nothing does not exist in database "warehouse"`)
	contains(t, s.want(1, "who", "--can", "SELECT", "--on", "TABLE sales.order").stderr, `does not exist in database "warehouse": did you mean sales.orders?`)
	contains(t, s.want(1, "explain", "--role", "bob", "--on", "TABL sales.orders").stderr, "flag --on, character 1: unknown kind of object")
	contains(t, s.want(1, "explain", "--role", "bob", "--on", "ALL TABLES IN SCHEMA sales").stderr, "--on takes one object")
	contains(t, s.want(1, "explain").stderr, "which role?")
}

// TestExplainWhatOneCouldBecome shows grant options, ADMIN OPTION, default privileges, and what lets a role become
// more than it is.
func TestExplainWhatOneCouldBecome(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.needs(110000, "pg_execute_server_program")
	s.sql("postgres", "warehouse", `CREATE ROLE etl; CREATE ROLE dba; CREATE ROLE keeper LOGIN NOINHERIT; CREATE ROLE plain; GRANT pg_execute_server_program TO dba;
		GRANT dba TO keeper WITH ADMIN OPTION; GRANT SELECT ON sales.orders TO dba; CREATE ROLE boss; GRANT boss TO keeper;
		GRANT SELECT (total) ON sales.orders TO boss WITH GRANT OPTION; GRANT TRIGGER, REFERENCES ON sales.orders TO etl WITH GRANT OPTION;
		CREATE FUNCTION sales.pay(integer) RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; REVOKE EXECUTE ON FUNCTION sales.pay FROM PUBLIC;
		GRANT EXECUTE ON FUNCTION sales.pay(integer) TO etl; ALTER DEFAULT PRIVILEGES FOR ROLE deployer IN SCHEMA sales GRANT SELECT, INSERT ON TABLES TO etl;
		CREATE TABLE sales.own (a int); ALTER TABLE sales.own OWNER TO boss; REVOKE ALL ON sales.own FROM boss; CREATE ROLE admin2; GRANT etl TO admin2 WITH ADMIN OPTION`)
	o := s.want(0, "explain", "--role", "etl")
	contains(t, o.stderr, "! etl can execute ROUTINE sales.pay(integer) as postgres, a superuser", "! etl can have triggers run its code as whoever writes to TABLE sales.orders",
		"! etl can, by foreign keys, run its code as the owner of TABLE sales.orders")
	contains(t, o.stdout, "REFERENCES WITH GRANT OPTION, TRIGGER WITH GRANT OPTION", "SELECT, INSERT", "new TABLES of deployer in SCHEMA sales", "by default privileges")
	o = s.want(0, "explain", "--role", "keeper")
	contains(t, o.stderr, "after SET ROLE it can also do what these can: boss, dba", "! keeper can run programs on the server (pg_execute_server_program)")
	contains(t, s.want(0, "explain", "--role", "boss").stdout, "(SELECT), (INSERT)", "could grant it to itself")
	contains(t, s.want(0, "explain", "--role", "keeper", "--on", "TABLE sales.orders").stdout, "via dba, after SET ROLE")
	o = s.want(0, "who", "--can", "SELECT (total)", "--on", "TABLE sales.orders")
	contains(t, o.stdout, "boss      SELECT WITH GRANT OPTION  column total of TABLE sales.orders  granted directly", "keeper    (SELECT)", "via boss, after SET ROLE")
	o = s.want(0, "who", "--can", "trigger with grant option", "--on", "TABLE sales.orders")
	contains(t, o.stdout, "etl       TRIGGER WITH GRANT OPTION  TABLE sales.orders  granted directly", "deployer  TRIGGER", "as owner")
	if strings.Contains(o.stdout, "dba") || strings.Contains(o.stdout, "boss") {
		t.Errorf("who may not grant it is listed:\n%s", o.stdout)
	}
	contains(t, s.want(1, "who", "--can", "SELECT (nothing)", "--on", "TABLE sales.orders").stderr, "TABLE sales.orders has no column nothing")
	contains(t, s.want(1, "who", "--can", "SELECT (total), UPDATE", "--on", "TABLE sales.orders").stderr, "same columns for all privileges")
}

func TestWho(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", accessOf)
	o := s.want(0, "who", "--can", "SELECT", "--on", "TABLE sales.orders")
	if o.stdout != `ROLE       PRIVILEGES  ON                  WHY
"Odd One"  (SELECT)    TABLE sales.orders  via analysts, after SET ROLE
alice      SELECT      TABLE sales.orders  granted directly
alice      SELECT      TABLE sales.orders  via analysts, granted directly
analysts   SELECT      TABLE sales.orders  granted directly
deployer   SELECT      TABLE sales.orders  as owner
postgres   SELECT      TABLE sales.orders  as superuser
` {
		t.Errorf("got\n%s", o.stdout)
	}
	contains(t, s.want(0, "who", "--can", "all", "--on", "schema reference").stdout, "PUBLIC    USAGE")
	contains(t, s.want(0, "who", "--can", "update", "--on", "sales.orders").stdout, "bob       UPDATE      column total of TABLE sales.orders")
	contains(t, s.want(1, "who", "--can", "FLY", "--on", "sales.orders").stderr, "flag --can, character 1: unknown privilege")
	contains(t, s.want(1, "who", "--can", "SELECT").stderr, "who can do what?")
}

func TestEffect(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.sql("deployer", "warehouse", `CREATE ROLE readers; CREATE ROLE carol; GRANT readers TO carol; GRANT SELECT ON hr.salaries TO readers`)
	for _, command := range []string{"plan", "check"} {
		status := map[string]int{"plan": 0, "check": 2}[command]
		contains(t, s.want(status, command, "--effect").stderr,
			"+ carol gains SELECT on TABLE sales.orders via readers (by a privilege role)", "- carol loses SELECT on TABLE hr.salaries via readers (granted directly)",
			"! carol loses 1 privilege: SELECT on TABLE hr.salaries (loses access)")
	}
	contains(t, s.want(0, "plan", "--format", "markdown").stdout, "carol")
	const note = "note: role \"readers\" keeps what the spec says nothing of: 1 member outside the spec (\"carol\")\n"
	if said := s.want(2, "check").stderr; said != note {
		t.Errorf("check says without --effect: %s", said)
	}
}
