package executor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/spec"
)

// elsewhere is the other database of the cluster, of which some specs say something, too.
const elsewhere = "elsewhere"

// at gives the same server, asked in the other database.
func (l *lawServer) at(conn *pgx.Conn) *lawServer {
	other := *l
	other.super = conn
	return &other
}

// local leaves out what the cluster's databases share, but for roles and memberships.
func (f facts) local() facts {
	return slices.DeleteFunc(slices.Clone(f), func(row fact) bool {
		kind, _ := cutKind(row[1])
		return (row[0] == "acl" || row[0] == "owner") && kind != "" && catalog.Kind(kind).Info().Shared || row[0] == "setting"
	})
}

// elsewhereMade makes up what there is in the other database.
func (w *lawWorld) elsewhereMade() []string {
	owner := func() string {
		if w.more.chance(50) {
			return "admin"
		}
		return id(pick(w.more, w.roles))
	}
	out := []string{`ALTER DATABASE ` + elsewhere + ` OWNER TO ` + pick(w.more, []string{"admin", "admin", "postgres", owner()})}
	for i, o := range elsewhereObjects {
		create := `CREATE ` + o.sql()
		switch o.kind {
		case "TABLE":
			create += ` (a int, b text)`
		case "ROUTINE":
			create = `CREATE FUNCTION ` + id(o.schema, o.name) + o.arguments + ` RETURNS int LANGUAGE sql AS 'SELECT 1'`
		case "TYPE":
			create += ` AS ENUM ('a')`
		}
		out = append(out, create)
		if i > 0 {
			out = append(out, `ALTER `+o.sql()+` OWNER TO `+owner())
		}
	}
	by := ""
	for range 8 + w.more.IntN(16) {
		o, grantee := pick(w.more, elsewhereObjects), pick(w.more, w.everyone)
		grant := `GRANT ` + pick(w.more, privilegesOfKind(o.kind, w.major)) + ` ON ` + o.sql() + ` TO ` + id(grantee)
		switch k := w.more.IntN(10); {
		case k < 3:
			by = grant[:strings.LastIndex(grant, " TO ")]
			out = append(out, grant+` WITH GRANT OPTION`, as(grantee, by+` TO `+id(pick(w.more, w.everyone))))
		case k < 5:
			out = append(out, `ALTER DEFAULT PRIVILEGES FOR ROLE `+id(pick(w.more, w.everyone))+` IN SCHEMA `+pick(w.more, []string{"e1", "e2"})+` GRANT SELECT ON TABLES TO `+id(grantee))
		default:
			out = append(out, grant)
		}
	}
	return out
}

// elsewhereObjects are all that there is in the other database.
var elsewhereObjects = []lawObject{
	{kind: "SCHEMA", name: "e1"}, {kind: "SCHEMA", name: "e2"}, {kind: "TABLE", schema: "e1", name: "t"}, {kind: "TABLE", schema: "e1", name: "u"}, {kind: "TABLE", schema: "e2", name: "t"},
	{kind: "SEQUENCE", schema: "e1", name: "seq"}, {kind: "ROUTINE", schema: "e2", name: "f", arguments: "(integer)"}, {kind: "TYPE", schema: "e2", name: "kind"},
}

// addElsewhere says of some roles what they are to have in the other database: much of what they have, and something.
func (m *specMaker) addElsewhere(s lawSpec) {
	state := m.server.at(m.server.other).facts().local()
	slices.SortFunc(state, func(a, b fact) int { return slices.Compare(a, b) })
	there := *m
	there.state, there.owners = state, state.owners()
	for i := range s {
		if s[i].isPublic() || s[i].absent || !m.more.chance(65) {
			continue
		}
		s[i].elsewhere = there.inElsewhere(s[i].name)
	}
}

