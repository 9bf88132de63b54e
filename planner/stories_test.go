package planner_test

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

var update = flag.Bool("update", false, "write what comes of the stories into them")

// given are the files of a story that are given; all others say what comes of them.
var given = []string{"spec.yaml", "catalog", "options"}

// TestStories plans each story of testdata, what is supported: testdata/README.md.
func TestStories(t *testing.T) {
	for _, path := range storiesIn(t, "*") {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txtar"), func(t *testing.T) {
			archive := readArchive(t, path)
			told := tell(t, archive)
			got, want := string(txtar.Format(told)), string(txtar.Format(archive))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func storiesIn(t *testing.T, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/" + folder + "/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no stories in testdata/%s, %v", folder, err)
	}
	return paths
}

// story is what one gives: a spec and a catalog.
type story struct {
	spec    *spec.Spec
	means   resolve.Means
	current *catalog.Catalog
}

// tell gives the story with what comes of its spec and its catalog.
func tell(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	out := &txtar.Archive{Comment: archive.Comment}
	files := map[string]string{}
	for _, file := range archive.Files {
		if slices.Contains(given, file.Name) {
			files[file.Name] = string(file.Data)
			out.Files = append(out.Files, file)
		}
	}
	s := readStory(t, files)
	for _, file := range s.outcome(t) {
		if len(file.Data) > 0 {
			out.Files = append(out.Files, file)
		}
	}
	return out
}

func readStory(t *testing.T, files map[string]string) *story {
	t.Helper()
	read, err := specfile.Parse([]specfile.File{{Name: "spec.yaml", Data: []byte(files["spec.yaml"])}},
		specfile.Secrets{LookupEnv: func(name string) (string, bool) { return name, true }})
	if err != nil {
		t.Fatal(err)
	}
	s := &story{spec: read, current: catalogtest.Read(t, files["catalog"])}
	s.means = resolve.Means{Verifier: verifierOf}
	for line := range strings.Lines(files["options"]) {
		switch words := strings.Fields(line); words[0] {
		case "reassign-to":
			s.means.ReassignTo = words[1]
		case "trust-code":
			s.means.TrustCode = true
		default:
			t.Fatalf("what is the option %q?", words[0])
		}
	}
	return s
}

// verifierOf gives the SCRAM-SHA-256 verifier with a salt that is always the same.
// https://www.rfc-editor.org/rfc/rfc5803
func verifierOf(_ string, declared spec.Password, _ catalog.Verifier) (catalog.Verifier, error) {
	const salt, iterations = "saltsaltsaltsalt", 4096
	salted, err := pbkdf2.Key(sha256.New, string(declared.Clear), []byte(salt), iterations, sha256.Size)
	keyed := func(text string) []byte {
		mac := hmac.New(sha256.New, salted)
		mac.Write([]byte(text))
		return mac.Sum(nil)
	}
	stored, base64 := sha256.Sum256(keyed("Client Key")), base64.StdEncoding.EncodeToString
	return catalog.Verifier(fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", iterations, base64([]byte(salt)), base64(stored[:]), base64(keyed("Server Key")))), err
}

func (s *story) outcome(t *testing.T) []txtar.File {
	t.Helper()
	resolution, plan, err := s.plan(s.current)
	err = planner.Remedied(err, s.current, func(c *catalog.Catalog) (*catalog.Catalog, error) {
		resolution, _, err := s.plan(c)
		return resolution.Desired, err
	})
	if err != nil {
		return []txtar.File{file("refused", err.Error())}
	}
	missing := s.missing(resolution)
	needed := slices.ContainsFunc(resolution.Missing, resolve.Missing.IsNeeded)
	if len(missing) > 0 && (s.spec.Missing != spec.WarnOfMissing || needed) {
		return []txtar.File{file("refused", missing...)}
	}
	s.isReached(t, resolution.Desired, plan)
	return []txtar.File{
		file("plan", statementsOf(t, plan)),
		file("check", drift(plan)),
		file("warnings", slices.Concat(plan.Warnings, missing, resolution.Warnings)...),
		file("ends", endsOf(resolution)...),
		file("undecided", resolve.Undecided(s.spec, s.current, resolve.NotInSpec{ByDefault: resolution.ByDefault()})...),
	}
}

// endsOf says what ends, and whether the plan gives it.
func endsOf(resolution *resolve.Resolution) []string {
	var out []string
	for _, end := range resolution.Ends {
		line := end.String()
		if end.IsNew {
			line += " (given by the plan)"
		}
		out = append(out, line)
	}
	return out
}

func (s *story) plan(c *catalog.Catalog) (*resolve.Resolution, *planner.Plan, error) {
	resolution, err := resolve.Resolve(s.spec, c, s.means)
	if err != nil {
		return &resolve.Resolution{}, nil, err
	}
	plan, err := planner.Build(c, resolution.Desired)
	return resolution, plan, planner.Located(err, func(change catalog.Change) string { return resolution.DeclaredAt(change).String() })
}

// isReached looks whether the plan makes what is desired, and nothing is left to do then.
func (s *story) isReached(t *testing.T, desired *catalog.Catalog, plan *planner.Plan) {
	t.Helper()
	after := s.current.Clone()
	plan.Apply(after)
	sameCatalog(t, "the plan does not reach what is desired", after, desired)
	if _, again, err := s.plan(after); err != nil || !again.InSync() {
		t.Errorf("planned again, there is still to do: %v\n%s", err, textOf(t, again))
	}
}

// statementsOf gives what a script has between its lock and its end.
func statementsOf(t *testing.T, plan *planner.Plan) string {
	t.Helper()
	if plan.IsEmpty() {
		return "-- nothing to do"
	}
	var text strings.Builder
	if err := script.WritePSQL(&text, script.Document{Server: plan.Server, LockKey: 1, Statements: plan.Statements, Masked: true, NoLedger: true}); err != nil {
		t.Fatal(err)
	}
	_, statements, _ := strings.Cut(text.String(), "pgsr_locked \\gset\n")
	statements, _, _ = strings.Cut(statements, "\nSELECT true AS pgsr_done_1")
	var lines []string
	for _, line := range strings.Split(strings.Trim(statements, "\n"), "\n") {
		if strings.HasPrefix(line, "-- ") && !strings.HasPrefix(line, "-- ==") {
			lines = append(lines, "") // a reason begins a paragraph
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// drift says what check does, where the plan is not empty and all is in sync.
func drift(plan *planner.Plan) string {
	if plan.InSync() && !plan.IsEmpty() {
		return "in sync"
	}
	return ""
}

func (s *story) missing(resolution *resolve.Resolution) []string {
	names := resolve.Names{Roles: slices.Sorted(maps.Keys(s.current.Roles)), Objects: slices.Collect(maps.Keys(s.current.Objects))}
	var out []string
	for _, m := range resolve.Suggest(resolution.Missing, names) {
		if s.spec.Missing == spec.WarnOfMissing {
			out = append(out, m.Warning())
		} else {
			out = append(out, m.String())
		}
	}
	return out
}

// file is one with these lines.
func file(name string, lines ...string) txtar.File {
	text := strings.Join(lines, "\n")
	if text != "" {
		text += "\n"
	}
	return txtar.File{Name: name, Data: []byte(text)}
}
