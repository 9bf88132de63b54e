package access

import (
	"slices"
	"testing"
	"time"

	"pgsr/planner/catalog"
)

// TestMarksSayWhatIsLost: which privileges, and logins, also those whose passwords' end has come.
func TestMarksSayWhatIsLost(t *testing.T) {
	before := catalog.New(catalog.Server{VersionNum: 180000})
	before.Moment = time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
	past, far := before.Moment, before.Moment.Add(time.Hour)
	for _, name := range []string{"owner", "alice", "bob", "carol"} {
		before.Roles[name] = &catalog.Role{Name: name, ValidUntil: &far, Attributes: catalog.Attributes{Inherit: true, Login: true}}
	}
	words := []catalog.Privilege{catalog.Select, catalog.Insert, catalog.Update, catalog.Delete}
	var taken []catalog.Change
	for i, name := range []string{"a", "b", "c", "d"} {
		id := catalog.ObjectID{Kind: catalog.Table, Schema: "s", Name: name}
		before.Objects[id] = &catalog.Object{ID: id, Owner: "owner", ACL: catalog.NewACL(
			catalog.Item{Grantee: "alice", Grantor: "owner", Privilege: words[i]}, catalog.Item{Grantee: "bob", Grantor: "owner", Privilege: catalog.Select})}
		taken = append(taken, catalog.Revoke{Privileges: []catalog.Privilege{words[i], catalog.Select}, Object: id, Grantees: []string{"alice", "bob"}, Grantor: "owner"})
	}
	after := before.Clone()
	no := false
	for _, change := range append(taken, catalog.AlterRole{Name: "bob", Login: &no}, catalog.AlterRole{Name: "carol", SetValidUntil: true, ValidUntil: &past}) {
		change.Apply(after)
	}
	var got []string
	for _, m := range Compare(before, after).Marks {
		got = append(got, m.line())
		if m.Text != m.Role+" "+m.Does() {
			t.Errorf("%q does %q", m.Role, m.Does())
		}
	}
	if want := []string{
		"bob can no longer log in (loses login)",
		"carol can no longer log in by its password, which is to have ended (loses login)",
		"alice loses 4 privileges: SELECT on TABLE s.a; INSERT on TABLE s.b; UPDATE on TABLE s.c; and 1 more (loses access)",
		"bob loses 4 privileges: SELECT on TABLE s.a and 3 more (loses access)",
	}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
