package executor

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/specfile"
)

// TestExportIsInSync: on random states of a cluster, what is exported is in sync, as superuser and as CREATEROLE, twice
// the same, read back as it was written; and so it is after an apply of some spec.
func TestExportIsInSync(t *testing.T) {
	t.Parallel()
	for _, actor := range []string{"postgres", "admin"} {
		t.Run(actor, func(t *testing.T) {
			t.Parallel()
			l := newLawServer(t)
			roles, unsaid, applied := 0, 0, 0
			for i := range *states {
				seed := *lawSeed + uint64(i)
				c := l.newCase(seed, actor)
				l.build(c, actor)
				run := func(what string) {
					conn, err := Connect(context.Background(), l.server.URL(actor, currentDatabase, ""), nil)
					if err != nil {
						return // cut off by what people did
					}
					defer conn.Close(context.Background())
					exported := exportsInSync(t, conn, fmt.Sprintf("seed %d as %s on PostgreSQL %d, %s", seed, actor, l.major, what))
					roles, unsaid = roles+len(exported.Spec.Roles), unsaid+len(exported.Differences)
					if what != "at first" {
						return
					}
					if _, err := Sync(context.Background(), conn, c.spec.parsed(t), Options{TrustCode: true, ReassignTo: actor}); err == nil {
						applied++
					}
				}
				run("at first")
				run("after an apply")
				if t.Failed() {
					t.Fatalf("%s", c)
				}
			}
			t.Logf("PostgreSQL %d as %s: %d states, %d roles exported, %d specs applied, %d differences", l.major, actor, *states, roles, applied, unsaid)
			if roles < *states || applied < *states/8 {
				t.Errorf("%d roles, %d applied: this proves little", roles, applied)
			}
		})
	}
}

// exportsInSync exports, and says what is wrong with it.
func exportsInSync(t *testing.T, conn *pgx.Conn, what string, roles ...string) *Exported {
	t.Helper()
	ctx := context.Background()
	exported, err := Export(ctx, conn, roles)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	text := writeExport(t, exported)
	again, err := Export(ctx, conn, roles)
	if err != nil || writeExport(t, again) != text {
		t.Errorf("%s: exported again it is not the same: %v", what, err)
	}
	s, err := specfile.Parse([]specfile.File{{Name: "pgsr.yaml", Data: []byte(text)}}, specfile.Secrets{})
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, text)
	}
	for _, difference := range exported.Differences {
		t.Errorf("%s: %s\n%s", what, difference, text)
	}
	plan, err := Plan(ctx, conn, s, Options{})
	switch {
	case err != nil:
		t.Errorf("%s: %v\n%s", what, err, text)
	case !plan.InSync():
		t.Errorf("%s: not in sync:\n%s\n%s", what, statementsOf(&Result{Plan: plan}), text)
	}
	return exported
}

func writeExport(t *testing.T, exported *Exported) string {
	t.Helper()
	var text strings.Builder
	if err := specfile.Write(&text, specfile.Document{Spec: exported.Spec, Header: exported.Header, OfRoles: exported.OfRoles}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}