func (m *specMaker) inElsewhere(name string) *lawRole {
	role := &lawRole{name: name}
	if m.more.chance(10) {
		return role
	}
	acts := func(o lawObject) bool { return m.actsFor(o) || m.more.chance(4) }
	for _, row := range m.state.ofKind("acl") {
		o, known := objectOf(row[1])
		if known && row[3] == name && o.schema != "public" && o.name != "public" && m.owners[row[1]] != name && (m.more.chance(55) || !acts(o)) {
			role.directGrants = append(role.directGrants, lawPhrase{privileges: []string{row[5]}, objects: []lawObject{o}, withOption: row[6] == "true" && (m.more.chance(60) || !m.actsFor(o))})
		}
	}
	for range 1 + m.more.IntN(4) {
		o := pick(m.more, elsewhereObjects)
		p := lawPhrase{privileges: []string{pick(m.more, privilegesOfKind(o.kind, m.major))}, objects: []lawObject{o}}
		if o.schema != "" && m.more.chance(30) {
			p = m.excepting(lawPhrase{kind: o.kind, inSchema: o.schema})
			p.privileges = []string{pick(m.more, privilegesOfKind(o.kind, m.major))}
		}
		if list := pick(m.more, []*[]lawPhrase{&role.grants, &role.grants, &role.directGrants}); acts(o) && (p.objects != nil || m.isOurs(p)) {
			*list = append(*list, p)
		}
	}
	for _, o := range elsewhereObjects {
		follows := m.owners[o.String()] == name
		if role.decidesOwned = true; follows && (m.more.chance(70) || !m.acts[name]) || !follows && m.more.chance(6) && m.acts[name] && m.actsFor(o) && !m.owned[o] {
			m.owned[o] = true
			role.owns = append(role.owns, o)
		}
	}
	return role
}

// inElsewhere gives what a spec says of the other database alone.
func (s lawSpec) inElsewhere() lawSpec {
	var out lawSpec
	for _, role := range s {
		switch {
		case role.absent:
			out = append(out, role)
		case role.elsewhere != nil:
			out = append(out, *role.elsewhere)
		}
	}
	return out
}

// held is what both databases hold.
type bothFacts struct{ here, there facts }

func (l *lawRun) both() bothFacts { return bothFacts{l.facts(), l.at(l.other).facts().local()} }

func (l *lawRun) bothSame(law, what string, a, b bothFacts, warnings ...string) {
	l.same(law, what+" here", withoutWhatIsSaid(a.here, warnings, a.there), withoutWhatIsSaid(b.here, warnings, b.there))
	l.same(law, what+" elsewhere", withoutWhatIsSaid(a.there, warnings, a.here), withoutWhatIsSaid(b.there, warnings, b.here))
}

// fleet holds the laws over both databases.
func (l *lawRun) fleet(c lawCase) {
	before := l.both()
	if _, is := before.here.owners()["ROUTINE public.law()"]; is {
		return // nobody can foresee what an event trigger does
	}
	var after bothFacts
	l.before, l.leavers = before.here, l.oids()
	l.ignores = l.whatIsIgnored()
	l.options.Effect = true
	l.can[0] = l.powers()
	there := l.at(l.other).powers()
	l.connected(func(conn *pgx.Conn) {
		ctx := context.Background()
		found, err := PlanDatabases(ctx, conn, l.parsed, l.options)
		if err != nil {
			l.fleetRefused(before, err)
			return
		}
		l.plan = found.Shown()[0]
		if _, err := SyncDatabases(ctx, conn, l.parsed, l.options); err != nil {
			l.expect("apply", []string{err.Error()})
			return
		}
		after = l.both()
		l.judgeBoth(before, after)
		l.fleetEffect(found.Effects(), there, before, after)
		if again, err := PlanDatabases(ctx, conn, l.parsed, l.options); err != nil || !again.InSync() {
			l.expect("in sync", []string{fmt.Sprint(err), l.saySequence(again)})
		}
	})
	if len(l.broken) == 0 && after.here != nil && !l.plan.IsEmpty() && l.build(c, l.actor) {
		l.fleetScripted(before, after)
	}
	if len(l.broken) == 0 && after.here != nil && l.build(c, l.actor) {
		l.fleetAdded(before, after)
	}
}

