package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// schemas is how many schemas the tables of a warehouse lie in.
const schemas = 10

// warehouse is who has what: each role some of the tables, before and after a change of a tenth of them.
type warehouse struct {
	// each is how many of the tables a role has.
	tables, each  int
	before, after [][]int
}

func newWarehouse(seed uint64, roles, tables, each int) *warehouse {
	w := &warehouse{tables: max(tables, 2*schemas)}
	w.each = min(each, w.tables/2)
	random := rand.New(rand.NewPCG(seed, uint64(roles)))
	for range roles {
		shuffled := random.Perm(w.tables)
		changed := max(w.each/10, 1)
		w.before = append(w.before, sorted(shuffled[:w.each]))
		w.after = append(w.after, sorted(shuffled[changed:w.each+changed]))
	}
	w.readAll()
	return w
}

// readAll gives the few tables that nobody would have to a role each, so that a change is of memberships alone in any
// size.
func (w *warehouse) readAll() {
	for table, readers := range w.byTable(w.before) {
		if len(readers) == 0 {
			role := table % len(w.before)
			w.before[role] = sorted(append(w.before[role], table))
			w.after[role] = slices.Compact(sorted(append(w.after[role], table)))
		}
	}
}

func sorted(numbers []int) []int { return slices.Sorted(slices.Values(numbers)) }

func (w *warehouse) inEach() int { return (w.tables + schemas - 1) / schemas }

func (w *warehouse) table(t int) string { return fmt.Sprintf("s%d.t%d", t/w.inEach(), t) }

// spec writes the roles with what they have.
func (w *warehouse) spec(has [][]int, direct bool) string {
	word := "grants"
	if direct {
		word = "direct_grants"
	}
	t := &text{}
	t.line("version: 1\nroles:")
	for i, tables := range has {
		t.line("  r%d:\n    login: {}\n    %s:\n      - CONNECT ON DATABASE %s", i, word, database)
		t.line("      - USAGE ON SCHEMA %s\n      - SELECT ON TABLE %s", names("s%d", upTo(schemas)), lists.Join(tables, w.table))
	}
	return t.String()
}

// byTable turns who has which tables round.
func (w *warehouse) byTable(has [][]int) [][]int {
	out := make([][]int, w.tables)
	for role, tables := range has {
		for _, t := range tables {
			out[t] = append(out[t], role)
		}
	}
	return out
}

// privilegeRoles lists those that are needed, each with its members.
func (w *warehouse) privilegeRoles() []privilegeRole {
	everybody := upTo(len(w.before))
	out := []privilegeRole{{"pc", "CONNECT ON DATABASE " + database, everybody}}
	for s := range schemas {
		out = append(out, privilegeRole{fmt.Sprintf("ps%d", s), fmt.Sprintf("USAGE ON SCHEMA s%d", s), everybody})
	}
	readers := w.byTable(w.before)
	for t, members := range readers {
		if len(members) > 0 {
			out = append(out, privilegeRole{fmt.Sprintf("pt%d", t), "SELECT ON TABLE " + w.table(t), members})
		}
	}
	return out
}

func (w *warehouse) createRoles(t *text) {
	for i := range w.before {
		t.line("CREATE ROLE r%d LOGIN;", i)
	}
}

// difference lists, for each list, what the other one lacks.
func difference(lists, others [][]int) [][]int {
	out := make([][]int, len(lists))
	for i := range lists {
		for _, n := range lists[i] {
			if _, found := slices.BinarySearch(others[i], n); !found {
				out[i] = append(out[i], n)
			}
		}
	}
	return out
}

func (w *warehouse) first(a actor) string {
	t := &text{}
	w.createRoles(t)
	t.createPrivilegeRoles(a, w.privilegeRoles())
	return t.String()
}

