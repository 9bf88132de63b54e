package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// planOf is a plan of some statements, with what it means for people.
func planOf(before *catalog.Catalog, statements []script.Statement) Document {
	after := before.Clone()
	for _, s := range statements {
		s.Change.Apply(after)
	}
	d := warehouse()
	d.Statements, d.Effect, d.Warnings = statements, access.Compare(before, after), nil
	d.Rollback.Statements, d.Rollback.Warnings = statements, nil
	d = withGuards(d)
	d.Header = script.HeaderLines(d.Document)
	return d
}

// market has five schemas with twelve tables each, and people who have something there.
func market() *catalog.Catalog {
	c := catalog.New(catalog.Server{VersionNum: 180000, Database: "market"})
	login := catalog.Attributes{Inherit: true, Login: true}
	for _, name := range strings.Fields("alice bob carol dave analysts auditors etl loader owner old_owner") {
		c.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Inherit: true}}
	}
	for _, name := range strings.Fields("alice bob carol dave") {
		c.Roles[name].Attributes = login
	}
	for _, schema := range schemas {
		id := catalog.ObjectID{Kind: catalog.Schema, Name: schema}
		c.Objects[id] = &catalog.Object{ID: id, Owner: "owner", ACL: catalog.NewACL(item("analysts", catalog.Usage), item("bob", catalog.Usage))}
		for i := range 12 {
			id := tableIn(schema, i)
			c.Objects[id] = &catalog.Object{ID: id, Owner: "owner", ACL: catalog.NewACL(item("analysts", catalog.Select), item("bob", catalog.Select), item("bob", catalog.Insert))}
		}
	}
	c.Members["analysts"] = []catalog.Membership{{Member: "alice", Grantor: "owner", Options: catalog.Options{Inherit: true, Set: true}}}
	return c
}

var schemas = strings.Fields("sales finance staging reference human_resources")

func tableIn(schema string, i int) catalog.ObjectID {
	return catalog.ObjectID{Kind: catalog.Table, Schema: schema, Name: fmt.Sprintf("%s_by_month_%02d", schema, i)}
}

// marketPlan changes so many tables of each schema.
func marketPlan(tables int) Document {
	var out []script.Statement
	do := func(section script.Section, reason string, change catalog.Change) {
		out = append(out, script.Statement{Section: section, Reason: reason, Change: change})
	}
	privileges := func(words ...catalog.Privilege) []catalog.Privilege { return words }
	do(script.LosingLogin, "no login in the spec", catalog.AlterRole{Name: "bob", Login: &no})
	do(script.Roles, "a role of the spec that does not exist", catalog.CreateRole{Name: "dashboards"})
	do(script.Owners, "etl owns it in the spec", catalog.SetOwner{Object: tableIn("staging", 11), Owner: "etl", From: "owner"})
	for i, schema := range schemas {
		for n := range tables {
			reader := fmt.Sprintf("_pgsr_local_16384_table_select_%04x%04x", i, n)
			do(script.PrivilegeRoles, "a privilege role: it holds SELECT on "+tableIn(schema, n).String(), catalog.CreateRole{Name: reader, Holds: &catalog.Held{Privilege: catalog.Select, Object: tableIn(schema, n)},
				Members: []string{"auditors", "dashboards"}})
			do(script.Privileges, "what the privilege role is for", catalog.Grant{Privileges: privileges(catalog.Select), Object: tableIn(schema, n), Grantees: []string{reader}, Grantor: "owner"})
			do(script.Privileges, "not in the spec of bob", catalog.Revoke{Privileges: privileges(catalog.Select, catalog.Insert), Object: tableIn(schema, n), Grantees: []string{"bob"}, Grantor: "owner"})
		}
	}
	do(script.Privileges, "a direct grant of the spec", catalog.Grant{Privileges: privileges(catalog.Usage, catalog.Create), Object: catalog.ObjectID{Kind: catalog.Schema, Name: "staging"}, Grantees: []string{"etl"}, Grantor: "owner"})
	do(script.Memberships, "member_of in the spec", catalog.GrantRole{Roles: []string{"etl"}, Members: []string{"loader"}, Grantor: "owner"})
	do(script.Memberships, "not in the spec of alice", catalog.RevokeRole{Roles: []string{"analysts"}, Members: []string{"alice"}, Grantor: "owner"})
	do(script.GainingLogin, "the login that the spec gives", catalog.AlterRole{Name: "loader", Login: &yes})
	slices.SortStableFunc(out, func(a, b script.Statement) int { return cmp.Compare(a.Section, b.Section) })
	return planOf(market(), out)
}

