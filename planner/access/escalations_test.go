package access

import (
	"slices"
	"testing"

	"pgsr/planner/catalog"
)

// escalating is a catalog in which dba is a superuser, keeper has ADMIN OPTION on operators, who may run programs, and
// nobody else has anything.
func escalating(version int) *catalog.Catalog {
	c := catalog.New(catalog.Server{VersionNum: version, Database: "db", Bootstrap: "postgres"})
	for _, role := range []string{"alice", "keeper", "operators", "dba", "owner", "maker", "pg_execute_server_program"} {
		c.Roles[role] = &catalog.Role{Name: role, Attributes: catalog.Attributes{Inherit: true, Superuser: role == "dba"}}
	}
	c.Members["pg_execute_server_program"] = []catalog.Membership{{Member: "operators", Grantor: "postgres", Options: catalog.Options{Inherit: true, Set: true}}}
	for _, id := range []catalog.ObjectID{
		{Kind: catalog.Routine, Schema: "s", Name: "pay", Arguments: "(integer)"}, {Kind: catalog.Routine, Schema: "s", Name: "plain", Arguments: "()"},
		{Kind: catalog.Table, Schema: "s", Name: "t"}, {Kind: catalog.SettingParameter, Name: "archive_command"}, {Kind: catalog.SettingParameter, Name: "work_mem"},
	} {
		o := &catalog.Object{ID: id, Owner: "owner", OID: 20000}
		if id.Name == "pay" {
			o.Owner, o.Code = "dba", catalog.SecurityDefiner
		}
		c.Objects[id] = o
	}
	return c
}

func (m Mark) line() string { return m.Text + " (" + string(m.Kind) + ")" }

// TestMarksSayWhatRolesCanBecome gives one thing after the other to somebody, and looks at what the effect and the
// explanation of the role mark.
func TestMarksSayWhatRolesCanBecome(t *testing.T) {
	pay, plain := catalog.ObjectID{Kind: catalog.Routine, Schema: "s", Name: "pay", Arguments: "(integer)"}, catalog.ObjectID{Kind: catalog.Routine, Schema: "s", Name: "plain", Arguments: "()"}
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	setting := func(name string) catalog.ObjectID {
		return catalog.ObjectID{Kind: catalog.SettingParameter, Name: name}
	}
	grant := func(p catalog.Privilege, id catalog.ObjectID, grantee string) func(*catalog.Catalog) {
		return func(c *catalog.Catalog) {
			catalog.Grant{Privileges: []catalog.Privilege{p}, Object: id, Grantees: []string{grantee}, Grantor: c.Objects[id].Owner}.Apply(c)
		}
	}
	member := func(role, of string, options catalog.Options) func(*catalog.Catalog) {
		return func(c *catalog.Catalog) {
			c.Members[of] = append(slices.Clone(c.Members[of]), catalog.Membership{Member: role, Grantor: "postgres", Options: options})
		}
	}
	admin, set := catalog.Options{Admin: true}, catalog.Options{Set: true}
	for name, is := range map[string]struct {
		version int
		does    func(*catalog.Catalog)
		who     string
		want    string
	}{
		"routine of a superuser":      {180000, grant(catalog.Execute, pay, "alice"), "alice", "alice can execute ROUTINE s.pay(integer) as dba, a superuser (can act as others)"},
		"routine of anybody":          {180000, grant(catalog.Execute, plain, "alice"), "alice", ""},
		"routine for the owner":       {180000, grant(catalog.Execute, pay, "dba"), "dba", ""},
		"routine for everybody":       {140000, grant(catalog.Execute, pay, catalog.Public), catalog.Public, "PUBLIC can execute ROUTINE s.pay(integer) as dba, a superuser (can act as others)"},
		"TRIGGER":                     {140000, grant(catalog.Trigger, table, "alice"), "alice", "alice can have triggers run its code as whoever writes to TABLE s.t (can act as others)"},
		"REFERENCES":                  {140000, grant(catalog.References, table, "alice"), "alice", "alice can, by foreign keys, run its code as the owner of TABLE s.t, find out keys, and keep rows from being changed (can tie rows)"},
		"ALTER SYSTEM":                {150000, grant(catalog.AlterSystem, setting("archive_command"), "alice"), "alice", "alice can have the server, or sessions of others, run other code by PARAMETER archive_command (can act as others)"},
		"SET":                         {150000, grant(catalog.Set, setting("work_mem"), "alice"), "alice", ""},
		"SELECT":                      {140000, grant(catalog.Select, table, "alice"), "alice", ""},
		"membership":                  {180000, member("alice", "operators", set), "alice", "alice can run programs on the server (pg_execute_server_program) (reaches all)"},
		"ADMIN OPTION":                {180000, member("keeper", "operators", admin), "keeper", "keeper could, by ADMIN OPTION, run programs on the server (pg_execute_server_program) (could become more)"},
		"ADMIN OPTION before 16":      {140000, member("keeper", "pg_execute_server_program", catalog.Options{Admin: true, Set: true}), "keeper", "keeper can run programs on the server (pg_execute_server_program) (reaches all)"},
		"ADMIN OPTION on a superuser": {180000, member("keeper", "dba", admin), "keeper", ""},
	} {
		before := escalating(is.version)
		after := before.Clone()
		is.does(after)
		for what, marks := range map[string][]Mark{"effect": Compare(before, after).Marks, "explanation": Explain(after, is.who, nil).Marks} {
			got := ""
			for _, m := range marks {
				if m.Role == is.who && m.Kind != TouchesPublic {
					got += m.line()
				}
			}
			if got != is.want && !(what == "explanation" && is.who == catalog.Public) {
				t.Errorf("%s: the %s says %q, want %q", name, what, got, is.want)
			}
		}
		if back := Compare(after, before).Marks; slices.ContainsFunc(back, func(m Mark) bool { return m.Kind != LosesAccess && m.Kind != TouchesPublic }) {
			t.Errorf("%s: taken away it is marked: %v", name, back)
		}
	}
}

