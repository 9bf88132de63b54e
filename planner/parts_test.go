package planner_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// roomFor gives the smallest lock table that has room for so many locks: it may have room for one more.
func roomFor(t *testing.T, locks int) catalog.LockTable {
	t.Helper()
	table := catalog.LockTable{Transactions: 1}
	table.PerTransaction = table.Needed(locks)
	if table.Room() != locks && table.Room() != locks+1 {
		t.Fatalf("room for %d locks, not %d", table.Room(), locks)
	}
	return table
}

// eachDivided plans for random worlds with little room, once for roles that there are and once for new ones, and
// gives the plans that come in parts.
func eachDivided(t *testing.T, check func(t *testing.T, w *world, desired *catalog.Catalog, plan *planner.Plan)) {
	divided, ofNewcomers := 0, 0
	eachWorld(t, func(t *testing.T, w *world) {
		if desired, plan := w.divided(t, w.spec(), 32); plan != nil {
			divided++
			check(t, w, desired, plan)
		}
		if desired, plan := w.divided(t, newcomers(w.spec()), 12); plan != nil {
			ofNewcomers++
			check(t, w, desired, plan)
		}
	})
	t.Logf("%d plans in parts, and %d for new roles", divided, ofNewcomers)
	if divided < seedsOfLaws()/8 || ofNewcomers < seedsOfLaws()/8 {
		t.Errorf("only %d plans came in parts, and %d for new roles: this proves little", divided, ofNewcomers)
	}
}

// divided plans with little room; nil if that is no plan in parts.
func (w *world) divided(t *testing.T, s *spec.Spec, room int) (*catalog.Catalog, *planner.Plan) {
	w.catalog.Server.Locks = roomFor(t, room)
	resolution, err := resolve.Resolve(s, w.catalog, resolve.Means{})
	if err != nil {
		return nil, nil
	}
	plan, err := planner.Build(w.catalog, resolution.Desired)
	var refusal *planner.Refusal
	var locks *planner.LockTableError
	if err != nil && !errors.As(err, &refusal) && !errors.As(err, &locks) {
		t.Fatal(err)
	}
	if plan == nil || plan.Parts == nil {
		return nil, nil
	}
	return resolution.Desired, plan
}

// newcomers gives the roles of a spec other names: nothing has to be taken from anyone.
func newcomers(s *spec.Spec) *spec.Spec {
	for i := range s.Roles {
		role := &s.Roles[i]
		role.Name, role.Owns = "new_"+role.Name, nil
	}
	return s
}

// partsOf gives the parts of a plan as plans by themselves.
func partsOf(plan *planner.Plan) []*planner.Plan {
	parts, from := make([]*planner.Plan, len(plan.Parts)), plan.From
	for i := range parts {
		parts[i] = plan.Part(i, from)
		from = parts[i].After()
	}
	return parts
}

func TestPartsReachDesired(t *testing.T) {
	eachDivided(t, func(t *testing.T, w *world, desired *catalog.Catalog, plan *planner.Plan) {
		moment := w.catalog.Clone()
		statements := 0
		for i, part := range partsOf(plan) {
			if part.IsEmpty() || part.Locks() > plan.Server.Locks.Room() {
				t.Errorf("part %d has %d statements and takes %d locks", i+1, len(part.Statements), part.Locks())
			}
			part.Apply(moment)
			statements += len(part.Statements)
		}
		sameCatalog(t, "the parts do not reach what is desired\n"+textOf(t, plan), moment, desired)
		if statements != len(plan.Statements) {
			t.Errorf("the parts have %d statements, the plan %d", statements, len(plan.Statements))
		}
	})
}

// TestPartsFollowEachOther: the guards of a part say what the one before it has left, and what its own statements
// lead to.
func TestPartsFollowEachOther(t *testing.T) {
	eachDivided(t, func(t *testing.T, w *world, _ *catalog.Catalog, plan *planner.Plan) {
		moment := w.catalog.Clone()
		for i, part := range partsOf(plan) {
			for _, role := range plan.Parts[i].ReliesOn.Roles {
				if now := moment.Roles[role.Name]; (now != nil) != role.There || now != nil && now.Attributes != *role.Attributes {
					t.Errorf("part %d relies on role %+v, which is %+v", i+1, role, now)
				}
			}
			for _, object := range plan.Parts[i].ReliesOn.Objects {
				now := moment.Objects[catalog.ObjectID(object.ID)]
				if (now != nil) != object.There || now != nil && (now.Owner != object.Owner || !slices.Equal(now.ACL, object.ACL)) {
					t.Errorf("part %d relies on %+v, which is %+v", i+1, object, now)
				}
			}
			part.Apply(moment)
			isLedTo(t, i+1, plan.Parts[i].LeadsTo, moment)
		}
	})
}

