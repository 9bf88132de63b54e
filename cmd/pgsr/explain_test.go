package main

import "testing"

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
	contains(t, s.want(1, "explain", "--role", "bob", "--on", "TABLE sales.nothing").stderr, `TABLE sales.nothing does not exist in database "warehouse"`)
	contains(t, s.want(1, "explain", "--role", "bob", "--on", "TABL sales.orders").stderr, "unknown kind of object")
	contains(t, s.want(1, "explain", "--role", "bob", "--on", "ALL TABLES IN SCHEMA sales").stderr, "--on takes one object")
	contains(t, s.want(1, "explain").stderr, "which role?")
}

func TestWho(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", accessOf)
	o := s.want(0, "who", "--can", "SELECT", "--on", "TABLE sales.orders")
	if o.stdout != `ROLE      PRIVILEGES  ON                  WHY
alice     SELECT      TABLE sales.orders  granted directly
alice     SELECT      TABLE sales.orders  via analysts, granted directly
analysts  SELECT      TABLE sales.orders  granted directly
deployer  SELECT      TABLE sales.orders  as owner
postgres  SELECT      TABLE sales.orders  as superuser
` {
		t.Errorf("got\n%s", o.stdout)
	}
	contains(t, s.want(0, "who", "--can", "all", "--on", "schema reference").stdout, "PUBLIC    USAGE")
	contains(t, s.want(0, "who", "--can", "update", "--on", "sales.orders").stdout, "bob       UPDATE      column total of TABLE sales.orders")
	contains(t, s.want(1, "who", "--can", "FLY", "--on", "sales.orders").stderr, "unknown privilege")
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
			"! carol loses 1 privilege (loses access)")
	}
	contains(t, s.want(0, "plan", "--format", "markdown").stdout, "carol")
	const note = "note: the spec does not decide what role \"readers\" has of: 1 member outside the spec (\"carol\")\n"
	if said := s.want(2, "check").stderr; said != note {
		t.Errorf("check says without --effect: %s", said)
	}
}
