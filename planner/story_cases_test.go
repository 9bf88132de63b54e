package planner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
		plans := filesIn(t, folder, "plan")
		hasCases(t, folder, plans, casesOf(kind))
		if filesIn(t, folder, "refused")["missing"] == "" {
			t.Errorf("testdata/%s/missing.txtar: it is not there, or is not refused", folder)
		}
		for _, privilege := range kind.Privileges {
			if !isGranted(plans, kind.Kind, privilege) {
				t.Errorf("no story in testdata/%s grants %s", folder, privilege)
			}
		}
	}
}

// TestRolesHaveTheirStories: what is of roles themselves, and of parts of phrases.
func TestRolesHaveTheirStories(t *testing.T) {
	for folder, cases := range map[string][]string{
		"role":         {"created", "nothing-to-do", "odd-names", "created-by-createrole", "created-before-16"},
		"login":        {"given", "nothing-to-do", "taken-away"},
		"column":       {"granted", "granted-directly", "nothing-to-do", "taken-away", "odd-names", "by-createrole", "neighbour-untouched"},
		"grant_option": {"granted", "nothing-to-do", "taken-away", "neighbour-untouched"},
		"end":          {"granted", "nothing-to-do"},
		"membership":   {"granted", "nothing-to-do", "taken-away", "odd-names", "by-createrole", "neighbour-untouched"},
	} {
		hasCases(t, folder, filesIn(t, folder, "plan"), cases)
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
		cases = append(cases, "owner-given")
	}
	if kind.OwnerDecided {
		cases = append(cases, "owner-taken")
	}
	return cases
}

// TestIndexOfStories holds testdata/INDEX.md, which says of each story what it shows.
func TestIndexOfStories(t *testing.T) {
	const index = "testdata/INDEX.md"
	text := indexOfStories(t)
	if *update {
		if err := os.WriteFile(index, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if now, err := os.ReadFile(index); err != nil || string(now) != text {
		t.Errorf("%s is not what the stories say, %v: run go test ./planner -run Stories -update", index, err)
	}
}

func indexOfStories(t *testing.T) string {
	t.Helper()
	text, last := "# The stories\n\n`go test ./planner -run Stories -update` writes this index: each case, with the sentence that it begins with.\n", ""
	for _, path := range storiesIn(t, "*") {
		folder, file, _ := strings.Cut(strings.TrimPrefix(path, "testdata/"), "/")
		if folder != last {
			text += "\n## " + folder + "\n\n"
		}
		last = folder
		archive, refused := readArchive(t, path), ""
		if slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == "refused" }) {
			refused = ", refused"
		}
		sentence := strings.Join(strings.Fields(string(archive.Comment)), " ")
		text += fmt.Sprintf("- [%s](%s/%s)%s: %s\n", strings.TrimSuffix(file, ".txtar"), folder, file, refused, sentence)
	}
	return text
}

func readArchive(t *testing.T, path string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// filesIn gives the files of a name in a folder by the names of its stories.
func filesIn(t *testing.T, folder, name string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, path := range storiesIn(t, folder) {
		archive := readArchive(t, path)
		if !isSentence.Match(archive.Comment) {
			t.Errorf("%s does not begin with a sentence that says what it shows: %q", path, archive.Comment)
		}
		for _, file := range archive.Files {
			if file.Name == name {
				files[strings.TrimSuffix(filepath.Base(path), ".txtar")] = string(file.Data)
			}
		}
	}
	return files
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
