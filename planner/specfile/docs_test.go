package specfile_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestSpecsOfTheDocumentationAreRead: each that docs/spec.md shows is one.
func TestSpecsOfTheDocumentationAreRead(t *testing.T) {
	text, err := os.ReadFile("../../docs/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllStringSubmatch(string(text), -1)
	if n := strings.Count(string(text), "```yaml"); len(blocks) != n || n == 0 {
		t.Fatalf("it shows %d, and %d are found", n, len(blocks))
	}
	for _, block := range blocks {
		if _, err := parse(block[1]); err != nil {
			t.Errorf("%v\n%s", err, block[1])
		}
	}
}