// thirtySeven is a plan as it comes for review: 7 statements, and 3 for each of 10 tables.
func thirtySeven() Document { return marketPlan(2) }

// tenants is a plan in which many roles lose the same, and every third its login.
func tenants(n int) Document {
	c := market()
	var all []string
	var out []script.Statement
	id := tableIn("sales", 0)
	acl := c.Objects[id].ACL
	for i := range n {
		name := fmt.Sprintf("tenant_%05d", i)
		all, acl = append(all, name), append(acl, item(name, catalog.Select))
		c.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Inherit: true, Login: true}}
		if i%3 == 0 {
			out = append(out, script.Statement{Section: script.LosingLogin, Reason: "no login in the spec", Change: catalog.AlterRole{Name: name, Login: &no}})
		}
	}
	c.Objects[id] = &catalog.Object{ID: id, Owner: "owner", ACL: catalog.NewACL(acl...)}
	return planOf(c, append(out, script.Statement{Section: script.Privileges, Reason: "not in the spec", Change: catalog.Revoke{
		Privileges: []catalog.Privilege{catalog.Select}, Object: id, Grantees: all, Grantor: "owner"}}))
}

// different is a plan in which each of many roles loses something else.
func different(n int) Document {
	c := market()
	var out []script.Statement
	for i := range n {
		name, id := fmt.Sprintf("person_%03d", i), catalog.ObjectID{Kind: catalog.Table, Schema: "desks", Name: fmt.Sprintf("desk_%03d", i)}
		c.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Inherit: true}}
		c.Objects[id] = &catalog.Object{ID: id, Owner: "owner", ACL: catalog.NewACL(item(name, catalog.Select))}
		out = append(out, script.Statement{Section: script.Privileges, Reason: "not in the spec", Change: catalog.Revoke{
			Privileges: []catalog.Privilege{catalog.Select}, Object: id, Grantees: []string{name}, Grantor: "owner"}})
	}
	return planOf(c, out)
}

// wideNames has the longest names that there are, of the widest letters, and such as look like markup.
func wideNames() Document {
	c := market()
	names := []string{strings.Repeat("W", 63), strings.Repeat("﷽", 21), strings.Repeat("漢", 21), "<img src=x onerror=alert(1)>", strings.Repeat("i", 63), "\u202egnorw", strings.Repeat("_", 63), "👩‍👩‍👧‍👦👩‍👩‍👧‍👦"}
	var out []script.Statement
	for i, name := range names {
		id := catalog.ObjectID{Kind: catalog.Table, Schema: names[(i+1)%len(names)], Name: name}
		c.Objects[id] = &catalog.Object{ID: id, Owner: "owner"}
		c.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{Inherit: true}}
		out = append(out, script.Statement{Section: script.Privileges, Reason: name, Change: catalog.Grant{Privileges: catalog.Table.Info().Privileges, Object: id, Grantees: []string{name, names[(i+3)%len(names)]}, Grantor: "owner"}})
	}
	return planOf(c, append(out, script.Statement{Section: script.LosingLogin, Reason: names[0], Change: catalog.SetOwner{Object: tableIn("sales", 1), Owner: names[1], From: "owner"}}))
}

// What many roles lose is told in a few cards, what gives the most first, and a row for each role.
func TestPageOfManyRoles(t *testing.T) {
	is := lookTwice([]access.DatabaseEffect{{Effect: tenants(300).Effect}})
	if len(is.Cards) != 2 || len(is.Rows) != 2 || is.CountRoles() != 400 || is.More != 0 {
		t.Fatalf("%d cards, %d kinds of rows, %d roles", len(is.Cards), len(is.Rows), is.CountRoles())
	}
	if c := is.Cards[1]; c.Rank != rankRed || c.Does != "loses 1 privilege: SELECT on TABLE sales.sales_by_month_00" || len(c.First()) != mostNames || c.Rest() != 294 {
		t.Errorf("%+v", c)
	}
	if is := lookTwice([]access.DatabaseEffect{{Effect: different(100).Effect}}); len(is.Cards) != mostCards || is.More != 100-mostCards || is.CountRoles() != 100-mostCards {
		t.Errorf("%d cards, %d more, %d roles", len(is.Cards), is.More, is.CountRoles())
	}
	page := written(t, "html", tenants(300))
	if strings.Count(page, "<tr data-row data-each>") != 400 || strings.Index(page, `id="access"`) > strings.Index(page, `id="each"`) {
		t.Error("the roles do not stand in a table below what they can do")
	}
}

