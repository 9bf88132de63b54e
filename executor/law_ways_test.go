package executor

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// lawRun is one case on a server, run by one actor.
type lawRun struct {
	*lawServer
	spec lawSpec
	// statements are those that made the state.
	statements []string
	actor      string
	// law is the only one that matters; empty: all do.
	law     string
	parsed  *spec.Spec
	options Options
	// written is the spec with what has ended, whereas spec is without it. Ignored is what is left alone.
	written lawSpec
	ignores lawIgnores
	// leavers are the OIDs of absent roles.
	leavers map[string]string
	// before and after are what the catalogs held, can what people could do.
	before, after facts
	can           [2]powers
	plan          *planner.Plan
	effect        *access.Effect
	// refusal is why nothing was planned.
	refusal error
	// undone tells that the way back was gone.
	undone bool
	// added tells that a look was enough to plan something.
	added bool
	// gave tells that mode add gave something and left something, and sync took that.
	gave bool
	// broken are the laws that do not hold, in order, each with what is wrong.
	broken []brokenLaw
}

type brokenLaw struct{ law, what string }

func (l *lawRun) expect(law string, wrong []string) {
	if len(wrong) > 0 {
		l.broken = append(l.broken, brokenLaw{law, strings.Join(wrong, "\n")})
	}
}

func (l *lawRun) same(law, what string, a, b facts) {
	if d := diffLines(a.lines(), b.lines()); d != nil {
		l.expect(law, append([]string{what + " differ:"}, d...))
	}
}

// hold makes the state and holds all laws on it.
func (l *lawServer) hold(c lawCase, actor string) *lawRun { return l.holdOne(c, actor, "") }

// holdOne holds no more than what it takes to see one law broken; empty: all.
func (l *lawServer) holdOne(c lawCase, actor, law string) *lawRun {
	l.Helper()
	r := &lawRun{lawServer: l, spec: c.spec.inForce(), written: c.spec, statements: c.statements, actor: actor, law: law, parsed: c.spec.parsed(l)}
	if c.trusts {
		r.options = Options{TrustCode: true, ReassignTo: actor}
	}
	if !l.build(c, actor) {
		return r
	}
	if len(c.there) > 0 {
		r.fleet(c)
		return r
	}
	if law == "way back" {
		r.scripted()
		return r
	}
	r.applied()
	if r.plan != nil && r.refusal == nil && len(r.broken) == 0 && l.build(c, actor) {
		r.scripted()
	}
	if len(r.broken) == 0 && (law == "" || law == "add") && l.build(c, actor) {
		r.onlyAdded()
	}
	return r
}

// connected runs something as the actor, unless there is no such role, which only cutting a case down can bring about.
func (l *lawRun) connected(do func(*pgx.Conn)) {
	conn, err := Connect(context.Background(), l.server.URL(l.actor, currentDatabase, ""))
	if err != nil {
		return
	}
	defer conn.Close(context.Background())
	do(conn)
}

// applied holds what can be held of one apply.
func (l *lawRun) applied() {
	l.before, l.can[0] = l.facts(), l.powersOf()
	l.ignores, l.leavers = l.whatIsIgnored(), l.oids()
	ctx := context.Background()
	l.connected(func(conn *pgx.Conn) {
		l.planned(conn)
		if l.wayIsNamed(); len(l.broken) > 0 {
			return
		}
		if l.refusal != nil {
			l.same("refused", "before and after a plan that was refused", l.before, l.facts())
			return
		}
		predicted := l.whole()
		predicted.Server = l.plan.Server
		l.plan.Apply(predicted)
		withoutServersOwn(predicted)
		p, err := newPlanning(l.parsed, l.options)
		if err != nil {
			l.Fatal(err)
		}
		if _, err := (&operation{lockKey: lockKey(l.parsed), options: l.options, plan: p.plan}).do(ctx, conn); err != nil {
			l.expect("apply", []string{err.Error()})
			l.same("apply", "before and after an apply that failed", l.before, l.facts())
			return
		}
		l.after, l.can[1] = l.facts(), l.powersOf()
		l.rowsOfOthers()
		if l.asksPowers() {
			l.effectIsTrue()
			l.membershipsAreTrue()
			l.restIsTrue()
			l.asTheSpecSays()
		}
		l.ignoredStays()
		l.endsAreNamed()
		l.inSync(conn)
		if _, is := l.after.owners()["ROUTINE public.law()"]; is {
			return // nobody can foresee what an event trigger does
		}
		l.expect("model", diffLines(linesOf(predicted), linesOf(l.whole())))
		if len(l.broken) == 0 {
			l.drifts(conn)
		}
	})
}

