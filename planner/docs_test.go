package planner_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// namingDocs are the documents whose names are checked, with the least number of names that each has.
var namingDocs = map[string]int{"CONTRIBUTING.md": 30, "docs/architecture.md": 80, "docs/postgres.md": 80, "docs/decisions.md": 2, "docs/security.md": 5, "docs/benchmarks.md": 1, "docs/fleets.md": 1}

var (
	fencedBlock = regexp.MustCompile("(?ms)^```.*?^```$")
	codeSpan    = regexp.MustCompile("`([^`\n]+)`")
	link        = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	makeTarget  = regexp.MustCompile(`^make ([a-z-]+)`)
	filePath    = regexp.MustCompile(`^[\w.*/-]+$`)
	goName      = regexp.MustCompile(`^[A-Za-z]\w*(\.[A-Za-z]\w*){0,2}$`)
	mixedCase   = regexp.MustCompile(`[a-z].*[A-Z]|[A-Z].*[a-z]`)
)

// TestDocsNameWhatThereIs: every file, Go identifier and target of make that a document names in backquotes, and every
// file that it links to, exists. A name is taken for Go's if it has a dot or letters of both cases, so a document
// writes operation.do for a function of one small word.
func TestDocsNameWhatThereIs(t *testing.T) {
	declared := declarations(t)
	makefile := readDoc(t, "Makefile")
	for doc, least := range namingDocs {
		text := fencedBlock.ReplaceAllString(readDoc(t, doc), "")
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			if !exists(filepath.Join(filepath.Dir(doc), found[1])) {
				t.Errorf("%s links to %s, which does not exist", doc, found[1])
			}
		}
		named := 0
		for _, found := range codeSpan.FindAllStringSubmatch(text, -1) {
			name := found[1]
			target := makeTarget.FindStringSubmatch(name)
			switch {
			case target != nil:
				if !strings.Contains(makefile, "\n"+target[1]+":") {
					t.Errorf("%s names %s, which the Makefile has not", doc, name)
				}
			case declared[name]:
			case isPath(name):
				if !exists(name) {
					t.Errorf("%s names the file %s, which does not exist", doc, name)
				}
			case goName.MatchString(name) && (strings.Contains(name, ".") || mixedCase.MatchString(name)):
				t.Errorf("%s names %s, which no Go file declares", doc, name)
			default:
				continue
			}
			named++
		}
		if named < least {
			t.Errorf("%s: only %d names were looked at", doc, named)
		}
	}
}

func readDoc(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// isPath tells whether a name is that of a file or folder of the repository.
func isPath(name string) bool {
	switch filepath.Ext(name) {
	case ".go", ".sql", ".md", ".json", ".yaml", ".txtar", ".mod":
		return filePath.MatchString(name)
	}
	return filePath.MatchString(name) && strings.Contains(name, "/")
}

// exists tells whether there is such a file in the repository; a star stands for any part of a name.
func exists(path string) bool {
	found, err := filepath.Glob(filepath.Join("..", path))
	return err == nil && len(found) > 0
}

// declarations are the names that the Go files of the repository declare: alone, and behind their type, their package
// and both.
func declarations(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && path == made {
			return filepath.SkipDir
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		addDeclarations(file, func(of, name string) {
			if of != "" {
				names[of+"."+name], names[file.Name.Name+"."+of+"."+name] = true, true
			}
			names[name], names[file.Name.Name+"."+name] = true, true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// addDeclarations gives the names of a file, those of methods and fields with their type.
func addDeclarations(file *ast.File, add func(of, name string)) {
	for _, declaration := range file.Decls {
		switch d := declaration.(type) {
		case *ast.FuncDecl:
			add(receiver(d), d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				addSpec(s, add)
			}
		}
	}
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	kind := f.Recv.List[0].Type
	if pointer, is := kind.(*ast.StarExpr); is {
		kind = pointer.X
	}
	if name, is := kind.(*ast.Ident); is {
		return name.Name
	}
	return ""
}

func addSpec(s ast.Spec, add func(of, name string)) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			add("", name.Name)
		}
	case *ast.TypeSpec:
		add("", s.Name.Name)
		ast.Inspect(s.Type, func(n ast.Node) bool {
			if field, is := n.(*ast.Field); is {
				for _, name := range field.Names {
					add(s.Name.Name, name.Name)
				}
			}
			return true
		})
	}
}
