package specfile_test

import (
	"os"
	"regexp"
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
	if len(blocks) < 5 {
		t.Fatalf("it shows %d", len(blocks))
	}
	for _, block := range blocks {
		if _, err := parse(block[1]); err != nil {
			t.Errorf("%v\n%s", err, block[1])
		}
	}
}
