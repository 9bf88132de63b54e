package planner_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// made is where make puts what it makes: the site has copies of the examples.
var made = filepath.Join("..", "build")

// TestLayout: Go code lies in few folders, and beside them in examples that are modules of their own, so that what
// these need is nothing that pgsr needs.
func TestLayout(t *testing.T) {
	folders := []string{"cmd", "executor", "gen", "planner", "schema"}
	files := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() && (len(entry.Name()) > 2 && strings.HasPrefix(entry.Name(), ".") || path == made) {
			return filepath.SkipDir // what tools keep there
		}
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		files++
		place := strings.Split(filepath.ToSlash(path), "/")[1:]
		if slices.Contains(folders, place[0]) {
			return nil
		}
		if place[0] == "examples" && len(place) == 3 {
			_, err := os.Stat(filepath.Join("..", "examples", place[1], "go.mod"))
			return err
		}
		t.Errorf("%s lies where no Go code is to be", path)
		return nil
	})
	if err != nil || files < 100 {
		t.Errorf("%d files, %v", files, err)
	}
	for _, needed := range []string{"go.temporal.io", "k8s.io"} {
		if strings.Contains(readDoc(t, "go.mod"), needed) {
			t.Errorf("go.mod needs %s, which is for examples", needed)
		}
	}
}
