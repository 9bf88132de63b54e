package access

import (
	"testing"

	"pgsr/planner/catalog"
)

// cast is a small cluster: admin has CREATEROLE, chief is a superuser, and members lists who is a member of what.
func cast(major int, user string, members map[string][]catalog.Membership) *Actor {
	c := catalog.New(catalog.Server{VersionNum: major * 10000, CurrentUser: user, Bootstrap: "postgres"})
	for _, name := range []string{"postgres", "chief", "admin", "clerk", "group", "owner", "other"} {
		c.Roles[name] = &catalog.Role{Name: name, Attributes: catalog.Attributes{
			Superuser: name == "postgres" || name == "chief", CreateRole: name == "admin", Inherit: true,
		}}
	}
	c.Members = members
	return NewActor(c)
}

func member(name, grantor, options string) catalog.Membership {
	m := catalog.Membership{Member: name, Grantor: grantor}
	for _, letter := range options {
		m.Admin, m.Inherit, m.Set = m.Admin || letter == 'a', m.Inherit || letter == 'i', m.Set || letter == 's'
	}
	return m
}

// TestWhatAnActorMay lists, for each way to be a member of the owner, what follows: a: alter, g: grant, j: join, f:
// act for, r: revoke as it.
func TestWhatAnActorMay(t *testing.T) {
	of := func(rows ...catalog.Membership) map[string][]catalog.Membership {
		return map[string][]catalog.Membership{"owner": rows}
	}
	through := map[string][]catalog.Membership{
		"group": {member("admin", "postgres", "is"), member("clerk", "postgres", "s")}, "owner": {member("group", "postgres", "ais")},
	}
	below := map[string][]catalog.Membership{"admin": {member("owner", "postgres", "is")}}
	for _, test := range []struct {
		what    string
		user    string
		members map[string][]catalog.Membership
		want15  string
		want16  string
	}{
		{"a superuser", "chief", nil, "agjfr", "agjfr"},
		{"CREATEROLE", "admin", nil, "agjfr", ""},
		{"nothing", "clerk", nil, "", ""},
		{"CREATEROLE, ADMIN", "admin", of(member("admin", "postgres", "a")), "agjfr", "agjfr"},
		{"CREATEROLE, INHERIT", "admin", of(member("admin", "postgres", "i")), "agjfr", "fr"},
		{"CREATEROLE, SET", "admin", of(member("admin", "postgres", "s")), "agjfr", "fr"},
		{"CREATEROLE, no option", "admin", of(member("admin", "postgres", "")), "agjfr", ""},
		{"ADMIN", "clerk", of(member("clerk", "postgres", "ais")), "gjfr", "gjfr"},
		{"INHERIT, SET", "clerk", of(member("clerk", "postgres", "is")), "fr", "fr"},
		{"CREATEROLE, ADMIN through a group", "admin", through, "agjfr", "agjfr"},
		{"ADMIN through a group without INHERIT", "clerk", through, "gjfr", "fr"},
		{"CREATEROLE, the owner is a member of it", "admin", below, "ag", ""},
	} {
		for major, want := range map[int]string{15: test.want15, 16: test.want16} {
			a := cast(major, test.user, test.members)
			got := ""
			for letter, may := range map[string]bool{"a": a.MayAlter("owner"), "g": a.MayGrant("owner"), "j": a.MayJoin("owner"), "f": a.MayActFor("owner"), "r": a.MayRevokeAs("owner", "other")} {
				if may {
					got += letter
				}
			}
			if !sameLetters(got, want) {
				t.Errorf("%s on %d: may %q, want %q", test.what, major, got, want)
			}
		}
	}
}

func sameLetters(a, b string) bool {
	var set [256]int
	for i := range len(a) {
		set[a[i]]++
	}
	for i := range len(b) {
		set[b[i]]--
	}
	return set == [256]int{}
}

// TestSuperusersAreForSuperusers: CREATEROLE does not reach them.
func TestSuperusersAreForSuperusers(t *testing.T) {
	for _, major := range []int{15, 16} {
		a := cast(major, "admin", map[string][]catalog.Membership{"chief": {member("admin", "postgres", "ais")}})
		if a.MayAlter("chief") || a.MayGrant("chief") || a.MayRevokeAs("chief", "other") {
			t.Errorf("%d: it may", major)
		}
	}
}

// TestGrantorIsTheNearest: the one whose ADMIN OPTION is used, from 16 on; the superusers' is the bootstrap superuser.
func TestGrantorIsTheNearest(t *testing.T) {
	members := map[string][]catalog.Membership{
		"group": {member("admin", "postgres", "is"), member("clerk", "postgres", "s")},
		"owner": {member("group", "postgres", "a"), member("other", "postgres", "a"), member("other", "group", "ais")},
	}
	for user, want := range map[string]string{"admin": "group", "other": "other", "clerk": "", "chief": "postgres", "group": "group"} {
		if got := cast(16, user, members).Grantor(user, "owner"); got != want {
			t.Errorf("%s grants as %q, want %q", user, got, want)
		}
		if got := cast(15, user, members).Grantor(user, "owner"); got != user {
			t.Errorf("before 16, %s grants as %q", user, got)
		}
	}
}
