package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/spec"
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
					conn, err := Connect(context.Background(), l.server.URL(actor, currentDatabase, ""))
					if err != nil {
						return // cut off by what people did
					}
					defer conn.Close(context.Background())
					exported := exportsInSync(t, conn, fmt.Sprintf("seed %d as %s on PostgreSQL %d, %s", seed, actor, l.major, what))
					roles, unsaid = roles+len(exported.Spec.Roles), unsaid+len(exported.Differences)
					if i%5 == 1 {
						named := stillThere(t, conn, newLawWorld(seed, l.major, actor).everyone)
						exportsInSync(t, conn, fmt.Sprintf("seed %d as %s on PostgreSQL %d, %s, by name", seed, actor, l.major, what), named...)
					}
					if i%5 == 0 {
						allInSync(t, conn, fmt.Sprintf("seed %d as %s on PostgreSQL %d, %s", seed, actor, l.major, what))
					}
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

// stillThere gives those of some roles that no spec has let go.
func stillThere(t *testing.T, conn *pgx.Conn, roles []string) []string {
	t.Helper()
	rows, err := conn.Query(context.Background(), `SELECT rolname::text FROM pg_catalog.pg_roles WHERE rolname::text = ANY($1::text[])`, roles)
	if err != nil {
		t.Fatal(err)
	}
	there, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !slices.Contains(there, role) })
}

// exportsInSync exports, and says what is wrong with it.
func exportsInSync(t *testing.T, conn *pgx.Conn, what string, roles ...string) *Exported {
	t.Helper()
	ctx := context.Background()
	exported, err := Export(ctx, conn, ExportOptions{Roles: roles})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	text := writeExport(t, exported)
	again, err := Export(ctx, conn, ExportOptions{Roles: roles})
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

// allInSync does the same with what there is in other databases.
func allInSync(t *testing.T, conn *pgx.Conn, what string) {
	t.Helper()
	exported, err := Export(context.Background(), conn, ExportOptions{AllDatabases: true})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	text := writeExport(t, exported)
	s, err := specfile.Parse([]specfile.File{{Name: "pgsr.yaml", Data: []byte(text)}}, specfile.Secrets{})
	if err != nil {
		t.Fatalf("%s: %v\n%s", what, err, text)
	}
	plans, err := PlanDatabases(context.Background(), conn, s, Options{})
	if err != nil || !plans.InSync() || len(exported.Differences) > 0 {
		t.Errorf("%s, in all databases: %v, %s\n%s", what, err, exported.Differences, text)
	}
}

func writeExport(t *testing.T, exported *Exported) string {
	t.Helper()
	var text strings.Builder
	if err := specfile.Write(&text, specfile.Document{Spec: exported.Spec, Header: exported.Header, OfRoles: exported.OfRoles}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestExportOfHostileNames: on a server, whatever names there are, for whoever asks: a superuser, who has CREATEROLE,
// and who may change nothing.
func TestExportOfHostileNames(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	admin := c.admin()
	names := []string{"a: {}", "b\n  evil: {login: {}}\n", "# c", "true", "-", "~", `q"u'o\te`, "x, y", "tab\tbed", "nel\u0085", "ls\u2028", "rtl\u202e", "All", "any", "if", "é ü", "[z]", "*a", "&b", "!!c", "a #b"}
	for _, name := range names {
		mustExec(t, admin, `CREATE ROLE `+id(name))
	}
	for i, name := range names {
		c.exec(`CREATE SCHEMA `+id(name), `CREATE TABLE `+id(name, name)+` (`+id(name)+` int)`, `CREATE TYPE `+id(name, "t"+name)+` AS ENUM ('a')`,
			`CREATE FUNCTION `+id(name, name)+`(`+id(name, "t"+name)+`) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
			`GRANT SELECT, UPDATE (`+id(name)+`) ON `+id(name, name)+` TO `+id(names[(i+1)%len(names)]),
			`GRANT EXECUTE ON FUNCTION `+id(name, name)+`(`+id(name, "t"+name)+`) TO `+id(names[(i+2)%len(names)])+` WITH GRANT OPTION`,
			`ALTER TABLE `+id(name, name)+` OWNER TO `+id(names[(i+3)%len(names)]),
			`ALTER DEFAULT PRIVILEGES FOR ROLE `+id(name)+` IN SCHEMA `+id(name)+` GRANT SELECT ON TABLES TO `+id(names[(i+1)%len(names)]),
			`COMMENT ON ROLE `+id(name)+` IS '`+strings.ReplaceAll(name, "'", "''")+`'`, `ALTER ROLE `+id(name)+` SET my.x = '`+strings.ReplaceAll(name, "'", "''")+`'`)
	}
	c.exec(`CREATE ROLE reader LOGIN`)
	for _, conn := range []*pgx.Conn{c.super, admin, c.connect("reader", warehouse, "")} {
		exported := exportsInSync(t, conn, conn.Config().User)
		if n := len(exported.Spec.Roles); n < len(names) {
			t.Errorf("as %s: %d roles of %d", conn.Config().User, n, len(names))
		}
	}
}

// TestExportBringsBack: what was exported says all that roles have. People grant and revoke by hand what they like;
// applied then, it brings back what there was, and is exported again as it was.
func TestExportBringsBack(t *testing.T) {
	t.Parallel()
	l := newLawServer(t)
	ctx, brought, changed := context.Background(), 0, 0
	for i := range *states {
		seed := *lawSeed + uint64(i)
		w := newLawWorld(seed, l.major, "postgres")
		c := lawCase{statements: append(w.make(), w.mess(20+w.IntN(40))...)}
		l.build(c, "postgres")
		before := exportsInSync(t, l.super, fmt.Sprintf("seed %d", seed))
		for range 30 {
			c.later = append(c.later, w.accessByHand(before.Spec)...)
		}
		l.run(c.later)
		result, err := Sync(ctx, l.super, before.Spec, Options{})
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, c)
		}
		brought++
		if result.Applied {
			changed++
		}
		after, err := Export(ctx, l.super, ExportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := uncommented(writeExport(t, after)), uncommented(writeExport(t, before)); got != want {
			t.Fatalf("seed %d on PostgreSQL %d: got\n%s\nwant\n%s\n%s\n%s", seed, l.major, got, want, c, strings.Join(c.later, ";\n"))
		}
	}
	t.Logf("PostgreSQL %d: %d of %d states were brought back, %d after changes", l.major, brought, *states, changed)
	if changed < *states/4 {
		t.Errorf("%d states: this proves little", changed)
	}
}

// accessByHand gives, takes, or lets someone be a member. What default privileges give on objects that are there may
// stay, so that nothing is granted by hand to who has some.
func (w *lawWorld) accessByHand(s *spec.Spec) []string {
	switch w.IntN(4) {
	case 0:
		if statement := w.memberByHand(); !strings.Contains(statement, "INHERIT") { // which stays as it is where a spec says nothing of it
			return []string{statement}
		}
		return nil
	case 1:
		return w.privilegeRoleByHand()
	case 2:
		return []string{w.revokeByHand()}
	}
	statement := w.grantByHand()
	for i := range s.Roles {
		hasFutures := slices.ContainsFunc(s.Roles[i].DirectGrants, func(g spec.Grant) bool { return g.Target.Future != nil })
		if hasFutures && strings.Contains(statement, " TO "+id(s.Roles[i].Name)) {
			return nil
		}
	}
	return []string{statement}
}

func uncommented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			out.WriteString(line)
		}
	}
	return out.String()
}
