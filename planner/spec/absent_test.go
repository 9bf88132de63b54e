package spec_test

import (
	"strings"
	"testing"

	"pgsr/planner/spec"
)

func TestAbsenceIsChecked(t *testing.T) {
	gone := func(name, to string) spec.Role { return spec.Role{Name: name, Absent: &spec.Absence{ReassignTo: to}} }
	comment := ""
	future := spec.MustGrants("SELECT ON FUTURE TABLES IN SCHEMA a FOR ROLE gone")
	for want, s := range map[string]*spec.Spec{
		"": {Roles: []spec.Role{gone("gone", "heir"), {Name: "heir"}, gone(`odd "name"; --`, "outsider"), gone("third", "")}},

		`role "gone", absent: beside absent stand only reassign_to and end_sessions: the role is to be gone, so take out comment, member_of, grants`: {
			Roles: []spec.Role{{Name: "gone", Comment: &comment, MemberOf: []spec.Membership{}, Grants: []spec.Grant{}, Absent: &spec.Absence{}}}},
		`role "gone", reassign_to: the role "gone" is to be gone: name another one who gets what it owns`: {Roles: []spec.Role{gone("gone", "gone")}},
		`role "gone", reassign_to: role "heir" is to be absent, too: name one who stays`:                  {Roles: []spec.Role{gone("gone", "heir"), gone("heir", "")}},
		`role "gone", reassign_to: "pg_monitor" is one of PostgreSQL's own roles, which own nothing: name another one`: {
			Roles: []spec.Role{gone("gone", "pg_monitor")}},
		`role "gone", reassign_to: names that begin with _pgsr_ are reserved`:    {Roles: []spec.Role{gone("gone", "_pgsr_x")}},
		`role "gone", reassign_to: "PUBLIC" reads like PUBLIC, which is no role`: {Roles: []spec.Role{gone("gone", "PUBLIC")}},
		`role "pg_gone": names that begin with pg_`:                              {Roles: []spec.Role{gone("pg_gone", "")}},

		`role "heir", member_of: role "gone" is to be absent, so that nobody can be a member of it: take it out`: {
			Roles: []spec.Role{gone("gone", ""), {Name: "heir", MemberOf: spec.Memberships("gone")}}},
		`role "heir", members: role "gone" is to be absent, so that it can be a member of nothing: take it out`: {Roles: []spec.Role{gone("gone", ""), {Name: "heir", Members: spec.Memberships("gone")}}},
		`role "heir", direct_grants: role "gone" is to be absent, so that it will create nothing: take it out of FOR ROLE`: {
			Roles: []spec.Role{gone("gone", ""), {Name: "heir", DirectGrants: future}}},
		`public: role "gone" is to be absent`: {Roles: []spec.Role{gone("gone", "")}, Public: spec.Public{Revokes: future}},
		`ignore: role "gone" is to be absent: take it out here, or do not ignore it`: {
			Roles: []spec.Role{gone("gone", "")}, Ignore: []spec.Ignored{{Roles: []string{"gone"}}}},
	} {
		err := s.Validate()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		if err != nil && strings.Contains(err.Error(), "which decides itself") {
			t.Errorf("it is to say itself what it is a member of, and may not: %v", err)
		}
	}
}