// change is by member, which makes the fewest statements, or by administrator and privilege role.
func (w *warehouse) change(a actor) string {
	t := &text{}
	gained, lost := difference(w.after, w.before), difference(w.before, w.after)
	if !a.needsAdministrators() {
		for i := range gained {
			t.line("GRANT %s TO r%d;\nREVOKE %s FROM r%d;", names("pt%d", gained[i]), i, names("pt%d", lost[i]), i)
		}
		return t.String()
	}
	w.changeByAdministrator(t, gained, lost)
	return t.String()
}

func (w *warehouse) changeByAdministrator(t *text, gained, lost [][]int) {
	roles := w.privilegeRoles()
	place := map[string]int{}
	for at, p := range roles {
		place[p.name] = at
	}
	grants, revokes := w.byTable(gained), w.byTable(lost)
	byAdministrator := map[int][]int{}
	for table := range w.tables {
		at := administratorOf(place[fmt.Sprintf("pt%d", table)], len(roles))
		byAdministrator[at] = append(byAdministrator[at], table)
	}
	for _, administrator := range slices.Sorted(maps.Keys(byAdministrator)) {
		t.line("SET LOCAL ROLE administrator%d;", administrator)
		for _, table := range byAdministrator[administrator] {
			if len(grants[table]) > 0 {
				t.line("GRANT pt%d TO %s;", table, names("r%d", grants[table]))
			}
			if len(revokes[table]) > 0 {
				t.line("REVOKE pt%d FROM %s;", table, names("r%d", revokes[table]))
			}
		}
	}
	t.line("SET LOCAL ROLE NONE;")
}

// firstDirect is by object, which changes each ACL once.
func (w *warehouse) firstDirect(actor) string {
	t := &text{}
	w.createRoles(t)
	everybody := names("r%d", upTo(len(w.before)))
	t.line("GRANT CONNECT ON DATABASE %s TO %s;\nGRANT USAGE ON SCHEMA %s TO %s;", database, everybody, names("s%d", upTo(schemas)), everybody)
	w.onTables(t, "GRANT", "TO", w.before)
	return t.String()
}

func (w *warehouse) onTables(t *text, verb, preposition string, has [][]int) {
	for table, readers := range w.byTable(has) {
		if len(readers) > 0 {
			t.line("%s SELECT ON TABLE %s %s %s;", verb, w.table(table), preposition, names("r%d", readers))
		}
	}
}

func (w *warehouse) changeDirect(actor) string {
	t := &text{}
	w.onTables(t, "GRANT", "TO", difference(w.after, w.before))
	w.onTables(t, "REVOKE", "FROM", difference(w.before, w.after))
	return t.String()
}

func (w *warehouse) workload(letter string, direct bool) workload {
	first, change, wanted := w.first, w.change, 1.7
	what := count(len(w.before), "roles") + fmt.Sprintf(", %s of %s each", count(w.each, "tables"), script.Number(w.tables))
	if direct {
		first, change, wanted = w.firstDirect, w.changeDirect, 1.5
		what += ", direct"
	}
	t := &text{}
	t.tables(w.tables, w.inEach())
	before, after := w.spec(w.before, direct), w.spec(w.after, direct)
	return workload{
		letter: letter, what: what, cluster: t.String(),
		steps: []step{
			{what: "first apply", target: 1.5, command: []string{"apply", "--yes"}, spec: before, floor: first},
			{what: "change", target: wanted, command: []string{"apply", "--yes"}, spec: after, floor: change},
			{what: "nothing to do", target: 2, command: []string{"apply", "--yes"}, spec: after, floor: reading, reads: true},
		},
	}
}

// effect is the plan alone, and then the plan with what it means for people: what it takes longer is compared with
// the plan.
func (w *warehouse) effect() workload {
	t := &text{}
	t.tables(w.tables, w.inEach())
	return workload{
		letter: "g", what: "the effective access of the plan of b", cluster: t.String(), measure: func(b *bench, p *place) ([]row, error) {
			return b.measureEffect(p, w.spec(w.before, false))
		},
	}
}