func isLedTo(t *testing.T, part int, state script.State, moment *catalog.Catalog) {
	t.Helper()
	for _, role := range state.Roles {
		if now := moment.Roles[role.Name]; (now != nil) != role.There || now != nil && now.Attributes != *role.Attributes {
			t.Errorf("part %d leads to role %+v, which is %+v", part, role, now)
		}
	}
	for _, m := range state.Memberships {
		var rows []script.StateMembership
		for _, row := range moment.Members[m.Role] {
			if slices.Contains(m.Members, row.Member) {
				rows = append(rows, script.StateMembership{Member: row.Member, Grantor: row.Grantor, Admin: row.Admin, Inherit: row.Inherit, Set: row.Set})
			}
		}
		if !slices.Equal(rows, m.Rows) {
			t.Errorf("part %d leads to %+v, but there is %+v", part, m, rows)
		}
	}
	for _, object := range state.Objects {
		now := moment.Objects[catalog.ObjectID(object.ID)]
		if (now != nil) != object.There || now != nil && (now.Owner != object.Owner || !slices.Equal(now.ACL, object.ACL)) {
			t.Errorf("part %d leads to %+v, which is %+v", part, object, now)
		}
	}
}

// TestNobodyIsWithoutBetweenParts: what a role can do before and after, by whatever way, it can do after each part. A
// login comes last and goes first.
func TestNobodyIsWithoutBetweenParts(t *testing.T) {
	excess := 0
	eachDivided(t, func(t *testing.T, w *world, desired *catalog.Catalog, plan *planner.Plan) {
		before, after := abilities(w.catalog), abilities(desired)
		moment := w.catalog.Clone()
		for i, part := range partsOf(plan)[:len(plan.Parts)-1] {
			part.Apply(moment)
			now := abilities(moment)
			for ability := range before {
				if after[ability] && !now[ability] {
					t.Errorf("after part %d: %s is lost\n%s", i+1, ability, textOf(t, plan))
				}
			}
			for ability := range now {
				if !before[ability] && !after[ability] {
					excess++
				}
				if strings.HasSuffix(ability, " logs in") && !before[ability] && len(missing(now, after, ability)) > 0 {
					t.Errorf("after part %d: %s without all that it is to have: %v", i+1, ability, missing(now, after, ability))
				}
			}
		}
	})
	t.Logf("%d times someone could do for a moment what they could neither before nor after", excess)
}

// missing lists what a role that logs in is to be able to do, and can not do.
func missing(now, after map[string]bool, login string) []string {
	var out []string
	for ability := range after {
		if strings.HasPrefix(ability, strings.TrimSuffix(login, "logs in")) && !now[ability] {
			out = append(out, ability)
		}
	}
	return out
}

// abilities lists what every role but privilege roles and the connecting role can do.
func abilities(c *catalog.Catalog) map[string]bool {
	out := map[string]bool{}
	actor := access.NewActor(c)
	for _, role := range slices.Sorted(maps.Keys(c.Roles)) {
		if c.Roles[role].Attributes.Login {
			out[role+" logs in"] = true
		}
		if catalog.IsOwnRole(role) || role == c.Server.CurrentUser {
			continue
		}
		for id, object := range c.Objects {
			for _, privilege := range id.Kind.Info().Privileges {
				if actor.HasPrivilege(role, privilege, object) {
					out[fmt.Sprintf("%s has %s on %s", role, privilege, id)] = true
				}
			}
		}
	}
	return out
}