// asksPowers tells whether what people can do matters, which takes long to ask for.
func (l *lawRun) asksPowers() bool {
	return slices.Contains([]string{"", "effect", "memberships", "effect's rest", "spec"}, l.law)
}

func (l *lawRun) powersOf() powers {
	if !l.asksPowers() {
		return powers{}
	}
	return l.powers()
}

// linesOf lists a catalog.
func linesOf(c *catalog.Catalog) []string {
	return catalogtest.AllDifferences(catalog.New(c.Server), c)
}

// whole reads everything as pgsr does.
func (l *lawRun) whole() *catalog.Catalog {
	l.Helper()
	scope, err := wholeScope(context.Background(), l.super)
	if err != nil {
		l.Fatal(err)
	}
	return withoutServersOwn(inspectReading(l, l.super, scope, inspect.Scoped))
}

// withoutServersOwn leaves out what is the server's own: what is read of that depends on who has something there.
func withoutServersOwn(c *catalog.Catalog) *catalog.Catalog {
	maps.DeleteFunc(c.Roles, func(name string, _ *catalog.Role) bool { return strings.HasPrefix(name, "pg_") })
	maps.DeleteFunc(c.Members, func(name string, _ []catalog.Membership) bool { return strings.HasPrefix(name, "pg_") })
	maps.DeleteFunc(c.Objects, func(id catalog.ObjectID, _ *catalog.Object) bool {
		place := cmp.Or(id.Schema, id.Name)
		return strings.HasPrefix(place, "pg_") || place == "information_schema" || id.Kind == catalog.Database && id.Name != currentDatabase
	})
	return c
}

// planned plans, however much is read, with and without effect, which must come to the same.
func (l *lawRun) planned(conn *pgx.Conn) {
	ctx := context.Background()
	p, err := newPlanning(l.parsed, l.options)
	if err != nil {
		l.Fatal(err)
	}
	narrow := p.scope
	var said []string
	for _, way := range []struct {
		reading                 inspect.Reading
		broad, effect, prefetch bool
	}{{reading: inspect.Scoped}, {reading: inspect.Scoped, broad: true}, {reading: inspect.Whole}, {prefetch: true}, {effect: true}} {
		if !way.effect && l.law != "" && l.law != "one plan" || way.reading == inspect.Whole && len(l.spec.absent()) > 0 { // for which more is asked
			continue
		}
		p.reading, p.last, p.scope, p.options.Effect = way.reading, nil, narrow, way.effect
		if way.broad {
			p.scope = func() catalog.Scope { return broad(narrow()) }
		}
		o := l.options
		if way.prefetch {
			o.Prefetch = prefetched(conn)
		}
		plan, err := p.plan(ctx, readOutside(conn, o))
		said = append(said, l.sayPlan(plan, err))
		if way.effect && err == nil {
			l.plan, l.effect = plan, plan.Effect()
		}
	}
	l.endedIsAsNotWritten(conn, said[0])
	l.drift(conn, said[0], l.refusal == nil && l.plan != nil && l.plan.IsEmpty())
	for i, text := range said {
		if text != said[0] {
			l.expect("one plan", append([]string{fmt.Sprintf("planned from what belongs to the scope (-) and in way %d (+):", i)},
				diffLines(strings.Split(said[0], "\n"), strings.Split(text, "\n"))...))
			return
		}
	}
}

func (l *lawRun) sayPlan(plan *planner.Plan, err error) string {
	if err != nil {
		var refusal *planner.Refusal
		var problems spec.Errors
		var missing *MissingError
		if l.refusal = err; !errors.As(err, &refusal) && !errors.As(err, &problems) && !errors.As(err, &missing) {
			l.expect("planning", []string{err.Error()})
		}
		return err.Error()
	}
	text := strings.Join(plan.Warnings, "\n")
	for _, s := range plan.Statements {
		text += "\n" + s.As + ": " + script.Masked(s.Change, plan.Server) + " -- " + s.Reason
	}
	return text
}