// chain is a plan for a table that many roles come to have, each by way of all before it.
func chain(n int) Document {
	c := market()
	c.Roles["step_000"] = &catalog.Role{Name: "step_000"}
	for i := range n {
		name := fmt.Sprintf("step_%03d", i+1)
		c.Roles[name] = &catalog.Role{Name: name}
		c.Members[fmt.Sprintf("step_%03d", i)] = []catalog.Membership{{Member: name, Options: catalog.Options{Inherit: true}}}
	}
	return planOf(c, []script.Statement{{Section: script.Privileges, Change: catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: tableIn("sales", 1), Grantees: []string{"step_000"}, Grantor: "owner"}}})
}

// A page has at most 5 MB, whatever the plan, and says what it leaves out.
func TestPageHasAtMost5MB(t *testing.T) {
	loud := thirtySeven()
	for range 20_000 {
		loud.Warnings = append(loud.Warnings, strings.Repeat("warning ", 20))
		loud.Left = append(loud.Left, catalog.Left{Role: "bob", What: strings.Repeat("INSERT ", 20)})
	}
	for name, is := range map[string]struct {
		of   Document
		says string
	}{
		"many roles":    {tenants(6000), "5,994 more</summary>"},
		"many objects":  {different(4000), "and 3,000 more, which are too many for this page"},
		"many warnings": {loud, "and 19,000 more, which are too many for this page"},
		"a long path":   {chain(300), "<bdi class=\"name\">293 more</bdi>"},
	} {
		page := written(t, "html", is.of)
		if len(page) > 5_000_000 || !strings.Contains(page, is.says) {
			t.Errorf("%s: %d bytes, and it says what it leaves out: %v", name, len(page), strings.Contains(page, is.says))
		}
	}
	many := sequenceOf(different(100), different(100))
	for i := range 98 {
		next := different(100)
		next.Server.Database = fmt.Sprint("tenant", i)
		many.Documents = append(many.Documents, next)
		many.Effects = append(many.Effects, access.DatabaseEffect{Database: next.Server.Database, Effect: next.Effect})
	}
	if page := writtenSequence(t, "html", many); len(page) > 5_000_000 {
		t.Errorf("%d bytes for 100 databases", len(page))
	}
}

// sequenceOf is what is done in two databases.
func sequenceOf(first, second Document) Sequence {
	second.Server.Database, second.Server.DatabaseOID = "archive", 77
	return Sequence{Documents: []Document{first, second}, Effects: []access.DatabaseEffect{{Database: "market", Effect: first.Effect}, {Database: "archive", Effect: second.Effect}}}
}

// Ranks are those of the colours.
func TestRanks(t *testing.T) {
	for want, marks := range map[rank][]access.Mark{
		rankRed: {{Kind: access.LosesAccess}, {Kind: access.LosesLogin}, {Kind: access.GainsSuperuser}, {Kind: access.ReachesAll}, {Kind: access.GainsCreateRole},
			{Kind: access.TouchesPublic, Text: "PUBLIC loses USAGE on SCHEMA s"}, {Kind: access.TouchesPublic, Text: "PUBLIC will not have USAGE on new TABLES"}},
		rankAmber: {{Kind: access.OwnershipMoves}},
		rankGrey:  {{Kind: access.GainsLogin}, {Kind: access.TouchesPublic, Text: "PUBLIC gains USAGE on SCHEMA s"}, {Kind: access.TiesRows}, {Kind: "anything else"}},
	} {
		for _, m := range marks {
			if got := rankOf(m); got != want {
				t.Errorf("%v is %s", m, got)
			}
		}
	}
}

