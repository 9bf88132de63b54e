package executor

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

var (
	seed   = flag.Uint64("seed", 0, "run the property test with this seed only")
	rounds = flag.Int("rounds", 4, "how often a world is messed up and healed")
)

// TestLaws holds the laws of pgsr on random clusters: a spec is reached in one go, the planner's model of each
// statement is the server's, script and apply do the same, and who is not in the spec keeps all they had. Two
// clusters are kept alike: one is applied to, the other gets the script by psql.
func TestLaws(t *testing.T) {
	t.Parallel()
	seeds := []uint64{1, 2, 3}
	if testing.Short() {
		seeds = seeds[:1]
	}
	if *seed != 0 {
		seeds = []uint64{*seed}
	}
	for _, s := range seeds {
		for _, user := range []string{"postgres", "admin"} {
			t.Run(fmt.Sprintf("seed=%d/user=%s", s, user), func(t *testing.T) {
				t.Parallel()
				newTwins(t, s).run(user)
			})
		}
	}
}

// twins are two clusters in which the same happens.
type twins struct {
	*testing.T
	world   *world
	servers [2]*scratch.Server
	supers  [2]*pgx.Conn
	// planned and rolledBack count the rounds that came to a plan, and to a way back.
	planned, rolledBack int
}

func newTwins(t *testing.T, seed uint64) *twins {
	tw := &twins{T: t}
	for i := range tw.servers {
		tw.servers[i] = scratchtest.Cluster(t)
		postgres := tw.connect(i, "postgres", "postgres")
		mustExec(t, postgres, `CREATE DATABASE `+currentDatabase)
		tw.supers[i] = tw.connect(i, "postgres", currentDatabase)
	}
	tw.world = newWorld(seed, majorOf(t, tw.supers[0]))
	for _, statement := range tw.world.setup(currentDatabase) {
		tw.both(statement, true)
	}
	return tw
}

