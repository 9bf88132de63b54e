package planner_test

import (
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// TestStoriesForPeople: whatever a plan does is said without a privilege role's name, and each role that something is
// given to is named, unless that it has the same is counted.
func TestStoriesForPeople(t *testing.T) {
	spoken := 0
	for _, path := range storiesIn(t, "*") {
		files := map[string]string{}
		for _, file := range readArchive(t, path).Files {
			files[file.Name] = string(file.Data)
		}
		s := readStory(t, files)
		resolution, plan, err := s.plan(s.current)
		if err != nil || plan.IsEmpty() {
			continue
		}
		d := report.Document{Document: script.Document{Server: plan.Server, Statements: plan.Statements, Digest: "0f"}, Effect: plan.Held()}
		d.Warnings = slices.Concat(resolution.Warnings, plan.Warnings)
		if back, err := plan.Back(); err == nil {
			namesNoPrivilegeRole(t, back.Warnings)
		}
		var text strings.Builder
		if err := report.WriteText(&text, d, false); err != nil {
			t.Fatal(err)
		}
		spoken++
		if strings.Contains(text.String(), catalog.OwnRolePrefix) || !strings.Contains(text.String(), ": --verbose shows each.") {
			t.Errorf("%s:\n%s", path, text.String())
		}
		for _, s := range plan.Statements {
			for _, role := range whoGains(s) {
				counted := d.Effect.Moved > 0 || strings.Contains(text.String(), "granted anew") || strings.Contains(text.String(), "only for the moment")
				if !strings.Contains(text.String(), catalog.DisplayGrantee(role)) && !counted {
					t.Errorf("%s: %s, of which there is nothing in\n%s", path, script.Summary(s.Change), text.String())
				}
			}
		}
	}
	if spoken < 100 {
		t.Errorf("only %d plans", spoken)
	}
}

// whoGains gives the roles to whom a statement gives a privilege or a membership that is not only for the moment.
func whoGains(s script.Statement) []string {
	var roles []string
	switch ch := s.Change.(type) {
	case catalog.Grant:
		roles = ch.Grantees
	case catalog.GrantDefault:
		roles = ch.Grantees
	case catalog.GrantRole:
		roles = ch.Members
	case catalog.CreateRole:
		roles = append([]string{ch.Name}, ch.Members...)
	case catalog.AlterRole:
		roles = []string{ch.Name}
	}
	var out []string
	for _, role := range roles {
		if !s.Section.IsTemporary() && !catalog.IsOwnRole(role) {
			out = append(out, role)
		}
	}
	return out
}
