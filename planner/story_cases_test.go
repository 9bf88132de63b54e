package planner_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"pgsr/planner/catalog"
)

// TestEveryKindHasItsStories: there is a folder for each kind of package catalog. It has the cases that each kind has,
// those of its nature, and such as grant each of its privileges.
func TestEveryKindHasItsStories(t *testing.T) {
	for _, kind := range catalog.Kinds() {
		folder := strings.ReplaceAll(strings.ToLower(string(kind.Kind)), " ", "_")
		plans := plansIn(t, folder)
		hasCases(t, folder, plans, casesOf(kind))
		for _, privilege := range kind.Privileges {
			if !isGranted(plans, kind.Kind, privilege) {
				t.Errorf("no story in testdata/%s grants %s", folder, privilege)
			}
		}
	}
}

// TestRolesHaveTheirStories: what is of roles themselves.
func TestRolesHaveTheirStories(t *testing.T) {
	for folder, cases := range map[string][]string{
		"role":       {"created", "nothing-to-do", "odd-names", "created-by-createrole", "created-before-16"},
		"login":      {"given", "nothing-to-do", "taken-away"},
		"membership": {"granted", "nothing-to-do", "taken-away", "odd-names", "by-createrole", "neighbour-untouched"},
	} {
		hasCases(t, folder, plansIn(t, folder), cases)
	}
}

func hasCases(t *testing.T, folder string, plans map[string]string, cases []string) {
	t.Helper()
	for _, name := range cases {
		if plan := plans[name]; plan == "" || strings.Contains(plan, ";\n") == (name == "nothing-to-do") {
			t.Errorf("testdata/%s/%s.txtar: it is not there, or has not such a plan: %q", folder, name, plan)
		}
	}
}

// casesOf are those of each kind, and of kinds that lie in schemas or have owners.
func casesOf(kind catalog.KindInfo) []string {
	cases := []string{"granted", "granted-directly", "nothing-to-do", "taken-away", "odd-names", "by-createrole", "neighbour-untouched"}
	if kind.InSchema() {
		cases = append(cases, "all-in-schema", "matching")
	}
	if kind.Ownable {
		cases = append(cases, "owner-given", "owner-taken")
	}
	return cases
}

// plansIn gives the plans of a folder by the names of its stories.
func plansIn(t *testing.T, folder string) map[string]string {
	t.Helper()
	plans := map[string]string{}
	for _, path := range storiesIn(t, folder) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !isSentence.Match(archive.Comment) {
			t.Errorf("%s does not begin with a sentence that says what it shows: %q", path, archive.Comment)
		}
		for _, file := range archive.Files {
			if file.Name == "plan" {
				plans[strings.TrimSuffix(filepath.Base(path), ".txtar")] = string(file.Data)
			}
		}
	}
	return plans
}

var isSentence = regexp.MustCompile(`\A[^a-z][^.]+(\.[^.]+)*\.\n\z`)

func isGranted(plans map[string]string, kind catalog.Kind, privilege catalog.Privilege) bool {
	granted := regexp.MustCompile(`GRANT [A-Z, ]*\b` + string(privilege) + `\b[A-Z, ]* ON ` + string(kind) + ` `)
	for _, plan := range plans {
		if granted.MatchString(plan) {
			return true
		}
	}
	return false
}
