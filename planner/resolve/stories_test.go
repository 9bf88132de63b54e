package resolve_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

var update = flag.Bool("update", false, "write what comes of the stories into them")

// inputs are the files of a story that are given; all others say what comes of them.
var inputs = []string{"catalog", "spec.yaml", "options"}

// Each story says in words what is decided, and shows it: a catalog, a spec, and what of the catalog is to become
// different.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d stories, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
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

// tell gives the story with what comes of its catalog and its spec.
func tell(t *testing.T, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	out := &txtar.Archive{Comment: archive.Comment}
	given := map[string]string{}
	for _, file := range archive.Files {
		if slices.Contains(inputs, file.Name) {
			given[file.Name] = string(file.Data)
			out.Files = append(out.Files, file)
		}
	}
	add := func(name, text string) {
		if text != "" {
			out.Files = append(out.Files, txtar.File{Name: name, Data: []byte(text)})
		}
	}
	current := catalogtest.Read(t, given["catalog"])
	s, means := readSpec(t, given["spec.yaml"], given["options"])
	resolution, err := resolve.Resolve(s, current, means)
	if err != nil {
		add("refused", unlines(messages(t, err)))
		return out
	}
	add("desired", unlines(catalogtest.Differences(current, resolution.Desired)))
	add("missing", unlines(missing(s, current, resolution)))
	add("left", unlines(left(resolution.Left)))
	add("warnings", unlines(resolution.Warnings))
	add("undecided", unlines(resolve.Undecided(s, current, resolve.NotInSpec{ByDefault: resolution.ByDefault()})))
	for _, file := range out.Files {
		if !slices.Contains(append([]string{"desired"}, inputs...), file.Name) && strings.Contains(string(file.Data), catalog.OwnRolePrefix) {
			t.Errorf("people do not know privilege roles, and %s name one", file.Name)
		}
	}
	isDecided(t, s, resolution.Desired, means)
	return out
}

// isDecided looks whether the spec wants nothing more of a catalog that is as it wants it.
func isDecided(t *testing.T, s *spec.Spec, desired *catalog.Catalog, means resolve.Means) {
	t.Helper()
	again, err := resolve.Resolve(s, desired, means)
	if err != nil {
		t.Fatalf("resolved once more: %v", err)
	}
	if more := catalogtest.Differences(desired, again.Desired); len(more) > 0 {
		t.Errorf("resolved once more, it wants more:\n%s", unlines(more))
	}
}

func readSpec(t *testing.T, text, options string) (*spec.Spec, resolve.Means) {
	t.Helper()
	lookup := func(name string) (string, bool) { return strings.ToLower(name), true }
	s, err := specfile.Parse([]specfile.File{{Name: "spec", Data: []byte("version: 1\n" + text)}}, specfile.Secrets{LookupEnv: lookup})
	if err != nil {
		t.Fatal(err)
	}
	means := resolve.Means{Verifier: verifierOf}
	for line := range strings.Lines(options) {
		switch words := strings.Fields(line); words[0] {
		case "reassign-to":
			means.ReassignTo = words[1]
		case "in":
			s = s.In(spec.Database{Name: words[1], AllowsConnections: true})
		case "here":
			s = s.Here(spec.Database{Name: words[1], AllowsConnections: true})
		case "allow-lockout":
			means.AllowLockout = true
		case "trust-code":
			means.TrustCode = true
		case "only":
			if s, err = s.Restrict(words[1:]); err != nil {
				t.Fatal(err)
			}
		default:
			t.Fatalf("what is the option %q?", words[0])
		}
	}
	return s, means
}

// verifierOf makes a verifier that shows its password.
func verifierOf(_ string, declared spec.Password, current catalog.Verifier) (catalog.Verifier, error) {
	verifier := catalog.Verifier("of_" + string(declared.Clear))
	if verifier == "of_too_short" {
		return current, errors.New("it is too short")
	}
	return verifier, nil
}

func messages(t *testing.T, err error) []string {
	t.Helper()
	var problems spec.Errors
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var out []string
	for _, problem := range problems {
		out = append(out, problem.Error())
	}
	return out
}

// missing says what is missing and what may have been meant, as a run would that goes on or one that is refused.
func missing(s *spec.Spec, current *catalog.Catalog, resolution *resolve.Resolution) []string {
	names := resolve.Names{Roles: slices.Sorted(maps.Keys(current.Roles)), Objects: slices.Collect(maps.Keys(current.Objects))}
	var out []string
	for _, m := range resolve.Suggest(resolution.Missing, names) {
		if s.Missing == spec.WarnOfMissing {
			out = append(out, m.Warning())
		} else {
			out = append(out, m.String())
		}
	}
	return out
}

// left says what is left of what there is.
func left(all []catalog.Left) []string {
	var out []string
	for _, l := range all {
		text := fmt.Sprintf("%q: %s", l.Role, l.What)
		if l.Otherwise {
			text += " (otherwise)"
		}
		out = append(out, text)
	}
	return out
}

func unlines(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}
