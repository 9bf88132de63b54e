package export_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/export"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

var update = flag.Bool("update", false, "write what comes of the stories into them")

// Each story says in words what is exported, and shows it: a catalog, and the file.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d stories, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			told := &txtar.Archive{Comment: archive.Comment}
			given := map[string]string{}
			for _, file := range archive.Files {
				given[file.Name] = string(file.Data)
				if file.Name != "pgsr.yaml" && file.Name != "refused" {
					told.Files = append(told.Files, file)
				}
			}
			text, err := exportOf(t, catalogtest.Read(t, given["catalog"]), strings.Fields(given["roles"])...)
			if err != nil {
				told.Files = append(told.Files, txtar.File{Name: "refused", Data: []byte(err.Error() + "\n")})
			} else {
				told.Files = append(told.Files, txtar.File{Name: "pgsr.yaml", Data: []byte(text)})
			}
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

// exportOf exports a catalog and writes it: read again it is the same spec.
func exportOf(t *testing.T, c *catalog.Catalog, roles ...string) (string, error) {
	t.Helper()
	exported, err := export.From(c, export.Options{Roles: roles})
	if err != nil {
		return "", err
	}
	var text strings.Builder
	if err := specfile.Write(&text, specfile.Document{Spec: exported.Spec, Header: exported.Header, OfRoles: exported.OfRoles}); err != nil {
		t.Fatal(err)
	}
	read, err := specfile.Parse([]specfile.File{{Name: "", Data: []byte(text.String())}}, specfile.Secrets{})
	if err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}
	if got, want := placeless(read), placeless(exported.Spec); !reflect.DeepEqual(got, want) {
		t.Errorf("read again it is another spec:\n%+v\n%+v\n%s", got, want, &text)
	}
	return text.String(), nil
}

// placeless gives a spec without places, and with one form of what is empty.
func placeless(s *spec.Spec) any {
	out := *s
	out.DatabaseAt = spec.Position{}
	return withoutPlaces(reflect.ValueOf(out))
}

// withoutPlaces gives a value as maps and lists, without positions and without what is empty.
func withoutPlaces(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if text, is := v.Interface().(interface{ String() string }); is {
			return text.String()
		}
		return []any{withoutPlaces(v.Elem())}
	case reflect.Slice:
		var out []any
		for i := range v.Len() {
			out = append(out, withoutPlaces(v.Index(i)))
		}
		return out
	case reflect.Struct:
		out := map[string]any{}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if strings.HasSuffix(name, "At") || !v.Type().Field(i).IsExported() {
				continue
			}
			out[name] = withoutPlaces(v.Field(i))
		}
		return out
	case reflect.Map:
		return v.Len()
	}
	return v.Interface()
}

// TestExportOfAllStories: whatever catalog there is among the stories of all packages, what is exported is all there
// is, and is read as it was written.
func TestExportOfAllStories(t *testing.T) {
	exported := 0
	for _, pattern := range []string{"../testdata/*/*.txtar", "../resolve/testdata/*/*.txtar"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range archive.Files {
				if file.Name != "catalog" || isImpossible(string(file.Data)) {
					continue
				}
				c := catalogtest.Read(t, string(file.Data))
				e, err := export.From(c, export.Options{})
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				for _, difference := range e.Differences {
					t.Errorf("%s: %s", path, difference)
				}
				if _, err := exportOf(t, c); err != nil {
					t.Errorf("%s: %v", path, err)
				}
				exported++
			}
		}
	}
	if exported < 100 {
		t.Errorf("only %d catalogs", exported)
	}
}

// isImpossible tells whether a catalog has what its server can not have: before 16 all memberships allow SET ROLE.
func isImpossible(text string) bool {
	return strings.Contains(text, "server 15") && strings.Contains(text, " noset")
}
