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

// mayImport is who may import whom: the table of docs/architecture.md. What is not of the standard library and not in a
// row is forbidden, but for [helpers]; pgx stands for all of its packages.
var mayImport = map[string][]string{
	"planner":                     {"pgsr/planner/access", "pgsr/planner/catalog", "pgsr/planner/script"},
	"planner/catalog":             {},
	"planner/catalog/catalogtest": {"pgsr/planner/catalog"},
	"planner/access":              {"pgsr/planner/catalog"},
	"planner/spec":                {"pgsr/planner/catalog"},
	"planner/specfile":            {"pgsr/planner/spec", "go.yaml.in/yaml/v4"},
	"planner/specfile/schematest": {"pgsr/planner/specfile", "go.yaml.in/yaml/v4", "github.com/santhosh-tekuri/jsonschema/v6"},
	"planner/resolve":             {"pgsr/planner/access", "pgsr/planner/catalog", "pgsr/planner/spec"},
	"planner/export":              {"pgsr/planner/access", "pgsr/planner/catalog", "pgsr/planner/resolve", "pgsr/planner/spec"},
	"planner/script":              {"pgsr/planner/catalog"},
	"planner/report":              {"pgsr/planner/access", "pgsr/planner/catalog", "pgsr/planner/script"},
	"executor": {
		"pgsr/executor/inspect", "pgsr/executor/ledger", "pgsr/executor/scram", "pgsr/executor/wire", "pgsr/gen", "pgsr/planner", "pgsr/planner/access",
		"pgsr/planner/catalog", "pgsr/planner/export", "pgsr/planner/report", "pgsr/planner/resolve", "pgsr/planner/script", "pgsr/planner/spec", pgx,
	},
	"executor/wire":                {"pgsr/gen", "pgsr/planner/script", pgx},
	"executor/inspect":             {"pgsr/executor/wire", "pgsr/gen", "pgsr/planner/catalog", "pgsr/planner/script", pgx},
	"executor/ledger":              {"pgsr/executor/wire", "pgsr/gen", "pgsr/planner/catalog", "pgsr/planner/script", "pgsr/schema", pgx, "github.com/pressly/goose/v3"},
	"executor/scram":               {"github.com/xdg-go/stringprep", "golang.org/x/text/unicode/norm"},
	"executor/scratch":             {pgx},
	"executor/scratch/scratchtest": {"pgsr/executor/scratch", pgx},
	"executor/demo": {
		"pgsr/executor", "pgsr/executor/scratch", "pgsr/planner", "pgsr/planner/report", "pgsr/planner/script", "pgsr/planner/spec",
		"pgsr/planner/specfile", pgx,
	},
	"gen":           {pgx},
	"planner/lists": {},
	"schema":        {},
}

const pgx = "github.com/jackc/pgx/v5"

// helpers are for everyone.
const helpers = "pgsr/planner/lists"

// impure are those of the standard library that reach a server, a clock, the environment, files or randomness. Package
// time is for moments and durations; what it has of a clock is looked for by name.
var impure = []string{"os", "os/", "net", "net/", "io/ioutil", "math/rand", "crypto/rand", "database/", "syscall", "log", "runtime", "plugin", "unsafe", "testing"}

var clocks = []string{"time.Now(", "time.Since(", "time.Until(", "time.Sleep(", "time.After(", "time.Tick(", "time.NewTimer(", "time.Local"}

func TestImports(t *testing.T) {
	for folder, least := range map[string]int{"planner": 20, "executor": 20, "gen": 5, "schema": 1} {
		files := 0
		err := filepath.WalkDir(filepath.Join("..", folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			checkImports(t, path)
			if folder == "planner" {
				checkPurity(t, path)
			}
			return nil
		})
		if err != nil || files < least {
			t.Errorf("%s: %d files were looked at, %v", folder, files, err)
		}
	}
}

func checkImports(t *testing.T, path string) {
	t.Helper()
	row, known := mayImport[strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")]
	if !known {
		t.Errorf("%s: a folder that has no row in the table of imports", path)
	}
	for _, name := range importsOf(t, path) {
		if name == pgx || strings.HasPrefix(name, pgx+"/") {
			name = pgx
		}
		if !isStandard(name) && name != helpers && !slices.Contains(row, name) {
			t.Errorf("%s imports %s, which its package may not", path, name)
		}
	}
}

// checkPurity is for the planner, which is given all that it works with.
func checkPurity(t *testing.T, path string) {
	t.Helper()
	for _, name := range importsOf(t, path) {
		if isStandard(name) && isImpure(name) {
			t.Errorf("%s imports %s: the planner reaches no server, clock, environment or randomness", path, name)
		}
	}
	checkClock(t, path)
}

func importsOf(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func isStandard(name string) bool {
	return !strings.Contains(strings.Split(name, "/")[0], ".") && !strings.HasPrefix(name, "pgsr/")
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
