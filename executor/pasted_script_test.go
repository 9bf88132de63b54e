package executor

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pgsr/planner/script"
)

// pasted is a script as a person pastes it into psql: an error stops nothing then, and where the person has set
// ON_ERROR_ROLLBACK, as many have in ~/.psqlrc, the transaction goes on as well.
// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-VARIABLES-ON-ERROR-ROLLBACK
func pasted(text string) string {
	return "\\set ON_ERROR_ROLLBACK on\n" + strings.ReplaceAll(text, `\set ON_ERROR_STOP on`, "")
}

// TestPastedScriptDoesAllOrNothing: no check of a script can be passed over, and its last line is true.
func TestPastedScriptDoesAllOrNothing(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for name, prepare := range map[string][]string{
		"stale": {`GRANT INSERT ON sales.orders TO carol`}, "undone": meddler, "missing": {`ALTER TABLE sales.orders RENAME TO was_orders`},
	} {
		t.Run(name, func(t *testing.T) {
			d := c.database(t, "pasted_"+name)
			text := d.script()
			d.exec(prepare...)
			before := d.whole()
			out, _ := d.psql("postgres", pasted(text))
			if strings.Contains(out, "COMMIT\n") || !strings.HasSuffix(out, "ROLLBACK\npgsr: nothing was committed, see the error above\n") {
				t.Errorf("it says:\n%s", out)
			}
			d.sameAs(before)
		})
	}
	t.Run("all", func(t *testing.T) {
		d := c.database(t, "pasted_all")
		if out, status := d.psql("postgres", pasted(d.script())); status != 0 || !strings.Contains(out, " statements, committed, digest ") {
			t.Errorf("psql's status is %d:\n%s", status, out)
		}
		d.sync(staleSpec, false)
	})
}

// TestPastedScriptOfSeveralTransactions: none is run after one that failed, and only all is said to be committed.
func TestPastedScriptOfSeveralTransactions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newFleet(t, "marts")
	c.exec(`CREATE ROLE sleeper CREATEDB`, `CREATE ROLE team`, `GRANT team TO sleeper`, `GRANT CONNECT ON DATABASE marts TO sleeper`)
	s := parse(t, "version: 1\nroles:\n  sleeper: {login: {}, attributes: [], in: {marts: {direct_grants: [SELECT ON TABLE s.t]}}}\n")
	sequence, err := PlanDatabases(ctx, c.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := WriteSequenceAs(&text, "psql", s, sequence, Options{}); err != nil {
		t.Fatal(err)
	}
	marts := c.asIn("postgres", "marts")
	mustExec(t, marts, `GRANT INSERT ON s.t TO team`)
	out, err := c.runScript(pasted(text.String()))
	if err != nil || !strings.HasSuffix(out, "pgsr: not all transactions were committed, see the errors above\n") {
		t.Errorf("psql ends with %v:\n%s", err, out)
	}
	if !one[bool](c, `SELECT rolcreatedb AND NOT rolcanlogin FROM pg_roles WHERE rolname = 'sleeper'`) {
		t.Error("sleeper has lost CREATEDB, or may log in")
	}
	mustExec(t, marts, `REVOKE INSERT ON s.t FROM team`)
	if out, err := c.runScript(pasted(text.String())); err != nil || !strings.Contains(out, " committed, digest ") {
		t.Errorf("psql ends with %v:\n%s", err, out)
	}
}

// TestPastedScriptKeepsThePassword: where a variable is empty, what is pasted goes on and removes no password.
func TestPastedScriptKeepsThePassword(t *testing.T) {
	t.Parallel()
	c := newCluster(t, shop...)
	s, plan := c.planFor(shopSpec)
	text := c.written("psql", s, plan, Options{Passwords: script.PasswordVariables})
	before := c.everything()
	out, err := c.runScript(pasted(text), "PGSR_PASSWORD_1=")
	if err != nil || !strings.Contains(out, "is not set or empty") || !strings.HasSuffix(out, "pgsr: nothing was committed, see the error above\n") {
		t.Errorf("psql ends with %v:\n%s", err, out)
	}
	c.is("empty, and pasted", before)
}
