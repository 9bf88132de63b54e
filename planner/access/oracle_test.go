package access

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// naive decides as the manual says, one question at a time, and shares nothing with what it judges.
type naive struct{ *catalog.Catalog }

// distances gives all roles that a role inherits from, with the number of steps.
func (n naive) distances(role string) map[string]int {
	out := map[string]int{role: 0}
	for changed := true; changed; {
		changed = false
		for granted, members := range n.edges() {
			for _, m := range members {
				from, known := out[m.Member]
				if to, has := out[granted]; known && m.Inherit && (!has || to > from+1) {
					out[granted], changed = from+1, true
				}
			}
		}
	}
	return out
}

func (n naive) edges() map[string][]catalog.Membership {
	all := maps.Clone(n.Members)
	if db := n.Objects[catalog.ObjectID{Kind: catalog.Database, Name: n.Server.Database}]; db != nil {
		inherits := n.Server.MembershipsHaveOptions() || n.Roles[db.Owner] == nil || n.Roles[db.Owner].Attributes.Inherit
		all["pg_database_owner"] = append(slices.Clone(all["pg_database_owner"]), catalog.Membership{Member: db.Owner, Options: catalog.Options{Inherit: inherits}})
	}
	return all
}

// can tells whether a role has a privilege, and in how many steps. PUBLIC takes half a one.
func (n naive) can(role string, id catalog.ObjectID, column string, p catalog.Privilege) (float64, bool) {
	o := n.Objects[id]
	if o == nil || role != "" && n.Roles[role] == nil {
		return 0, false
	}
	if n.IsSuperuser(role) {
		return -1, true
	}
	best, found := 0.0, false
	note := func(steps float64) {
		if !found || steps < best {
			best, found = steps, true
		}
	}
	steps := n.distances(role)
	for _, item := range slices.Concat(o.ACL, o.Columns[column]) {
		if at, reached := steps[item.Grantee]; item.Privilege == p && item.Grantee == "" && role != "" {
			note(0.5)
		} else if item.Privilege == p && reached {
			note(float64(at))
		}
	}
	for role, words := range map[string]string{
		"pg_read_all_data":  "TABLE SELECT, SEQUENCE SELECT, SCHEMA USAGE",
		"pg_write_all_data": "TABLE INSERT, TABLE UPDATE, TABLE DELETE, SEQUENCE UPDATE, SCHEMA USAGE",
		"pg_maintain":       "TABLE MAINTAIN",
	} {
		if at, reached := steps[role]; reached && slices.Contains(strings.Split(words, ", "), string(id.Kind)+" "+string(p)) {
			note(float64(at))
		}
	}
	return best, found
}

