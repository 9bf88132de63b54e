package planner_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
)

// The laws of planning, without a server: random catalogs, such as a server could have them, and random specs.
// Package executor holds the same on real servers, slower and fewer.

// seedsOfLaws is how many worlds a law is tried on, at least; with -short a few.
func seedsOfLaws() int {
	if testing.Short() {
		return 16
	}
	return 240
}

// eachWorld runs something on random worlds: of majors before and after 16, for a superuser and for one who is not.
func eachWorld(t *testing.T, check func(t *testing.T, w *world)) {
	for _, major := range []int{14, 15, 16, 18} {
		for _, user := range []string{bootstrap, admin} {
			t.Run(fmt.Sprintf("%d/%s", major, user), func(t *testing.T) {
				for seed := range uint64(seedsOfLaws() / 4) { // so much for each major and user
					check(t, newWorld(seed, major, user))
					if t.Failed() {
						t.Fatalf("seed %d", seed)
					}
				}
			})
		}
	}
}

func TestCatalogAgainstItselfGivesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		plan, err := planner.Build(w.catalog, w.catalog.Clone())
		if err != nil || !plan.IsEmpty() || !plan.InSync() {
			t.Errorf("%v, %v", plan, err)
		}
	})
}

func TestPlanReachesDesired(t *testing.T) {
	made, refused := 0, 0
	eachWorld(t, func(t *testing.T, w *world) {
		before := w.catalog.Clone()
		desired, plan := w.plan(t, w.spec())
		if plan == nil {
			refused++
			return
		}
		made++
		sameCatalog(t, "planning changed the catalog that it was given", before, w.catalog)
		after := w.catalog.Clone()
		plan.Apply(after)
		sameCatalog(t, "the plan does not reach what is desired\n"+textOf(t, plan), after, desired)
	})
	t.Logf("%d plans, %d refused", made, refused)
	if made < seedsOfLaws() {
		t.Errorf("only %d plans were made: this proves little", made)
	}
}

// TestPlanAgainGivesNothing: what a spec means for a catalog that is as it says is that catalog.
func TestPlanAgainGivesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := w.spec()
		desired, plan := w.plan(t, s)
		if plan == nil {
			return
		}
		first := textOf(t, plan)
		w.catalog = desired
		if _, plan = w.plan(t, s); plan == nil || !plan.IsEmpty() {
			t.Errorf("planned again there is still to do:\n%s\nfirst:\n%s", textOf(t, plan), first)
		}
	})
}

func TestOutsidersKeepWhatTheyHave(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := w.spec()
		desired, plan := w.plan(t, s)
		if plan == nil {
			return
		}
		inSpec := map[string]bool{}
		for _, role := range s.Roles {
			inSpec[role.Name] = true
		}
		before, after := outsiders(w.catalog, inSpec), outsiders(desired, inSpec)
		for _, line := range before {
			if !slices.Contains(after, line) {
				t.Errorf("lost: %s\n%s", line, textOf(t, plan))
			}
		}
		for _, line := range after {
			if !slices.Contains(before, line) {
				t.Errorf("gained: %s\n%s", line, textOf(t, plan))
			}
		}
	})
}

// TestNobodyIsWithoutForAMoment: what someone has before and after, by whomever it was granted, they have after each
// single statement. The owner's own entries move with the owner and are left out.
func TestNobodyIsWithoutForAMoment(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		desired, plan := w.plan(t, w.spec())
		if plan == nil {
			return
		}
		after := facts(desired, w.catalog)
		always := facts(w.catalog, desired)
		for fact := range always {
			if !after[fact] {
				delete(always, fact)
			}
		}
		moment := w.catalog.Clone()
		for i, s := range plan.Statements {
			s.Change.Apply(moment)
			now := facts(moment, moment)
			for fact := range always {
				if !now[fact] {
					t.Fatalf("after statement %d, %s, there is no %s\n%s", i+1, script.SQL(s.Change, plan.Server), fact, textOf(t, plan))
				}
			}
		}
	})
}

// facts lists who has what, without those privileges that an owner in either catalog has.
func facts(c, other *catalog.Catalog) map[string]bool {
	out := map[string]bool{}
	for name, role := range c.Roles {
		if role.Attributes.Login {
			out["login of "+name] = true
		}
	}
	for role, rows := range c.Members {
		for _, m := range rows {
			out["membership of "+m.Member+" in "+role] = true
		}
	}
	for id, object := range c.Objects {
		twin := other.Objects[id]
		for _, item := range object.ACL {
			if item.Grantee != object.Owner && (twin == nil || item.Grantee != twin.Owner) {
				out[fmt.Sprintf("%s on %s for %s", item.Privilege, id, item.Grantee)] = true
			}
		}
	}
	return out
}

func TestOrderOfTheSpecDoesNotMatter(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		s := w.spec()
		_, plan := w.plan(t, s)
		if plan == nil {
			return
		}
		first := textOf(t, plan)
		for range 3 {
			shuffled := w.shuffle(s)
			if _, plan = w.plan(t, shuffled); plan == nil || textOf(t, plan) != first {
				t.Errorf("another order of the spec gives another script:\n%s\n--- and not\n%s", textOf(t, plan), first)
				return
			}
		}
	})
}

// TestSameBytesEachTime would show any order that is a map's.
func TestSameBytesEachTime(t *testing.T) {
	for seed := range uint64(12) {
		w := newWorld(seed, 14+int(seed%5), []string{bootstrap, admin}[seed%2])
		s := w.spec()
		_, plan := w.plan(t, s)
		if plan == nil {
			continue
		}
		first, digest := textOf(t, plan), plan.Digest()
		for range 50 {
			w.catalog = w.catalog.Clone()
			_, plan = w.plan(t, s)
			if got := textOf(t, plan); got != first || plan.Digest() != digest {
				t.Fatalf("seed %d: two plans of the same differ:\n%s\n--- and\n%s", seed, got, first)
			}
		}
	}
}