// fleetEffect is the law that the effect over several databases says of each what people can do more or less there.
func (l *lawRun) fleetEffect(said []access.DatabaseEffect, could powers, before, after bothFacts) {
	if len(said) == 0 || said[0].Database != currentDatabase {
		l.expect("effect", []string{fmt.Sprintf("the connected database is not the first of %d", len(said))})
		return
	}
	l.effect = said[0].Effect
	l.effectIsTrue()
	l.membershipsAreTrue()
	l.restIsTrue()
	for _, in := range said[1:] {
		there := &lawRun{lawServer: l.at(l.other), spec: l.spec.inElsewhere(), actor: l.actor, before: before.there, after: after.there, effect: in.Effect}
		there.can = [2]powers{could.local(), there.powers().local()}
		there.effectIsTrue()
		for _, b := range there.broken {
			l.expect(b.law, []string{"elsewhere: " + b.what})
		}
	}
}

// local leaves out what can be done with what databases share.
func (p powers) local() powers {
	maps.DeleteFunc(p.can, func(a [4]string, _ bool) bool {
		kind, _ := cutKind(a[2])
		return kind != "" && catalog.Kind(kind).Info().Shared
	})
	return p
}

// fleetAdded is the law of mode add over both databases: see [lawRun.onlyAdded].
func (l *lawRun) fleetAdded(before, after bothFacts) {
	ctx := context.Background()
	adding, syncing := l.options, l.options
	adding.Mode, syncing.Mode = spec.ModeAdd, spec.ModeSync
	l.connected(func(conn *pgx.Conn) {
		if _, err := SyncDatabases(ctx, conn, l.parsed, adding); err != nil {
			l.addRefusedBoth(before, err)
			return
		}
		given := l.both()
		l.expect("add", slices.Concat(before.here.takenIn(given.here, l.actor), before.there.takenIn(given.there, l.actor)))
		if again, err := PlanDatabases(ctx, conn, l.parsed, adding); err != nil || len(again.Steps()) > 0 {
			l.expect("add", []string{fmt.Sprint("planned again: ", err), l.saySequence(again)})
			return
		}
		if _, err := SyncDatabases(ctx, conn, l.parsed, syncing); err != nil {
			if !l.closesCircle(before.here, err) {
				l.expect("add", []string{"sync after add: " + err.Error()})
			}
			return
		}
		end := l.both()
		l.bothSame("add", "what sync leads to, and add with sync after it", bothFacts{after.here.withoutOwnersOptions(), after.there.withoutOwnersOptions()},
			bothFacts{end.here.withoutOwnersOptions(), end.there.withoutOwnersOptions()})
		l.gave = len(l.broken) == 0
	})
}

// addRefusedBoth holds that a refusal of mode add is one that is known, and changes nothing.
func (l *lawRun) addRefusedBoth(before bothFacts, err error) {
	var refusal *planner.Refusal
	var problems spec.Errors
	var missing *MissingError
	if !errors.As(err, &refusal) && !errors.As(err, &problems) && !errors.As(err, &missing) {
		l.expect("add", []string{err.Error()})
	}
	l.bothSame("add", "before and after add was refused", before, l.both())
}

func (l *lawRun) fleetRefused(before bothFacts, err error) {
	var refusal *planner.Refusal
	var problems spec.Errors
	var missing *MissingError
	if l.refusal = err; !errors.As(err, &refusal) && !errors.As(err, &problems) && !errors.As(err, &missing) {
		l.expect("planning", []string{err.Error()})
	}
	l.bothSame("refused", "before and after a plan that was refused", before, l.both())
}

func (l *lawRun) saySequence(s *planner.Sequence) string {
	if s == nil {
		return ""
	}
	return strings.Join(texts(s.Plans, func(p *planner.Plan) string { return p.Server.Database + ": " + l.sayPlan(p, nil) }), "\n")
}