// One tally counts what people lose and get, and the statements.
func TestTally(t *testing.T) {
	d := thirtySeven()
	if len(d.Statements) != 37 {
		t.Fatalf("%d statements", len(d.Statements))
	}
	got := talliesOf([]access.DatabaseEffect{{Effect: d.Effect}}, d.Statements)
	want := []tally{{"Privileges of roles", 85, 24, 0}, {"Logins", 1, 1, 0}, {"Memberships", 1, 1, 0}, {"Objects owned", 0, 0, 1}, {"Roles", 0, 1, 0}, {"Statements", 12, 24, 1}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
}

// What is so in several databases says where, and what is so in the cluster is said and counted once.
func TestPageOfSeveralDatabases(t *testing.T) {
	one := thirtySeven().Effect
	other := *one
	other.GainLogin, other.LoseLogin, other.Memberships, other.Created = nil, nil, nil, nil
	effects := []access.DatabaseEffect{{Database: "a", Effect: one}, {Database: "b", Effect: &other}}
	var got []string
	for _, c := range lookTwice(effects).Cards {
		got = append(got, c.Kind+": "+strings.Join(c.Roles, ", ")+c.In())
	}
	if want := "loses login: bob; loses access: alice, in a, b; loses access: bob, in a, b; ownership moves: etl, in a, b; gains login: loader"; strings.Join(got, "; ") != want {
		t.Errorf("got %q", got)
	}
	if logins := talliesOf(effects, nil)[1]; logins != (tally{"Logins", 1, 1, 0}) {
		t.Errorf("%+v", logins)
	}
}

// What people gain and lose in several databases has the rows of one, each with where it is so.
func TestPageHasRowsOfSeveralDatabases(t *testing.T) {
	here := *thirtySeven().Effect
	database := catalog.ObjectID{Kind: catalog.Database, Name: "market"}
	here.Gains = append(here.Gains, access.Group{Roles: []string{"carol"}, Privileges: []catalog.Privilege{catalog.Connect}, Objects: []catalog.ObjectID{database}})
	there := here
	there.GainLogin, there.LoseLogin, there.Memberships, there.Created, there.Gains = nil, nil, nil, nil, here.Gains[:1]
	table := effectGroupsIn([]access.DatabaseEffect{{Database: "market", Effect: &here}, {Database: "Archive", Effect: &there}})
	var got []string
	for _, group := range table {
		for _, row := range group.Rows {
			got = append(got, strings.Join(strings.Fields(fmt.Sprint(group.Title, ": ", strings.Join(row.Roles, ", "), " ", row.Verb(), " ", strings.Join(row.Privileges, ", "), " on ", len(row.Objects), " ", row.In.First)), " "))
		}
	}
	golden(t, "page_rows_in_databases", strings.Join(got, "\n")+"\n"+fmt.Sprint(table[len(table)-1].Lines)+"\n")
	s := sequenceOf(thirtySeven(), thirtySeven())
	for i := range 9 {
		s.Effects = append(s.Effects, access.DatabaseEffect{Database: fmt.Sprint("tenant_", i), Effect: &there})
	}
	page := writtenSequence(t, "html", s)
	if !strings.Contains(page, `<details class="rest"><summary>and 5 more</summary><bdi class="name">tenant_4</bdi>`) || !strings.Contains(page, `<table class="effects">`) {
		t.Error("the databases are not folded, or there are no rows")
	}
}

// What a machine checks stands in the page's script, and not on paper.
func TestScriptParts(t *testing.T) {
	text := written(t, "psql", guarded())
	whole, checks := "", 0
	for _, part := range scriptParts(text) {
		whole += part.Text
		if part.OnPaper != "" {
			checks++
			if !strings.HasPrefix(part.Text, "\n-- == "+script.MachineCheck) && !strings.HasPrefix(part.Text, "-- == "+script.MachineCheck) {
				t.Errorf("a check begins with %.80q", part.Text)
			}
		} else if strings.Contains(part.Text, script.MachineCheck) || strings.Contains(part.Text, "pg_catalog.pg_namespace") {
			t.Errorf("a check is for people:\n%s", part.Text)
		}
	}
	if whole != text || checks != 3 {
		t.Errorf("%d checks, and the script is the same: %v", checks, whole == text)
	}
}
