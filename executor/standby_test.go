package executor

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/ledger"
	"pgsr/executor/scratch"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// newStandby gives a standby that has what the shop has, a ledger, and a privilege role that can be pruned.
func newStandby(t *testing.T) *cluster {
	t.Helper()
	primary := newClusterWith(t, []string{"wal_level", "replica"}, shop...)
	primary.install(primary.super)
	primary.exec(`DO $$ BEGIN EXECUTE format('CREATE ROLE _pgsr_local_%s_table_select_0123abcd', (SELECT oid FROM pg_database WHERE datname = current_database())); END $$`)
	primary.super.Close(context.Background())
	saved := filepath.Join(t.TempDir(), "saved")
	if err := primary.server.Save(saved); err != nil {
		t.Fatal(err)
	}
	// By this file a server knows what it is, and waits for more to recover than there is.
	// https://www.postgresql.org/docs/current/warm-standby.html#STANDBY-SERVER-OPERATION
	if err := os.WriteFile(filepath.Join(saved, "standby.signal"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	server, err := scratch.Start(context.Background(), scratch.Options{Installation: &primary.server.Installation, From: saved})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	c := &cluster{TB: t, server: server, major: primary.major}
	c.super = c.connect("postgres", warehouse, "")
	return c
}

// TestStandby: what only reads works on a standby, and what would change something is refused in a sentence.
func TestStandby(t *testing.T) {
	t.Parallel()
	needs(t, 12, "standby.signal, by which a standby is made here")
	c := newStandby(t)
	ctx, s := context.Background(), parse(t, shopSpec)
	c.reads(ctx)
	plan, err := Plan(ctx, c.super, s, Options{})
	if err != nil || plan.InSync() {
		t.Fatalf("planning on a standby: %v", err)
	}
	for what, change := range map[string]func(*pgx.Conn) error{
		"apply": func(conn *pgx.Conn) error { _, err := Sync(ctx, conn, s, Options{}); return err },
		"a saved plan": func(conn *pgx.Conn) error {
			_, err := ApplySaved(ctx, conn, c.readBack(s, plan), Options{})
			return err
		},
		"prune":          func(conn *pgx.Conn) error { _, err := Prune(ctx, conn, 1, Options{}); return err },
		"ledger install": func(conn *pgx.Conn) error { _, _, err := ledger.Install(ctx, conn); return err },
	} {
		t.Run(what, func(t *testing.T) {
			err := change(c.asPostgres())
			refusedFor(t, err, ForServer)
			saysAll(t, err, "standby", "connect to the primary")
		})
	}
}

// reads runs all that only reads.
func (c *cluster) reads(ctx context.Context) {
	c.Helper()
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "sales", Name: "parts"}
	if _, err := Explain(ctx, c.super, "old", nil); err != nil {
		c.Errorf("explain: %v", err)
	}
	if _, err := Who(ctx, c.super, named(table), access.Question{Privileges: []catalog.Privilege{catalog.Select}}); err != nil {
		c.Errorf("who: %v", err)
	}
	if _, err := Plan(ctx, c.super, parse(c, shopSpec), Options{Effect: true}); err != nil {
		c.Errorf("plan with its effect: %v", err)
	}
	if _, err := PlanPrune(ctx, c.super, Options{}); err != nil {
		c.Errorf("prune --dry-run: %v", err)
	}
	if _, err := ledger.List(ctx, c.super, 0); err != nil {
		c.Errorf("ledger: %v", err)
	}
}