func (tw *twins) connect(i int, user, database string) *pgx.Conn {
	tw.Helper()
	conn, err := Connect(context.Background(), tw.servers[i].URL(user, database, ""), nil)
	if err != nil {
		tw.Fatal(err)
	}
	tw.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// both runs a statement in both clusters, where it must do the same.
func (tw *twins) both(statement string, must bool) {
	tw.Helper()
	var said [2]string
	for i, conn := range tw.supers {
		_, err := conn.Exec(context.Background(), statement)
		if err != nil {
			said[i] = err.Error()
			if must {
				tw.Fatalf("%s: %v", statement, err)
			}
			mustExec(tw.T, conn, `RESET ROLE`)
		}
	}
	if (said[0] == "") != (said[1] == "") {
		tw.Fatalf("the twins differ on %s: %q and %q", statement, said[0], said[1])
	}
}

func (tw *twins) run(user string) {
	for round := range *rounds {
		for _, statement := range tw.world.mess(25) {
			tw.both(statement, false)
		}
		tw.round(round, user, tw.world.spec())
		if tw.Failed() {
			return
		}
	}
	if tw.planned < *rounds/4 || tw.rolledBack < tw.planned/2 {
		tw.Errorf("only %d of %d rounds came to a plan, and %d to a way back: this proves little", tw.planned, *rounds, tw.rolledBack)
	}
}

// round applies one spec to one twin and its script to the other.
func (tw *twins) round(round int, user string, s *spec.Spec) {
	tw.Helper()
	ctx := context.Background()
	before := tw.whole(0)
	conn := tw.connect(0, user, currentDatabase)
	defer conn.Close(ctx)
	p, err := newPlanning(s, trusting(conn))
	if err != nil {
		tw.Fatal(err)
	}
	tw.sameByEveryExtent(round, conn, p)
	j := &job{lockKey: lockKey(s), plan: p.plan}
	plan, err := j.plan(ctx, outside(conn, Options{}))
	if tw.refused(err) {
		tw.same(fmt.Sprintf("round %d: refused, so nothing may change", round), before, tw.whole(0))
		return
	}
	tw.planned++
	tw.Logf("round %d: %d statements", round, len(plan.Statements))
	predicted := before.Clone()
	predicted.Server = plan.Server
	plan.Apply(predicted)
	var text bytes.Buffer
	if err := Write(&text, s, plan, Options{}); err != nil {
		tw.Fatal(err)
	}
	if _, err := j.do(ctx, conn); err != nil {
		tw.Fatalf("round %d: applying: %v\n%s\nbefore:\n%s", round, err, text.String(), strings.Join(catalog.Differences(catalog.New(before.Server), before), "\n"))
	}
	tw.psql(1, round, user, text.String())
	after := tw.whole(0)
	tw.same(fmt.Sprintf("round %d: the planner's model and the server\n%s", round, text.String()), predicted, after)
	tw.same(fmt.Sprintf("round %d: apply and script\n%s", round, text.String()), after, tw.whole(1))
	tw.inSync(round, conn, s)
	tw.thereAndBack(round, user, before, after, plan, text.String())
	tw.neighbours(round, s, before, after, plan)
}

// sameByEveryExtent plans from what belongs to the scope, from everything, and from what was read ahead, which must
// come to the same.
func (tw *twins) sameByEveryExtent(round int, conn *pgx.Conn, p *planning) {
	tw.Helper()
	var said []string
	for at, extent := range []extent{
		{known: true}, {known: true}, {known: true, whole: true}, {most: 1 << 20},
	} {
		var o Options
		p.extent, p.made = extent, nil // what was planned before would do
		if at == 1 {
			scope := broad(p.scope())
			p.scope = func() catalog.Scope { return scope }
		}
		if p.extent.most > 0 {
			var err error
			if o.Ahead, err = ReadAhead(context.Background(), conn, 1<<20); err != nil {
				tw.Fatal(err)
			}
		}
		plan, err := p.plan(context.Background(), outside(conn, o))
		text := fmt.Sprint(err)
		if err == nil {
			text = strings.Join(plan.Warnings, "\n")
			for _, s := range plan.Statements {
				text += "\n" + s.As + ": " + script.Masked(s.Change, plan.Server) + " -- " + s.Reason
			}
		}
		said = append(said, text)
	}
	if different := slices.IndexFunc(said, func(text string) bool { return text != said[0] }); different >= 0 {
		tw.Errorf("round %d: planned from what belongs to the scope:\n%s\nand otherwise:\n%s", round, said[0], said[different])
	}
}

// thereAndBack undoes the script on both twins, which must then be as before, and does it again.
func (tw *twins) thereAndBack(round int, user string, before, after *catalog.Catalog, plan *planner.Plan, forth string) {
	tw.Helper()
	start := before.Clone()
	start.Server = plan.Server
	back, err := planner.Rollback(start, plan)
	if tw.refused(err) {
		return
	}
	var text bytes.Buffer
	if err := Write(&text, &spec.Spec{}, back, Options{}); err != nil {
		tw.Fatal(err)
	}
	tw.psql(0, round, user, text.String())
	tw.psql(1, round, user, text.String())
	tw.same(fmt.Sprintf("round %d: before and rolled back\nforth:\n%s\nback:\n%s", round, forth, text.String()), before, tw.whole(1))
	tw.rolledBack++
	tw.psql(0, round, user, forth)
	tw.psql(1, round, user, forth)
	tw.same(fmt.Sprintf("round %d: done and done again\n%s", round, forth), after, tw.whole(1))
}

// refused tells whether the plan was refused, which is right for some random specs.
func (tw *twins) refused(err error) bool {
	tw.Helper()
	var refusal *planner.Refusal
	var problems spec.Errors
	switch {
	case err == nil:
		return false
	case errors.As(err, &refusal), errors.As(err, &problems):
		tw.Logf("refused: %v", err)
		return true
	}
	tw.Fatal(err)
	return true
}

func (tw *twins) inSync(round int, conn *pgx.Conn, s *spec.Spec) {
	tw.Helper()
	again, err := Plan(context.Background(), conn, s, Options{})
	if err != nil {
		tw.Fatal(err)
	}
	if !again.InSync() {
		tw.Errorf("round %d: planned again, there is still to do: %+v", round, again.Statements)
	}
}

// psql runs a script as people do.
func (tw *twins) psql(twin, round int, user, text string) {
	tw.Helper()
	cmd := exec.Command(psqlPath(tw.T), "-X", "-d", tw.servers[twin].URL(user, currentDatabase, ""))
	cmd.Stdin = strings.NewReader(text)
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
		tw.Fatalf("round %d: psql: %v\n%s\n%s", round, err, out, text)
	}
}