// judgeBoth holds both databases against the spec, each against what it says of it.
func (l *lawRun) judgeBoth(before, after bothFacts) {
	l.before, l.after = before.here, after.here
	l.can[1] = l.powers()
	l.rowsOfOthers()
	l.asTheSpecSays()
	l.ignoredStays()
	there := &lawRun{lawServer: l.at(l.other), spec: l.spec.inElsewhere(), actor: l.actor, options: l.options, before: before.there, after: after.there}
	there.can[1] = there.powers()
	moved, wrong := movedBySpec(there.before, there.after, there.spec)
	was, is := there.before.inDatabase().outsideRows(there.spec, moved), there.after.inDatabase().outsideRows(there.spec, moved)
	for _, row := range was.less(is) {
		wrong = append(wrong, "less: "+row)
	}
	for _, row := range is.less(was) {
		if !strings.Contains(row, "_pgsr_") {
			wrong = append(wrong, "more: "+row)
		}
	}
	there.expect("rows", wrong)
	m := there.newExpectation()
	for _, role := range there.spec {
		if !role.absent {
			m.items(role)
			m.defaults(role)
			m.byPrivilegeRoles(role)
			m.ownerships(role)
		}
	}
	m.areGone()
	there.expect("spec", m.wrong)
	for _, b := range there.broken {
		l.expect(b.law, []string{"elsewhere: " + b.what})
	}
}

// inDatabase leaves out roles and memberships.
func (f facts) inDatabase() facts {
	return slices.DeleteFunc(slices.Clone(f), func(row fact) bool { return row[0] == "role" || row[0] == "membership" })
}

// planBoth plans what was planned before, from the same state.
func (l *lawRun) planBoth(conn *pgx.Conn) *planner.Sequence {
	found, err := PlanDatabases(context.Background(), conn, l.parsed, l.options)
	if err != nil {
		l.expect("same state", []string{err.Error()})
	}
	return found
}

func (l *lawRun) writeBoth(format string, s *planner.Sequence) string {
	var text bytes.Buffer
	if err := WriteSequenceAs(&text, format, l.parsed, s, Options{}); err != nil {
		l.expect("writing", []string{format + ": " + err.Error()})
	}
	return text.String()
}

// fleetScripted goes the other ways to the same end, and back.
func (l *lawRun) fleetScripted(before, after bothFacts) {
	var forth, back string
	var warnings []string
	l.connected(func(conn *pgx.Conn) {
		found := l.planBoth(conn)
		if found == nil {
			return
		}
		forth = l.writeBoth("psql", found)
		way, err := found.Back()
		if err == nil {
			back = l.writeBoth("psql", way)
			for _, p := range way.Plans {
				warnings = append(warnings, p.Warnings...)
			}
		} else if refusal := (*planner.Refusal)(nil); !errors.As(err, &refusal) {
			l.expect("way back", []string{err.Error()})
		}
	})
	if len(l.broken) > 0 {
		return
	}
	if err := l.psql(l.actor, forth); err != nil {
		l.expect("script", []string{err.Error(), forth})
		return
	}
	l.bothSame("script", "what apply and script lead to", after, l.both())
	if back == "" || len(l.broken) > 0 {
		return
	}
	if err := l.psql(l.actor, back); err != nil {
		l.expect("way back", []string{err.Error(), back})
		return
	}
	l.bothSame("way back", "before and after the way back", before, l.both(), warnings...)
	if l.undone = len(l.broken) == 0; !l.undone {
		return
	}
	l.connected(func(conn *pgx.Conn) { l.fleetSaved(conn, after, warnings) })
}

func (l *lawRun) fleetSaved(conn *pgx.Conn, after bothFacts, warnings []string) {
	found := l.planBoth(conn)
	if found == nil {
		return
	}
	d, err := report.ReadPlan(strings.NewReader(l.writeBoth("json", found)))
	if err == nil {
		_, err = ApplySavedSequence(context.Background(), conn, d, Options{})
	}
	if err != nil {
		l.expect("saved plan", []string{err.Error()})
		return
	}
	l.bothSame("saved plan", "what apply and saved plan lead to", after, l.both(), warnings...)
}