// TestRefusalsAreTheSameEachTime: also what is refused comes in a fixed order.
func TestRefusalsAreTheSameEachTime(t *testing.T) {
	w := newWorld(3, 16, "stranger")
	w.catalog.Roles["stranger"] = &catalog.Role{Name: "stranger", Attributes: catalog.Attributes{Inherit: true, ConnectionLimit: -1}}
	s := w.spec()
	first := ""
	for i := range 50 {
		resolution, err := resolve.Resolve(s, w.catalog, resolve.Means{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = planner.Build(w.catalog, resolution.Desired)
		var refusal *planner.Refusal
		if !errors.As(err, &refusal) || len(refusal.Reasons) < 3 {
			t.Fatalf("a stranger may not do this, but: %v", err)
		}
		if i > 0 && err.Error() != first {
			t.Fatalf("%v\n--- and\n%s", err, first)
		}
		first = err.Error()
	}
}

// TestManyMembersComeInPieces where the server does not look up from a statement. Together they do the same.
func TestManyMembersComeInPieces(t *testing.T) {
	const members = 12000
	for major, pieces := range map[int]int{15: 12, 16: 1} {
		w := newWorld(0, major, bootstrap)
		without := catalog.New(w.catalog.Server)
		without.Roles[bootstrap] = w.catalog.Roles[bootstrap]
		without.Roles["team"] = &catalog.Role{Name: "team"}
		with := without.Clone()
		for i := range members {
			name := fmt.Sprintf("m%d", i)
			without.Roles[name] = &catalog.Role{Name: name}
			with.Roles[name] = without.Roles[name]
			with.Members["team"] = append(with.Members["team"], catalog.Membership{Member: name, Grantor: bootstrap, Options: with.DefaultOptions(name)})
		}
		for _, way := range []struct{ from, to *catalog.Catalog }{{without, with}, {with, without}} {
			plan, err := planner.Build(way.from, way.to)
			if err != nil || len(plan.Statements) != pieces {
				t.Fatalf("%d: %v; %d statements, not %d", major, err, len(plan.Statements), pieces)
			}
			after := way.from.Clone()
			plan.Apply(after)
			if len(after.Members["team"]) != len(way.to.Members["team"]) {
				t.Errorf("%d: there are %d members, not %d", major, len(after.Members["team"]), len(way.to.Members["team"]))
			}
		}
	}
}

const (
	verifierA = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
	verifierB = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdB==$QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
)

// TestDigestNamesWhatIsDone: it differs where something else is done, or elsewhere, or as someone else.
func TestDigestNamesWhatIsDone(t *testing.T) {
	digest := func(as string, change catalog.Change) string {
		return (&planner.Plan{Statements: []script.Statement{{Change: change, As: as, Reason: "any"}}}).Digest()
	}
	one := digest("", catalog.AlterRole{Name: "r", Verifier: verifierA})
	elsewhere := planner.Plan{
		Server:     catalog.Server{Database: "elsewhere"},
		Statements: []script.Statement{{Change: catalog.AlterRole{Name: "r", Verifier: verifierA}}},
	}
	for name, other := range map[string]string{
		"another salt":    digest("", catalog.AlterRole{Name: "r", Verifier: verifierB}),
		"elsewhere":       elsewhere.Digest(),
		"as another role": digest("x", catalog.AlterRole{Name: "r", Verifier: verifierA}),
		"another role":    digest("", catalog.AlterRole{Name: "s", Verifier: verifierA}),
		"no password":     digest("", catalog.AlterRole{Name: "r", Verifier: catalog.NoPassword}),
		"nothing":         (&planner.Plan{}).Digest(),
	} {
		if other == one {
			t.Errorf("%s: the same digest", name)
		}
	}
}

// outsiders lists what roles outside of the spec have, whoever granted it, without what is theirs as owners and
// creators.
func outsiders(c *catalog.Catalog, inSpec map[string]bool) []string {
	var out []string
	other := func(role string) bool { return !inSpec[role] && !catalog.IsOwnRole(role) }
	for name, role := range c.Roles {
		if other(name) {
			out = append(out, fmt.Sprintf("%q %+v %v", name, role.Attributes, role.ValidUntil))
		}
	}
	for role, rows := range c.Members {
		for _, m := range rows {
			if other(m.Member) && m.Member != c.Server.CurrentUser {
				out = append(out, fmt.Sprintf("%q in %q %+v", m.Member, role, m.Options))
			}
		}
	}
	for id, object := range c.Objects {
		for _, item := range object.ACL {
			if other(item.Grantee) && item.Grantee != object.Owner && item.Grantee != c.Server.CurrentUser {
				out = append(out, fmt.Sprintf("%q %q %s %v", id, item.Grantee, item.Privilege, object.ACL.HasOption(item.Grantee, item.Privilege)))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func sameCatalog(t *testing.T, what string, a, b *catalog.Catalog) {
	t.Helper()
	if diff := catalogtest.AllDifferences(a, b); len(diff) > 0 {
		t.Errorf("%s:\n%s", what, strings.Join(diff, "\n"))
	}
}

func textOf(t *testing.T, plan *planner.Plan) string {
	t.Helper()
	if plan == nil {
		return "refused"
	}
	var text bytes.Buffer
	if err := script.WritePSQL(&text, script.Document{Server: plan.Server, LockKey: 1, Statements: plan.Statements}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

const (
	bootstrap = "postgres"
	admin     = "admin"
	dbOwner   = "pg_database_owner"
	thisDB    = "here"
)
