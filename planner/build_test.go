package planner_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// The laws of planning, without a server: random catalogs, such as a server could have them, and random specs. Package executor holds the
// same on real servers, slower and fewer.

const seedsOfLaws = 240

// eachWorld runs something on random worlds: of majors before and after 16, for a superuser and for one who is not.
func eachWorld(t *testing.T, check func(t *testing.T, w *world)) {
	for _, major := range []int{14, 15, 16, 18} {
		for _, user := range []string{bootstrap, admin} {
			t.Run(fmt.Sprintf("%d/%s", major, user), func(t *testing.T) {
				for seed := range uint64(seedsOfLaws / 4) { // so much for each major and user
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
	if made < seedsOfLaws {
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

// TestNobodyIsWithoutForAMoment: what someone has before and after, by whomever it was granted, they have after each single statement. The
// owner's own entries move with the owner and are left out.
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
		resolution, err := spec.Resolve(s, w.catalog, w.means())
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

// TestCreatorKeepsItsAdminOption: a superuser who grants a role to its creator as well must not touch the membership that PostgreSQL gave it,
// which the superuser's own GRANT would be merged into.
func TestCreatorKeepsItsAdminOption(t *testing.T) {
	w := newWorld(0, 16, bootstrap)
	creators := catalog.Membership{Member: "r0", Grantor: bootstrap, Options: catalog.Options{Admin: true}}
	w.catalog.Members = map[string][]catalog.Membership{"r7": {creators}}
	s := &spec.Spec{Roles: []spec.Role{{Name: "r0", MemberOf: []string{"r7"}}}}
	desired, plan := w.plan(t, s)
	if plan == nil || !slices.Contains(desired.Members["r7"], creators) {
		t.Fatalf("the creator's membership is gone: %+v", desired.Members["r7"])
	}
	if reach := access.NewReach(desired); !reach.CanSetRole("r0", "r7") {
		t.Errorf("it is no full member: %+v", desired.Members["r7"])
	}
	if !strings.Contains(textOf(t, plan), `GRANT "r7" TO "r0" `) || !strings.Contains(textOf(t, plan), `GRANTED BY "r0"`) {
		t.Errorf("not granted in its own name:\n%s", textOf(t, plan))
	}
	w.catalog = desired
	if _, plan = w.plan(t, s); !plan.IsEmpty() {
		t.Errorf("planned again there is still to do:\n%s", textOf(t, plan))
	}
}

func TestPasswordThatIsSetAgainIsNoDrift(t *testing.T) {
	w := newWorld(0, 15, bootstrap)
	for _, stored := range []catalog.Verifier{"", catalog.NoPassword} {
		current := catalog.New(w.catalog.Server)
		current.Roles[bootstrap] = w.catalog.Roles[bootstrap]
		current.Roles["r"] = &catalog.Role{Name: "r", Attributes: catalog.Attributes{Login: true, Inherit: true}, Verifier: stored}
		desired := current.Clone()
		yes := true
		catalog.AlterRole{Name: "r", Login: &yes, Verifier: verifierA}.Apply(desired)
		plan, err := planner.Build(current, desired)
		if err != nil || len(plan.Statements) != 1 {
			t.Fatalf("%v, %v", plan, err)
		}
		if canRead := stored != ""; plan.InSync() == canRead || plan.IsEmpty() {
			t.Errorf("stored %q: in sync %v", stored, plan.InSync())
		}
	}
}

const (
	verifierA = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdA==$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
	verifierB = "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0c2FsdB==$QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
)

// TestDigestNamesWhatIsDone: it differs where something else is done, or as someone else, and not by the salt of a password.
func TestDigestNamesWhatIsDone(t *testing.T) {
	digest := func(as string, change catalog.Change) string {
		return (&planner.Plan{Statements: []script.Statement{{Change: change, As: as, Reason: "any"}}}).Digest()
	}
	one := digest("", catalog.AlterRole{Name: "r", Verifier: verifierA})
	if digest("", catalog.AlterRole{Name: "r", Verifier: verifierB}) != one {
		t.Error("another salt gives another digest")
	}
	for name, other := range map[string]string{
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

// outsiders lists what roles outside of the spec have, whoever granted it, without what is theirs as owners and creators.
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
	if diff := catalog.Differences(a, b); len(diff) > 0 {
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

// world is a random catalog, as a server could have come to it, and a source of specs for it.
type world struct {
	*rand.Rand
	catalog *catalog.Catalog
	roles   []string
	schemas []string
	objects []catalog.ObjectID
}

func newWorld(seed uint64, major int, user string) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, uint64(major)))}
	w.catalog = catalog.New(catalog.Server{
		VersionNum: major*10000 + 3, Database: thisDB, DatabaseOID: 5, CurrentUser: user, SessionUser: user, Bootstrap: bootstrap, Defaults: defaults(major),
	})
	w.makeRoles()
	w.makeObjects()
	w.makeMemberships()
	for range 60 {
		w.makeGrant()
	}
	return w
}

// defaults is what acldefault() gives.
func defaults(major int) map[catalog.Kind]catalog.ACL {
	out := map[catalog.Kind]catalog.ACL{}
	for _, kind := range catalog.Kinds() {
		var items []catalog.Item
		for _, privilege := range kind.Privileges {
			if privilege != catalog.Maintain || major >= 17 {
				items = append(items, catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: privilege})
			}
		}
		if kind.Kind == catalog.Database {
			items = append(items,
				catalog.Item{Grantee: catalog.Public, Grantor: catalog.Owner, Privilege: catalog.Connect},
				catalog.Item{Grantee: catalog.Public, Grantor: catalog.Owner, Privilege: catalog.Temporary})
		}
		out[kind.Kind] = catalog.NewACL(items...)
	}
	return out
}

func choose[T any](w *world, from []T) T { return from[w.IntN(len(from))] }

// chance is true p times out of a hundred.
func (w *world) chance(p int) bool { return w.IntN(100) < p }

func (w *world) makeRoles() {
	w.addRole(bootstrap, catalog.Attributes{Superuser: true, Inherit: true, CreateRole: true, CreateDB: true, Login: true, ConnectionLimit: -1})
	w.addRole(admin, catalog.Attributes{Inherit: !w.chance(15), CreateRole: true, Login: true, ConnectionLimit: -1})
	w.addRole(dbOwner, catalog.Attributes{Inherit: true, ConnectionLimit: -1})
	for i := range 8 {
		name := fmt.Sprintf("r%d", i)
		w.roles = append(w.roles, name)
		w.addRole(name, catalog.Attributes{Inherit: !w.chance(20), Login: w.chance(30), ConnectionLimit: -1})
	}
}

func (w *world) addRole(name string, attributes catalog.Attributes) {
	role := &catalog.Role{Name: name, OID: uint32(100 + len(w.catalog.Roles)), Attributes: attributes, Verifier: catalog.NoPassword}
	if name[0] == 'r' && w.chance(20) {
		until := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
		role.ValidUntil = &until
	}
	w.catalog.Roles[name] = role
}

func (w *world) makeObjects() {
	w.addObject(catalog.ObjectID{Kind: catalog.Database, Name: thisDB}, admin)
	for i := range 3 {
		schema := fmt.Sprintf("s%d", i)
		w.schemas = append(w.schemas, schema)
		w.addObject(catalog.ObjectID{Kind: catalog.Schema, Name: schema}, choose(w, append([]string{admin, dbOwner}, w.roles...)))
		for j := range 3 {
			table := catalog.ObjectID{Kind: catalog.Table, Schema: schema, Name: fmt.Sprintf("t%d", j)}
			owner := choose(w, append([]string{admin}, w.roles...))
			w.addObject(table, owner)
			if j == 0 {
				sequence := w.addObject(catalog.ObjectID{Kind: catalog.Sequence, Schema: schema, Name: "q"}, owner)
				sequence.OwnedBy = table
			}
		}
	}
}

func (w *world) addObject(id catalog.ObjectID, owner string) *catalog.Object {
	relkind := map[catalog.Kind]string{catalog.Table: "r", catalog.Sequence: "S"}[id.Kind]
	o := &catalog.Object{ID: id, OID: uint32(1000 + len(w.objects)), Owner: owner, ACL: w.catalog.DefaultACL(id.Kind, owner), Relkind: relkind}
	w.catalog.Objects[id] = o
	w.objects = append(w.objects, id)
	return o
}

// makeMemberships goes from lower to higher roles, so that there is no circle.
func (w *world) makeMemberships() {
	for i, role := range w.roles {
		if w.catalog.Server.GrantorsMatter() && !w.chance(20) { // admin made it
			w.addMember(role, catalog.Membership{Member: admin, Grantor: bootstrap, Options: catalog.Options{Admin: true}})
		}
		for _, member := range w.roles[:i] {
			if w.chance(25) {
				w.addMember(role, catalog.Membership{Member: member, Grantor: w.memberGrantor(role, member), Options: w.options(member)})
			}
		}
		if w.chance(20) {
			w.addMember(role, catalog.Membership{Member: admin, Grantor: w.memberGrantor(role, admin), Options: w.options(admin)})
		}
	}
}

// memberGrantor gives someone who may grant the role: no one who comes after the member, so that nobody depends on himself.
func (w *world) memberGrantor(role, member string) string {
	grantor := bootstrap
	for _, m := range w.catalog.Members[role] {
		if m.Admin && m.Member < member && w.chance(50) && w.catalog.Server.GrantorsMatter() {
			grantor = m.Member
		}
	}
	return grantor
}

// options of a membership; before 16 INHERIT is the member's own attribute.
func (w *world) options(member string) catalog.Options {
	if !w.catalog.Server.GrantorsMatter() {
		return catalog.Options{Admin: w.chance(20), Inherit: w.catalog.Roles[member].Attributes.Inherit, Set: true}
	}
	return catalog.Options{Admin: w.chance(30), Inherit: !w.chance(30), Set: !w.chance(30)}
}

func (w *world) addMember(role string, m catalog.Membership) {
	for _, there := range w.catalog.Members[role] {
		if there.Member == m.Member && (there.Grantor == m.Grantor || !w.catalog.Server.GrantorsMatter()) {
			return
		}
	}
	w.catalog.Members[role] = append(w.catalog.Members[role], m)
}

// makeGrant grants something, now and then as one who has the grant option: only to those who come after, so that nobody depends on himself.
func (w *world) makeGrant() {
	object := w.catalog.Objects[choose(w, w.objects)]
	all := w.catalog.Server.Defaults[object.ID.Kind].Of(catalog.Owner)
	item := catalog.Item{
		Grantee: choose(w, append([]string{catalog.Public, bootstrap}, w.roles...)), Grantor: object.Owner,
		Privilege: choose(w, all).Privilege, Grantable: w.chance(40),
	}
	if item.Grantee == catalog.Public {
		item.Grantable = false
	}
	for _, other := range object.ACL {
		if other.Grantable && other.Privilege == item.Privilege && other.Grantee < item.Grantee && w.chance(50) {
			item.Grantor = other.Grantee
		}
	}
	reach := access.NewReach(w.catalog)
	if item.Grantee == object.Owner || item.Grantor != object.Owner && reach.HasPrivilegesOf(item.Grantor, object.Owner) {
		return // the server would take the owner for the grantor
	}
	if object.ID.Kind == catalog.Table && w.chance(15) {
		w.grantOnColumn(object, item)
		return
	}
	object.ACL = catalog.NewACL(append(slices.Clone(object.ACL), item)...)
}

func (w *world) grantOnColumn(object *catalog.Object, item catalog.Item) {
	if !slices.Contains([]catalog.Privilege{catalog.Select, catalog.Insert, catalog.Update, catalog.References}, item.Privilege) || item.Grantor != object.Owner {
		return
	}
	if object.Columns == nil {
		object.Columns = map[string]catalog.ACL{}
	}
	object.Columns["c"] = catalog.NewACL(append(slices.Clone(object.Columns["c"]), item)...)
}

func (w *world) means() spec.Means {
	n := 0
	return spec.Means{Names: func() string { n++; return fmt.Sprintf("%08x", n) }}
}

// plan plans; nil if the spec contradicts the catalog, or if the connecting role may not do it all.
func (w *world) plan(t *testing.T, s *spec.Spec) (*catalog.Catalog, *planner.Plan) {
	t.Helper()
	resolution, err := spec.Resolve(s, w.catalog, w.means())
	var problems spec.Errors
	if errors.As(err, &problems) {
		return nil, nil
	} else if err != nil {
		t.Fatal(err)
	}
	plan, err := planner.Build(w.catalog, resolution.Desired)
	var refusal *planner.Refusal
	if errors.As(err, &refusal) {
		return nil, nil
	} else if err != nil {
		t.Fatal(err)
	}
	return resolution.Desired, plan
}

// spec makes up a spec for some of the roles.
func (w *world) spec() *spec.Spec {
	s := &spec.Spec{}
	owned := map[catalog.ObjectID]bool{}
	for i, name := range append(slices.Clone(w.roles), "new") {
		if !w.chance(50) {
			continue
		}
		role := spec.Role{Name: name}
		if w.chance(40) {
			role.Login = &spec.Login{}
		}
		for _, group := range w.roles[min(i+1, len(w.roles)):] {
			if w.chance(15) {
				role.MemberOf = append(role.MemberOf, group)
			}
		}
		for range w.IntN(4) {
			role.Grants = append(role.Grants, w.grant())
			role.DirectGrants = append(role.DirectGrants, w.grant())
		}
		for range w.IntN(3) {
			if id := choose(w, w.objects); id.Kind == catalog.Table && !owned[id] {
				owned[id] = true
				role.Owns = append(role.Owns, spec.Ownership{Target: spec.Target{Kind: id.Kind, Objects: []catalog.ObjectID{id}}})
			}
		}
		if w.chance(20) {
			role.PreserveInSchemas = []string{choose(w, w.schemas)}
		}
		s.Roles = append(s.Roles, role)
	}
	return s
}

func (w *world) grant() spec.Grant {
	id := choose(w, w.objects)
	kind := id.Kind.Info()
	grant := spec.Grant{
		Privileges: []catalog.Privilege{kind.Privileges[w.IntN(2)]}, AllPrivileges: w.chance(10),
		Target: spec.Target{Kind: id.Kind, Objects: []catalog.ObjectID{id}},
	}
	if kind.InSchema && w.chance(30) {
		grant.Target.Objects, grant.Target.Schemas = nil, []string{id.Schema}
		grant.Target.Matching = choose(w, []*regexp.Regexp{nil, regexp.MustCompile(`\A(?:[tq][01]?)\z`)})
	}
	return grant
}

// shuffle gives the same spec in another order.
func (w *world) shuffle(s *spec.Spec) *spec.Spec {
	out := &spec.Spec{LockKey: s.LockKey, Roles: shuffled(w, s.Roles)}
	for i := range out.Roles {
		role := &out.Roles[i]
		role.MemberOf, role.Owns = shuffled(w, role.MemberOf), shuffled(w, role.Owns)
		role.Grants, role.DirectGrants = shuffled(w, role.Grants), shuffled(w, role.DirectGrants)
	}
	return out
}

func shuffled[T any](w *world, list []T) []T {
	out := slices.Clone(list)
	w.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