func psqlPath(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("PGSR_PSQL"); path != "" {
		return path
	}
	path, err := exec.LookPath("psql")
	if err != nil {
		t.Fatalf("%v: install postgresql-client, or run `make test`, which sees to it", err)
	}
	return path
}

// whole reads everything of a twin.
func (tw *twins) whole(i int) *catalog.Catalog {
	tw.Helper()
	ctx := context.Background()
	scope, err := wholeScope(ctx, tw.supers[i])
	if err != nil {
		tw.Fatal(err)
	}
	return inspectExtent(tw, tw.supers[i], scope, extent{known: true})
}

func (tw *twins) same(what string, a, b *catalog.Catalog) {
	tw.Helper()
	if diff := catalog.Differences(a, b); len(diff) > 0 {
		tw.Errorf("%s differ:\n%s", what, strings.Join(diff, "\n"))
	}
}

// neighbours checks that roles outside the spec have just what they had. Where someone in the spec was to lose a grant
// option, what it had granted to them is now granted by the owner.
func (tw *twins) neighbours(round int, s *spec.Spec, before, after *catalog.Catalog, plan *planner.Plan) {
	tw.Helper()
	inSpec := map[string]bool{}
	for _, role := range s.Roles {
		inSpec[role.Name] = true
	}
	if diff := diffLines(outsiders(before, inSpec), outsiders(after, inSpec)); len(diff) > 0 {
		tw.Errorf("round %d: roles outside the spec changed:\n%s\nplan:\n%+v", round, strings.Join(diff, "\n"), plan.Statements)
	}
}

// outsiders lists what roles outside the spec have, without the grantors, without what owners have, and without
// administrator roles, which the connecting role gets.
func outsiders(c *catalog.Catalog, inSpec map[string]bool) []string {
	var out []string
	other := func(role string) bool { return !inSpec[role] && !strings.HasPrefix(role, spec.PrivilegeRolePrefix) }
	for name, role := range c.Roles {
		if other(name) {
			out = append(out, fmt.Sprintf("%q %+v %v", name, role.Attributes, role.ValidUntil))
		}
	}
	for role, rows := range c.Members {
		for _, m := range rows {
			if other(m.Member) && !c.IsCreators(m) && !strings.HasPrefix(role, catalog.AdministratorPrefix) {
				out = append(out, fmt.Sprintf("%q in %q %+v", m.Member, role, m.Options))
			}
		}
	}
	for id, object := range c.Objects {
		for _, item := range object.ACL {
			if other(item.Grantee) && item.Grantee != object.Owner {
				out = append(out, fmt.Sprintf("%q %q %s %v", id, item.Grantee, item.Privilege, object.ACL.HasOption(item.Grantee, item.Privilege)))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func diffLines(a, b []string) []string {
	var out []string
	for _, line := range a {
		if !slices.Contains(b, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			out = append(out, "+ "+line)
		}
	}
	return out
}

func mustExec(t testing.TB, conn *pgx.Conn, sql string, args ...interface{}) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := conn.Exec(ctx, sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func majorOf(t testing.TB, conn *pgx.Conn) int {
	t.Helper()
	var number int
	if err := conn.QueryRow(context.Background(), `SELECT current_setting('server_version_num')::int`).Scan(&number); err != nil {
		t.Fatal(err)
	}
	return number / 10000
}
