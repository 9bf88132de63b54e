package planner_test

import (
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
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
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
		VersionNum: major*10000 + 3, Database: thisDB, DatabaseOID: 5, CurrentUser: user, SessionUser: user, Bootstrap: bootstrap, Defaults: catalogtest.Defaults(major),
	})
	w.makeRoles()
	w.makeObjects()
	w.makeMemberships()
	for range 60 {
		w.makeGrant()
	}
	return w
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
		if w.catalog.Server.MembershipsHaveOptions() && !w.chance(20) { // admin made it
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

// memberGrantor gives someone who may grant the role: no one who comes after the member, so that nobody depends on
// himself.
func (w *world) memberGrantor(role, member string) string {
	grantor := bootstrap
	for _, m := range w.catalog.Members[role] {
		if m.Admin && m.Member < member && w.chance(50) && w.catalog.Server.MembershipsHaveOptions() {
			grantor = m.Member
		}
	}
	return grantor
}

// options of a membership; before 16 INHERIT is the member's own attribute.
func (w *world) options(member string) catalog.Options {
	if !w.catalog.Server.MembershipsHaveOptions() {
		return catalog.Options{Admin: w.chance(20), Inherit: w.catalog.Roles[member].Attributes.Inherit, Set: true}
	}
	return catalog.Options{Admin: w.chance(30), Inherit: !w.chance(30), Set: !w.chance(30)}
}

func (w *world) addMember(role string, m catalog.Membership) {
	for _, there := range w.catalog.Members[role] {
		if there.Member == m.Member && (there.Grantor == m.Grantor || !w.catalog.Server.MembershipsHaveOptions()) {
			return
		}
	}
	w.catalog.Members[role] = append(w.catalog.Members[role], m)
}

// makeGrant grants something, now and then as one who has the grant option: only to those who come after, so that
// nobody depends on himself.
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

// plan plans; nil if the spec contradicts the catalog, or if the connecting role may not do it all.
func (w *world) plan(t *testing.T, s *spec.Spec) (*catalog.Catalog, *planner.Plan) {
	t.Helper()
	resolution, err := resolve.Resolve(s, w.catalog, resolve.Means{})
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
	namesNoPrivilegeRole(t, slices.Concat(resolution.Warnings, plan.Warnings))
	for _, left := range resolution.Left {
		namesNoPrivilegeRole(t, []string{left.Role, left.What})
	}
	return resolution.Desired, plan
}

// namesNoPrivilegeRole holds texts for people, who do not know privilege roles.
func namesNoPrivilegeRole(t *testing.T, texts []string) {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(text, catalog.OwnRolePrefix) {
			t.Errorf("it names a privilege role: %s", text)
		}
	}
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
				role.MemberOf = append(role.MemberOf, spec.Membership{Role: group})
			}
		}
		for range w.IntN(4) {
			role.Grants = append(role.Grants, w.grant())
			role.DirectGrants = append(role.DirectGrants, w.grant())
		}
		if w.chance(50) {
			role.Owns = []spec.Ownership{}
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
	if kind.InSchema() && w.chance(30) {
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
