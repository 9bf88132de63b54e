package executor

import (
	"strings"
	"testing"
)

// newInitial is a table of an extension, whose script has granted it to a leaver and to a neighbour.
func newInitial(t testing.TB) *cluster {
	t.Helper()
	return newCluster(t, `CREATE ROLE leaver`, `CREATE ROLE heir`, `CREATE ROLE neighbour`, `CREATE TABLE public.et (a int)`, `GRANT SELECT ON public.et TO leaver, neighbour`,
		`ALTER EXTENSION plpgsql ADD TABLE public.et`)
}

const initialSpec = "version: 1\nroles: {leaver: {absent: true, reassign_to: heir}}\n"

// TestInitialPrivileges: from 17 on they keep the server from dropping a role, and only DROP OWNED takes them away.
func TestInitialPrivileges(t *testing.T) {
	t.Parallel()
	c := newInitial(t)
	plan := c.planAs(c.super, initialSpec)
	if drops := strings.Contains(stepsOf(plan), "DROP OWNED"); drops != (c.major >= 17) {
		t.Errorf("the plan is\n%s", stepsOf(plan))
	}
	c.sync(initialSpec, true)
	c.sync(initialSpec, false)
	if has := one[string](c, `SELECT string_agg(i.grantee::regrole::text, ' ') FROM pg_init_privs AS p, aclexplode(p.initprivs) AS i WHERE p.objoid = 'public.et'::regclass AND i.grantee::regrole::text <> 'postgres' AND i.grantee IN (SELECT oid FROM pg_roles)`); has != "neighbour" {
		t.Errorf("the script's grants are to %s", has)
	}
	if !one[bool](c, `SELECT has_table_privilege('neighbour', 'public.et', 'SELECT')`) {
		t.Error("the neighbour has lost it")
	}
}

// TestDropOwnedIsProved: what has come to belong to the role since the plan was made is not dropped.
func TestDropOwnedIsProved(t *testing.T) {
	t.Parallel()
	c := newInitial(t)
	if c.major < 17 {
		t.Skip("initial privileges keep nobody from being dropped before 17")
	}
	s, plan := c.planFor(initialSpec)
	text := c.written("psql", s, plan, Options{})
	c.exec(`CREATE TABLE public.late (a int)`, `ALTER TABLE public.late OWNER TO leaver`)
	out, err := c.runScript(text)
	if err == nil || !strings.Contains(out, "1 objects depend on role leaver beside what extensions have granted it") {
		t.Errorf("%v\n%s", err, out)
	}
	if owner := c.owner("public.late"); owner != "leaver" {
		t.Errorf("the table belongs to %s", owner)
	}
}
