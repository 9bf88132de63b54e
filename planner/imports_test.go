package planner_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is who may import whom, by folder under planner/: DESIGN's arrows. What is not of the standard library and
// not in a row is forbidden.
var mayImport = map[string][]string{
	".":                   {"pgsr/planner/access", "pgsr/planner/catalog", "pgsr/planner/script"},
	"catalog":             {},
	"catalog/catalogtest": {"pgsr/planner/catalog"},
	"access":              {"pgsr/planner/catalog"},
	"spec":                {"pgsr/planner/catalog"},
	"specfile":            {"pgsr/planner/spec", "go.yaml.in/yaml/v4"},
	"resolve":             {"pgsr/planner/access", "pgsr/planner/catalog", "pgsr/planner/spec"},
	"script":              {"pgsr/planner/catalog"},
	"report":              {"pgsr/planner/access", "pgsr/planner/catalog", "pgsr/planner/script"},
}

// impure are those of the standard library that reach a server, a clock, the environment, files or randomness. Package
// time is for moments and durations; what it has of a clock is looked for by name.
var impure = []string{"os", "os/", "net", "net/", "io/ioutil", "math/rand", "crypto/rand", "database/", "syscall", "log", "runtime", "plugin", "unsafe", "testing", "embed"}

var clocks = []string{"time.Now(", "time.Since(", "time.Until(", "time.Sleep(", "time.After(", "time.Tick(", "time.NewTimer(", "time.Local"}

func TestPlannerIsPure(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		checkImports(t, path)
		checkClock(t, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("only %d files were looked at: is this the planner?", files)
	}
}

func checkImports(t *testing.T, path string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	others, known := mayImport[filepath.Dir(path)]
	if !known {
		t.Errorf("%s: a folder that has no row in the table of imports", path)
	}
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		isStandard := !strings.Contains(strings.Split(name, "/")[0], ".") && !strings.HasPrefix(name, "pgsr/")
		switch {
		case isStandard && isImpure(name):
			t.Errorf("%s imports %s: the planner reaches no server, clock, environment or randomness", path, name)
		case !isStandard && !slices.Contains(others, name):
			t.Errorf("%s imports %s, which its package may not", path, name)
		}
	}
}

func isImpure(name string) bool {
	return slices.ContainsFunc(impure, func(i string) bool {
		return name == strings.TrimSuffix(i, "/") || strings.HasPrefix(name, i) && strings.HasSuffix(i, "/") || strings.HasPrefix(name, i+"/")
	})
}

func checkClock(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range clocks {
		if strings.Contains(string(text), call) {
			t.Errorf("%s calls %s): the planner has no clock", path, call)
		}
	}
}
