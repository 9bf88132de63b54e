package executor

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/planner"
)

// TestDatabaseThatSaysWhoActs: the owner of a database has a superuser act as himself there. He would administer every
// role that is made.
func TestDatabaseThatSaysWhoActs(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE ROLE enemy LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO enemy`)
	s := parse(t, "version: 1\nroles:\n  alice: {login: {}}\n")
	plan, err := Plan(ctx, c.super, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	saved := c.readBack(s, plan)
	mustExec(t, c.connect("enemy", warehouse, ""), `ALTER DATABASE warehouse SET role = enemy`)
	for what, do := range map[string]func(*pgx.Conn) error{
		"plan":        func(conn *pgx.Conn) error { _, err := Plan(ctx, conn, s, Options{}); return err },
		"apply":       func(conn *pgx.Conn) error { _, err := Sync(ctx, conn, s, Options{}); return err },
		"planned for": func(*pgx.Conn) error { _, err := Plan(ctx, c.super, s, Options{As: "postgres"}); return err },
		"planned again": func(conn *pgx.Conn) error {
			_, err := Sync(ctx, conn, s, Options{Confirm: func(*planner.Plan) (bool, error) { return true, nil }})
			return err
		},
		"prune":   func(conn *pgx.Conn) error { _, err := Prune(ctx, conn, 1, Options{}); return err },
		"install": func(conn *pgx.Conn) error { _, _, err := ledger.Install(ctx, conn); return err },
		"list":    func(conn *pgx.Conn) error { _, err := ledger.List(ctx, conn, 1); return err },
	} {
		t.Run(what, func(t *testing.T) {
			c.unchanged(func() {
				err := do(c.connect("postgres", warehouse, ""))
				refusedFor(t, err, ForServer)
				saysAll(t, err, `"postgres"`, `"enemy"`, "role=none")
			})
		})
	}
	if _, err := ApplySaved(ctx, c.connect("postgres", warehouse, ""), saved, Options{}); FailureOf(err) != FailedStale {
		t.Errorf("a saved plan: %v", err)
	}
	nothing := parse(t, "version: 1\nroles:\n  enemy: {attributes: [CREATEROLE], login: {}}\n")
	if result, err := Sync(ctx, c.connect("postgres", warehouse, ""), nothing, Options{}); err != nil || result.Applied { // so that nothing is anybody's
		t.Errorf("nothing to do: %+v, %v", result, err)
	}

	c.exec(`ALTER ROLE postgres IN DATABASE warehouse SET role = 'none'`) // a setting of the login comes first
	if _, err := Sync(ctx, c.connect("postgres", warehouse, ""), s, Options{}); err != nil {
		t.Fatal(err)
	}
	if one[bool](c, `SELECT pg_has_role('enemy', 'alice', 'MEMBER')`) {
		t.Error("enemy is a member of alice")
	}
	c.exec(`ALTER ROLE postgres IN DATABASE warehouse SET role = 'enemy'`) // which says it knowingly
	if _, err := Plan(ctx, c.connect("postgres", warehouse, ""), s, Options{}); err != nil {
		t.Error(err)
	}
}
