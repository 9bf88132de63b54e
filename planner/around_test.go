package planner_test

import (
	"slices"
	"testing"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
)

// TestStages: what is done in the connected database around others. Each stage is planned from what the one before it
// leads to, has nothing more to do then, and the last leads to what the spec says.
func TestStages(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  map[planner.Stage][]string
	}{
		"logins, attributes and memberships": {map[string]string{
			"catalog": `server 16 as postgres
database db owned by postgres
role readers
role leaver LOGIN CREATEDB
role back CREATEROLE
role stays LOGIN
member leaver of readers by postgres
member back of readers by postgres
grant CONNECT on database db to leaver by postgres
table s.t owned by postgres
grant SELECT on table s.t to leaver by postgres
`,
			"spec.yaml": `version: 1
roles:
  leaver: {attributes: []}
  back: {login: {}, attributes: [CREATEDB], direct_grants: [CONNECT ON DATABASE db]}
  new: {login: {}, member_of: [readers]}
  stays: {login: {}}
`,
		}, map[planner.Stage][]string{
			planner.LosingLogins: {"alter role leaver: may not log in"},
			planner.Gaining: {
				"create role new: may log in", "alter role back: CREATEDB", "revoke SELECT on TABLE s.t from leaver", "grant CONNECT on DATABASE db to back", "grant role readers to new",
			},
			planner.Losing: {
				"alter role back: NOCREATEROLE", "alter role leaver: NOCREATEDB", "revoke CONNECT on DATABASE db from leaver", "revoke role readers from back, leaver", "alter role back: may log in",
			},
		}},
		"memberships turned around": {map[string]string{
			"catalog": `server 14 as postgres
role a
role b
member a of b by postgres
`,
			"spec.yaml": `version: 1
roles: {a: {}, b: {member_of: [a]}}
`,
		}, map[planner.Stage][]string{planner.Gaining: {"revoke role b from a", "grant role a to b"}}},
	} {
		t.Run(name, func(t *testing.T) { checkStages(t, readStory(t, c.files), c.want) })
	}
}

func checkStages(t *testing.T, s *story, wanted map[planner.Stage][]string) {
	t.Helper()
	current := s.current
	for _, stage := range planner.Stages() {
		target := func(from *catalog.Catalog) *catalog.Catalog {
			resolution, err := resolve.Resolve(s.spec, from, s.means)
			if err != nil {
				t.Fatal(err)
			}
			return stage.Desired(from, resolution.Desired)
		}
		plan, err := planner.Build(current, target(current))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, statement := range plan.Statements {
			got = append(got, script.Summary(statement.Change))
		}
		slices.Sort(got)
		if want := slices.Sorted(slices.Values(wanted[stage])); !slices.Equal(got, want) {
			t.Errorf("stage %d:\n got %q\nwant %q", stage, got, want)
		}
		if current = plan.After(); !planner.IsSame(current, target(current)) {
			t.Errorf("stage %d has something to do again", stage)
		}
	}
	if resolution, err := resolve.Resolve(s.spec, current, s.means); err != nil || !planner.IsSame(current, resolution.Desired) {
		t.Errorf("the stages do not lead to what the spec says: %v", err)
	}
}