// drift looks for differences: it must see that there are none where there is nothing to plan, and only there. What it
// plans must be what is planned from all that it takes.
func (l *lawRun) drift(conn *pgx.Conn, said string, isEmpty bool) {
	p, err := newPlanning(l.parsed, l.options)
	if err != nil {
		l.Fatal(err)
	}
	if !p.canCheckDriftFirst(conn) {
		return
	}
	seen, err := inspect.Drift(context.Background(), wire.Session{Conn: conn}, p.including(p.scope(), false))
	if err != nil {
		l.expect("one plan", []string{"looking for differences: " + err.Error()})
		return
	}
	plan, wanted := p.inSync(seen.Catalog)
	if (plan != nil) != isEmpty && seen.Catalog != nil {
		wrong := []string{fmt.Sprintf("there is nothing to plan: %v; seen: no differences %v, differences %v", isEmpty, plan != nil, wanted != nil)}
		if resolution, err := p.resolve(seen.Catalog); err == nil {
			wrong = append(wrong, catalogtest.AllDifferences(seen.Catalog, resolution.Desired)...)
		}
		l.expect("one plan", wrong)
	}
	if wanted == nil {
		return
	}
	additions := p.additionsAfter(seen, wanted)
	if additions == nil {
		return
	}
	plan, err = additions(context.Background(), begin(conn, 1, Options{}))
	if err := wire.Rollback(conn); err != nil {
		l.Fatal(err)
	}
	if err != nil {
		l.Fatal(err)
	}
	if plan == nil {
		return
	}
	l.added = true
	if text := l.sayPlan(plan, nil); text != said {
		l.expect("one plan", append([]string{"planned from everything (-) and from what shows differences (+):"},
			diffLines(strings.Split(said, "\n"), strings.Split(text, "\n"))...))
	}
}

// drifts takes something away that the spec's roles have by way of privilege roles, and does once more, one after the
// other, some of what made the state, and looks each time for differences, which are then mended.
func (l *lawRun) drifts(conn *pgx.Conn) {
	ctx := context.Background()
	random := rand.New(rand.NewPCG(uint64(len(l.statements)), 3))
	statements := []string{takingAway}
	for _, at := range random.Perm(len(l.parsed.Roles)) {
		role := pgx.Identifier{l.parsed.Roles[at].Name}.Sanitize()
		statements = append(statements, fmt.Sprintf("REASSIGN OWNED BY %[1]s TO postgres; DROP OWNED BY %[1]s; DROP ROLE %[1]s", role))
	}
	for _, at := range random.Perm(len(l.statements)) {
		statements = append(statements, l.statements[at])
	}
	for _, statement := range statements[:min(len(statements), 14)] {
		l.run([]string{statement})
		plan, err := Plan(ctx, conn, l.parsed, l.options)
		if err != nil {
			continue // some do away with what the spec names
		}
		l.drift(conn, l.sayPlan(plan, nil), plan.IsEmpty())
		if len(l.broken) > 0 {
			l.broken[0].what += "\nafter: " + statement
			return
		}
		if _, err := Sync(ctx, conn, l.parsed, l.options); err != nil {
			continue // it may be refused
		}
		if again, err := Plan(ctx, conn, l.parsed, l.options); err != nil || !again.InSync() {
			l.expect("in sync", []string{"after: " + statement, l.sayPlan(again, err)})
			return
		}
	}
}

// takingAway revokes a membership in a privilege role, of one of many members.
const takingAway = `DO $$
	DECLARE m record;
	BEGIN
		SELECT r.rolname AS role, u.rolname AS member, g.rolname AS grantor INTO m
		FROM pg_auth_members AS a JOIN pg_roles AS r ON r.oid = a.roleid JOIN pg_roles AS u ON u.oid = a.member JOIN pg_roles AS g ON g.oid = a.grantor
		WHERE left(r.rolname::text, 6) = '_pgsr_' AND NOT a.admin_option ORDER BY md5(r.rolname || u.rolname) LIMIT 1;
		IF current_setting('server_version_num')::int < 160000 THEN
			EXECUTE format('REVOKE %I FROM %I', m.role, m.member);
		ELSE
			EXECUTE format('REVOKE %I FROM %I GRANTED BY %I', m.role, m.member, m.grantor);
		END IF;
	END $$`

// inSync plans again, when there must be nothing to do.
func (l *lawRun) inSync(conn *pgx.Conn) {
	for _, effect := range []bool{false, true} {
		o := l.options
		o.Effect = effect
		again, err := Plan(context.Background(), conn, l.parsed, o)
		if err != nil {
			l.expect("in sync", []string{err.Error()})
		} else if !again.InSync() {
			l.expect("in sync", []string{l.sayPlan(again, nil)})
		}
	}
}

