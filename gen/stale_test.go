package gen

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGeneratedCodeIsWhatTheQueriesGive fails when gen/ is not what sqlc makes of queries/ and schema/. The remedy is
// `make generate`.
func TestGeneratedCodeIsWhatTheQueriesGive(t *testing.T) {
	cmd := exec.Command("go", "tool", "sqlc", "diff")
	cmd.Dir = ".."
	// With cgo sqlc compiles PostgreSQL's own parser, which takes minutes.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("gen/ is stale, run `make generate`: %v\n%s", err, out)
	}
}

// TestEveryGeneratedFileHasItsQueries finds what sqlc diff does not: a generated file whose queries are gone.
func TestEveryGeneratedFileHasItsQueries(t *testing.T) {
	generated, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range generated {
		if strings.HasSuffix(file, "_test.go") || file == "doc.go" || file == "db.go" || file == "models.go" {
			continue
		}
		source, isQuery := strings.CutSuffix(file, ".go")
		if !isQuery || !strings.HasSuffix(source, ".sql") {
			t.Errorf("gen/%s is not something that sqlc makes here", file)
		} else if _, err := os.Stat(filepath.Join("..", "queries", source)); err != nil {
			t.Errorf("gen/%s is left over: remove it (%v)", file, err)
		}
	}
}
