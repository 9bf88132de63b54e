package planner_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestPackagesSayWhatStays: the two packages that are the API say what stays, and every other one that it may change.
func TestPackagesSayWhatStays(t *testing.T) {
	const mayChange = "It may change at any time: what programs can rely on is in packages executor and planner/spec."
	api, found := []string{"../executor", "../planner/spec"}, map[string]string{}
	for _, folder := range []string{"cmd", "executor", "gen", "planner", "schema"} {
		err := filepath.WalkDir(filepath.Join("..", folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				return err
			}
			found[filepath.ToSlash(filepath.Dir(path))] += strings.Join(strings.Fields(file.Doc.Text()), " ")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 20 {
		t.Errorf("only %d packages are found", len(found))
	}
	for folder, comment := range found {
		isAPI := slices.Contains(api, folder)
		if strings.Contains(comment, mayChange) == isAPI {
			t.Errorf("%s does not say whether it may change: %s", folder, comment)
		}
		if isAPI && (!strings.Contains(comment, "# What stays") || !strings.Contains(comment, "CHANGELOG.md") || !strings.Contains(comment, "1.0.0")) {
			t.Errorf("%s does not say what stays: %s", folder, comment)
		}
	}
}