// scripted goes the other ways to the same end, and back.
func (l *lawRun) scripted() {
	var forth, back, saved bytes.Buffer
	var plan, way *planner.Plan
	ctx := context.Background()
	again := l.facts()
	if l.before != nil {
		l.same("the same state", "two states of one case", l.before, again)
	}
	l.before = again
	write := func(to *bytes.Buffer, format string, s *spec.Spec, p *planner.Plan) {
		if err := WriteAs(to, format, s, p, Options{}); err != nil {
			l.expect("writing", []string{format + ": " + err.Error()})
		}
	}
	l.connected(func(conn *pgx.Conn) {
		var err error
		if plan, err = Plan(ctx, conn, l.parsed, l.options); err != nil {
			return // as it was before
		}
		write(&forth, "psql", l.parsed, plan)
		write(&saved, "json", l.parsed, plan)
		if way, err = plan.Back(); err == nil {
			write(&back, "psql", l.parsed, way)
		} else if refusal := (*planner.Refusal)(nil); !errors.As(err, &refusal) {
			l.expect("way back", []string{err.Error()})
		}
	})
	if len(l.broken) > 0 || plan == nil || plan.IsEmpty() {
		return
	}
	err := l.psql(l.actor, forth.String())
	l.does("script", err, l.after)
	if len(l.broken) > 0 || way == nil {
		return
	}
	start := withoutWhatIsSaid(l.before, way.Warnings)
	if err := l.psql(l.actor, back.String()); err != nil {
		l.expect("way back", []string{err.Error(), back.String()})
	} else {
		l.same("way back", "before and after the way back", start, withoutWhatIsSaid(l.facts(), way.Warnings))
	}
	if l.undone = len(l.broken) == 0; !l.undone || l.law == "way back" || diffLines(l.before.lines(), l.facts().lines()) != nil {
		return
	}
	l.connected(func(conn *pgx.Conn) {
		if len(l.spec.absent()) > 0 { // who came back is another one
			again, err := Plan(ctx, conn, l.parsed, l.options)
			if err != nil {
				l.expect("saved plan", []string{"planned again: " + err.Error()})
				return
			}
			saved.Reset()
			write(&saved, "json", l.parsed, again)
		}
		l.appliesSaved(conn, &saved)
	})
}

func (l *lawRun) appliesSaved(conn *pgx.Conn, saved *bytes.Buffer) {
	d, err := report.ReadJSON(saved)
	if err == nil {
		_, err = ApplySaved(context.Background(), conn, d, Options{})
	}
	l.does("saved plan", err, l.after)
}

func (l *lawRun) does(what string, err error, end facts) {
	if err != nil {
		l.expect(what, []string{err.Error()})
		return
	}
	if end != nil {
		l.same(what, "what apply and "+what+" lead to", end, l.facts())
	}
}

// withoutWhatIsSaid leaves out the passwords, memberships and grant options that a way back says it can not bring back.
// What a privilege role of another database is for, the facts of that one tell.
func withoutWhatIsSaid(f facts, warnings []string, others ...facts) facts {
	out := make(facts, len(f))
	for i, row := range f {
		out[i] = row
		said := strings.Join(warnings, "\n")
		isSaid := func(in facts) bool {
			return strings.Contains(said, fmt.Sprintf("the membership of role %q in %s does not come back", row[2], in.roleInWords(row[1])))
		}
		if row[0] == "membership" && slices.ContainsFunc(append(others, f), isSaid) {
			out[i] = append(row[:3:3], "?", "?", "?", "?")
		}
		if row[0] == "acl" && strings.Contains(said, fmt.Sprintf("the grant option of %s for %s on ", catalog.QuoteIfNeeded(row[3]), row[5])) && strings.Contains(said, inWords(row[1])+" does not come back") {
			out[i] = append(row[:6:6], "?")
		}
		isWithout := func(format string) bool { return strings.Contains(said, fmt.Sprintf(format, row[1])) }
		if row[0] == "role" && (isWithout("the password that role %q had") || isWithout("role %q comes back without the password")) {
			out[i] = append(append(fact{}, row...), "")
			out[i][11] = "?"
		}
	}
	return out
}

// roleInWords names a role as warnings do: a privilege role by the one thing that it has.
func (f facts) roleInWords(role string) string {
	if !isPgsrs(role) {
		return fmt.Sprintf("role %q", role)
	}
	var has []string
	for _, row := range f {
		switch on := row[1]; {
		case row[0] == "membership" && row[2] == role:
			has = append(has, on)
		case row[0] == "acl" && row[3] == role:
			if has = append(has, row[5]+" on "+catalog.InColumn(row[2])+inWords(on)); row[6] == "true" {
				has = append(has, on) // a grant option is more than the one thing
			}
		}
	}
	if len(has) == 1 {
		return "the privilege role for " + has[0]
	}
	return "a role that is named as privilege roles are"
}