// lines says the difference of two states, a line for each role and privilege.
func naiveLines(before, after *catalog.Catalog) []string {
	var out []string
	for _, role := range append(ordinary(before, after), "") {
		if before.IsSuperuser(role) && after.IsSuperuser(role) {
			continue
		}
		for id := range union(before.Objects, after.Objects) {
			columns := map[string]bool{"": true}
			for _, c := range []*catalog.Catalog{before, after} {
				if o := c.Objects[id]; o != nil {
					for column := range o.Columns {
						columns[column] = true
					}
				}
			}
			for _, p := range id.Kind.Info().Privileges {
				for column := range columns {
					if line := naiveLine(before, after, role, id, column, p); line != "" {
						out = append(out, line)
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func naiveLine(before, after *catalog.Catalog, role string, id catalog.ObjectID, column string, p catalog.Privilege) string {
	differs := func(column string) (string, float64) {
		was, had := naive{before}.can(role, id, column, p)
		is, has := naive{after}.can(role, id, column, p)
		switch {
		case has && !had:
			return "+", is
		case had && !has:
			return "-", was
		}
		return "", 0
	}
	sign, steps := differs(column)
	if column != "" {
		if whole, _ := differs(""); whole == sign {
			return ""
		}
	}
	isOld := role == "" || before.Roles[role] != nil && after.Roles[role] != nil
	if sign == "" || !isOld && steps == (Path{Kind: ByPublic}).steps() {
		return ""
	}
	return fmt.Sprintf("%s %s %s(%s) %s %v", sign, role, p, column, id, steps)
}

func union[K comparable, V any](a, b map[K]V) map[K]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// lines says the same of an effect.
func (e *Effect) lines() []string {
	var out []string
	for sign, groups := range map[string][]Group{"+": e.Gains, "-": e.Losses} {
		for _, g := range groups {
			for _, role := range g.Roles {
				for _, p := range g.Privileges {
					for _, id := range g.Objects {
						out = append(out, fmt.Sprintf("%s %s %s(%s) %s %v", sign, role, p, g.Column, id, g.Path.steps()))
					}
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func (p Path) steps() float64 {
	switch p.Kind {
	case BySuperuser:
		return -1
	case ByPublic:
		return 0.5
	case ByPrivilegeRole:
		return float64(len(p.Via) + 1)
	}
	return float64(len(p.Via))
}

// chaos makes random catalogs.
type chaos struct {
	*rand.Rand
	roles   []string
	objects []catalog.ObjectID
}

func newChaos(seed uint64) *chaos {
	c := &chaos{Rand: rand.New(rand.NewPCG(seed, 7))}
	for i := range 9 {
		c.roles = append(c.roles, fmt.Sprintf("r%d", i))
	}
	c.roles = append(c.roles, "_pgsr_a", "_pgsr_b", "_pgsr_c", "pg_read_all_data", "pg_write_all_data", "pg_maintain", "pg_database_owner")
	for i := range 4 {
		c.objects = append(c.objects, table("t", i), catalog.ObjectID{Kind: catalog.Sequence, Schema: "s", Name: fmt.Sprint(i)})
	}
	c.objects = append(c.objects, catalog.ObjectID{Kind: catalog.Database, Name: "db"}, catalog.ObjectID{Kind: catalog.Schema, Name: "s"})
	return c
}

func table(name string, i int) catalog.ObjectID {
	return catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: fmt.Sprintf("%s%04d", name, i)}
}

func (c *chaos) chance(percent int) bool { return c.IntN(100) < percent }

func (c *chaos) role() string { return c.roles[c.IntN(len(c.roles))] }

func (c *chaos) acl(kind catalog.Kind, owner string) catalog.ACL {
	var items []catalog.Item
	for range c.IntN(5) {
		all := kind.Info().Privileges
		item := catalog.Item{Grantee: c.role(), Grantor: owner, Privilege: all[c.IntN(len(all))]}
		if c.chance(4) {
			item.Grantee = catalog.Public
		}
		if c.chance(20) {
			item.Grantee = owner
		}
		items = append(items, item)
	}
	return catalog.NewACL(items...)
}

func (c *chaos) catalog() *catalog.Catalog {
	out := catalog.New(catalog.Server{VersionNum: 150000 + 30000*c.IntN(2), Database: "db"})
	for _, role := range c.roles {
		if c.chance(95) {
			out.Roles[role] = &catalog.Role{Name: role, Attributes: catalog.Attributes{Superuser: role[0] == 'r' && c.chance(8), Inherit: c.chance(70)}}
		}
	}
	for range 8 + c.IntN(8) {
		c.member(out)
	}
	for _, id := range c.objects {
		if c.chance(95) {
			c.object(out, id)
		}
	}
	return out
}

// member adds a membership, from a lower to a higher role so that there is no circle.
func (c *chaos) member(out *catalog.Catalog) {
	a, b := c.IntN(len(c.roles)), c.IntN(len(c.roles))
	if a != b && min(a, b) < 9 {
		role := c.roles[max(a, b)]
		row := catalog.Membership{Member: c.roles[min(a, b)], Grantor: c.roles[0], Options: catalog.Options{Inherit: c.chance(80), Set: c.chance(80)}}
		out.Members[role] = append(slices.Clone(out.Members[role]), row)
	}
}

func (c *chaos) object(out *catalog.Catalog, id catalog.ObjectID) {
	o := &catalog.Object{ID: id, Owner: c.role(), OID: 20000}
	o.ACL = c.acl(id.Kind, o.Owner)
	if id.Kind == catalog.Table && c.chance(30) {
		o.Columns = map[string]catalog.ACL{"a": c.acl(id.Kind, o.Owner), "b": c.acl(id.Kind, o.Owner)}
	}
	out.Objects[id] = o
}

// mess changes a little.
func (c *chaos) mess(before *catalog.Catalog) *catalog.Catalog {
	out := before.Clone()
	for range 1 + c.IntN(4) {
		switch c.IntN(6) {
		case 0, 1:
			c.member(out)
		case 2:
			delete(out.Members, c.role())
		case 3, 4:
			c.object(out, c.objects[c.IntN(len(c.objects))])
		case 5:
			name := c.role()
			if c.chance(50) {
				delete(out.Roles, name)
			} else if name[0] == 'r' {
				out.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Superuser: c.chance(30), Inherit: true, Login: c.chance(50)}}
			}
		}
	}
	return out
}

// haves leaves out what one could only come to have.
func haves(all []Access) []Access {
	return slices.DeleteFunc(all, func(a Access) bool { return len(a.Paths) == 0 })
}

// seeds gives so many seeds; with -short a tenth of them.
func seeds(n uint64) uint64 {
	if testing.Short() {
		return n / 10
	}
	return n
}

func TestCompareIsThatOfEveryPair(t *testing.T) {
	differing := 0
	for seed := range seeds(400) {
		c := newChaos(seed)
		before := c.catalog()
		after := c.mess(before)
		if c.chance(20) {
			after = c.catalog()
			after.Server = before.Server
		}
		e := Compare(before, after)
		got, want := e.lines(), naiveLines(before, after)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d\n got %s\nwant %s", seed, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
		if len(want) > 0 {
			differing++
		}
		if e.Gained+e.Lost != len(want) {
			t.Fatalf("seed %d: counted %d and %d of %d", seed, e.Gained, e.Lost, len(want))
		}
		if again := Compare(before.Clone(), after.Clone()); said(t, again) != said(t, e) {
			t.Fatalf("seed %d: the same says something else:\n%s\n%s", seed, said(t, e), said(t, again))
		}
		if e := Compare(after, after.Clone()); !reflect.DeepEqual(e, &Effect{Compared: e.Compared}) {
			t.Fatalf("seed %d: nothing differs, but %+v", seed, e)
		}
	}
	if uint64(2*differing) < seeds(400) {
		t.Errorf("only %d differ", differing)
	}
}

// said is all of an effect as text.
func said(t *testing.T, e *Effect) string {
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExplainAndWhoAreThatOfEveryPair(t *testing.T) {
	for seed := range seeds(100) {
		c := newChaos(seed).catalog()
		explained, who, want := map[string]bool{}, map[string]bool{}, map[string]bool{}
		for _, role := range ordinary(c, c) {
			for _, a := range haves(Explain(c, role, nil).Access) {
				if a.Column == "" {
					explained[fmt.Sprintf("%s %s %s %v", role, a.Privilege, a.Object, a.Paths[0].steps())] = true
				}
			}
		}
		for id := range c.Objects {
			for _, p := range id.Kind.Info().Privileges {
				all := haves(Who(c, Question{Object: id, Privileges: []catalog.Privilege{p}}))
				public := len(all) > 0 && all[0].Role == catalog.Public && all[0].Column == ""
				for _, a := range all {
					if a.Column == "" && a.Role != catalog.Public {
						who[fmt.Sprintf("%s %s %s", a.Role, p, id)] = true
					}
				}
				for _, role := range ordinary(c, c) {
					if steps, can := (naive{c}).can(role, id, "", p); can {
						want[fmt.Sprintf("%s %s %s %v", role, p, id, steps)] = true
					}
					if _, can := (naive{c}).can(role, id, "", p); can != (who[fmt.Sprintf("%s %s %s", role, p, id)] || public) {
						t.Errorf("seed %d: who says otherwise of %s %s %s", seed, role, p, id)
					}
				}
			}
		}
		if !maps.Equal(explained, want) {
			t.Fatalf("seed %d\n got %v\nwant %v", seed, explained, want)
		}
	}
}