// TestWhatOneCouldComeToHave takes the shortest way, and none through a superuser that one only administers.
func TestWhatOneCouldComeToHave(t *testing.T) {
	c := escalating(180000)
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{"operators"}, Grantor: "owner"}.Apply(c)
	c.Members["operators"] = []catalog.Membership{{Member: "keeper", Options: catalog.Options{Admin: true}}, {Member: "maker", Options: catalog.Options{Set: true}}}
	c.Members["dba"] = []catalog.Membership{{Member: "alice", Options: catalog.Options{Admin: true}}}
	got := map[string]Path{}
	for _, a := range Who(c, Question{Object: table, Privileges: []catalog.Privilege{catalog.Select}}) {
		if a.Could != nil {
			got[a.Role] = *a.Could
		}
	}
	want := map[string]Path{
		"keeper": {Kind: ByAdmin, Via: []string{"operators"}}, "maker": {Kind: BySetRole, Via: []string{"operators"}}, "owner": {Kind: ByGrantOption},
	}
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for role, path := range want {
		if got[role].key() != path.key() {
			t.Errorf("%s: got %v, want %v", role, got[role], path)
		}
	}
}

// TestEffectSaysWhoMayGrant tells what is held WITH GRANT OPTION now, and no longer, but not of owners.
func TestEffectSaysWhoMayGrant(t *testing.T) {
	before := escalating(180000)
	table := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: "t"}
	after := before.Clone()
	grant := func(grantees []string, withOption bool, column string, privileges ...catalog.Privilege) {
		catalog.Grant{Privileges: privileges, Object: table, Column: column, Grantees: grantees, Grantor: "owner", WithOption: withOption}.Apply(after)
	}
	grant([]string{"alice", "owner"}, true, "", catalog.Insert, catalog.Select)
	grant([]string{"keeper"}, true, "a", catalog.Select)
	grant([]string{"maker"}, false, "", catalog.Select)
	want := []OptionChange{
		{Role: "alice", Privileges: []catalog.Privilege{catalog.Select, catalog.Insert}, Objects: []catalog.ObjectID{table}},
		{Role: "keeper", Privileges: []catalog.Privilege{catalog.Select}, Column: "a", Objects: []catalog.ObjectID{table}},
	}
	same := func(a, b OptionChange) bool {
		return a.Role == b.Role && a.Column == b.Column && a.Lost == b.Lost && slices.Equal(a.Privileges, b.Privileges) && slices.Equal(a.Objects, b.Objects)
	}
	if got := Compare(before, after).Options; !slices.EqualFunc(got, want, same) {
		t.Errorf("got %v, want %v", got, want)
	}
	for i := range want {
		want[i].Lost = true
	}
	if got := Compare(after, before).Options; !slices.EqualFunc(got, want, same) {
		t.Errorf("taken away: got %v, want %v", got, want)
	}
	if got := Compare(after, after.Clone()).Options; got != nil {
		t.Errorf("nothing differs, and there are %v", got)
	}
}