func TestWhatFitsIsOneTransaction(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := w.spec()
		_, whole := w.plan(t, s)
		if whole == nil {
			return
		}
		w.catalog.Server.Locks = roomFor(t, max(1, whole.Locks()))
		if _, plan := w.plan(t, s); plan.Parts != nil || textOf(t, plan) != textOf(t, whole) {
			t.Errorf("it takes %d locks and there is room for them, but there are %d parts", whole.Locks(), len(plan.Parts))
		}
	})
}

// manyGrantees is a catalog in which one schema gets more grantees at once than fit into a transaction.
func manyGrantees(t *testing.T, room, grantees int) (current, desired *catalog.Catalog) {
	w := newWorld(1, 18, bootstrap)
	w.catalog.Server.Locks = roomFor(t, room)
	id := catalog.ObjectID{Kind: catalog.Schema, Name: "s0"}
	names := make([]string, grantees)
	for i := range names {
		names[i] = fmt.Sprintf("many%03d", i)
		w.addRole(names[i], catalog.Attributes{Inherit: true, ConnectionLimit: -1})
	}
	desired = w.catalog.Clone()
	catalog.Grant{Privileges: []catalog.Privilege{catalog.Usage}, Object: id, Grantees: names, Grantor: desired.Objects[id].Owner}.Apply(desired)
	return w.catalog, desired
}

func TestOneObjectWithTooManyGrantees(t *testing.T) {
	current, desired := manyGrantees(t, 50, 200)
	plan, err := planner.Build(current, desired)
	if err != nil || len(plan.Parts) < 5 || len(plan.Parts) > 6 {
		t.Fatalf("%v, %v", plan, err)
	}
	after := current.Clone()
	plan.Apply(after)
	sameCatalog(t, "not what is desired", after, desired)
}

func TestWhatCanNotBeDividedIsRefused(t *testing.T) {
	current, desired := manyGrantees(t, 10, 3)
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s0", Name: "t0"}
	catalog.SetOwner{Object: table, Owner: "many000"}.Apply(desired)
	_, err := planner.Build(current, desired)
	var locks *planner.LockTableError
	if !errors.As(err, &locks) || !strings.Contains(err.Error(), "TABLE s0.t0") {
		t.Fatalf("error: %v", err)
	}
	current.Server.Locks.PerTransaction = locks.Table.Needed(locks.Locks)
	if _, err := planner.Build(current, desired); err != nil {
		t.Errorf("with the setting that the error names: %v", err)
	}
}

// TestPruningInParts: each part drops some roles, and says why.
func TestPruningInParts(t *testing.T) {
	current, _ := manyGrantees(t, 10, 45)
	var unused []string
	for name := range current.Roles {
		if strings.HasPrefix(name, "many") {
			unused = append(unused, name)
		}
	}
	plan, err := planner.Prune(current, unused)
	if err != nil || len(plan.Parts) != 5 || len(plan.Statements) != 45 {
		t.Fatalf("%+v, %v", plan, err)
	}
	if s := plan.Statements[44]; s.Section != script.Pruning || s.Reason == "" {
		t.Errorf("the last statement is %+v", s)
	}
}

// TestWayBackInParts: what took several transactions takes several back, each fits, and they do what one would.
func TestWayBackInParts(t *testing.T) {
	backs := 0
	eachDivided(t, func(t *testing.T, w *world, desired *catalog.Catalog, plan *planner.Plan) {
		back, err := plan.Back()
		if err != nil {
			return // as for a plan that is one transaction
		}
		backs++
		roomy := *plan
		roomy.From = w.catalog.Clone()
		roomy.From.Server.Locks = catalog.LockTable{}
		whole, err := roomy.Back()
		if err != nil {
			t.Fatal(err)
		}
		moment, at := desired.Clone(), desired.Clone()
		whole.Apply(at)
		for i, part := range partsOf(back) {
			if part.Locks() > plan.Server.Locks.Room() {
				t.Errorf("part %d takes %d locks", i+1, part.Locks())
			}
			part.Apply(moment)
		}
		if back.Parts != nil {
			sameCatalog(t, "the parts do not lead where one transaction would", moment, at)
		} else if back.Locks() > plan.Server.Locks.Room() {
			t.Errorf("the way back takes %d locks in one transaction", back.Locks())
		}
	})
	if backs < seedsOfLaws()/8 {
		t.Errorf("only %d ways back: this proves little", backs)
	}
}
