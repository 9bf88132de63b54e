package specfile_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgsr/planner/specfile"
	"pgsr/planner/specfile/schematest"
)

var update = flag.Bool("update", false, "write docs/spec.schema.json")

const schemaFile = "../../docs/spec.schema.json"

// TestSchemaOfTheDocumentation: with -update it writes docs/spec.schema.json.
func TestSchemaOfTheDocumentation(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, specfile.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != string(specfile.Schema()) {
		t.Error("docs/spec.schema.json is not what pgsr schema writes")
	}
}

var sectionOfStory = regexp.MustCompile(`(?m)^-- (.+) --\n`)

// specsOf gives the specs of a file: the whole, the blocks of a page, the sections of a story.
func specsOf(path, text string) []string {
	switch filepath.Ext(path) {
	case ".yaml":
		return []string{text}
	case ".md":
		var out []string
		for _, block := range yamlBlock.FindAllStringSubmatch(text, -1) {
			out = append(out, block[1])
		}
		return out
	case ".txtar":
		return sectionOfStory.Split(text, -1)
	}
	return nil
}

// TestSchemaTakesWhatIsRead: no spec of the repository that is one is refused by the schema.
func TestSchemaTakesWhatIsRead(t *testing.T) {
	count := map[string]int{}
	read := func(path string) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range specsOf(path, string(data)) {
			if !strings.Contains(text, "version: 1") {
				text = "version: 1\n" + text // stories leave it out
			}
			if agrees(t, path, text) {
				count[filepath.Ext(path)]++
			}
		}
	}
	for _, folder := range []string{"../../docs", "../../examples", "../../executor/demo", ".."} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				if ext := filepath.Ext(path); ext == ".yaml" || ext == ".md" || ext == ".txtar" {
					read(path)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read("../../README.md")
	t.Logf("%v", count)
	if count[".yaml"] < 5 || count[".md"] < 15 || count[".txtar"] < 100 {
		t.Errorf("only so many specs were found: %v", count)
	}
}

// agrees tells whether a text is a spec. What is one, the schema must take.
func agrees(t *testing.T, from, text string) bool {
	t.Helper()
	_, err := specfile.Parse([]specfile.File{{Name: "a.yaml", Data: []byte(text)}}, specfile.Secrets{Unread: true})
	if err != nil {
		return false
	}
	if refusal := schematest.Refusal(text); refusal != nil {
		t.Errorf("%s: the schema refuses\n%s\n%v", from, text, refusal)
	}
	return true
}

// schemaMustSee refuses a bad file by the schema, unless it is known that the schema can not see it.
func schemaMustSee(t *testing.T, name, text string) {
	t.Helper()
	refusal := schematest.Refusal(text)
	reason, isUnseen := unseen[name]
	switch {
	case errors.Is(refusal, schematest.ErrUnreadable):
	case refusal == nil && !isUnseen:
		t.Errorf("the schema does not see it:\n%s", text)
	case refusal != nil && isUnseen:
		t.Errorf("the schema does see it, so it is not to be listed as %q: %v", reason, refusal)
	}
}

// unseen are the cases of TestProblems that the schema can not see, by the reason.
var unseen = reasonsOf(map[string][]string{
	"a value, not a form: what a variable, a file or a verifier holds":                                            {"missing variable", "empty variable", "unreadable file", "empty file", "file of a newline", "file of lines", "file with NUL", "verifier's count", "verifier's salt", "verifier's key", "verifier's end"},
	"YAML's own business, which editors see without a schema: keys that are there twice, tags, several documents": {"duplicate key", "duplicate top key", "duplicate password", "tag", "two documents", "after the end"},
	"names are counted in bytes":                                        {"long role", "long name in phrase", "database too long"},
	"what two places say together":                                      {"membership twice", "cycle"},
	"each of the texts that YAML made is a phrase":                      {"cut in two that read", "cut tables", "cut behind EXCEPT"},
	"what is in quotes: regular expressions, escapes":                   {"invalid regex", "single quotes doubled", "NUL in phrase"},
	"which schemas these are":                                           {"schemas of the server"},
	"what the words mean together":                                      {"public in schema", "public all and future"},
	"days and years that there are not":                                 {"valid_until no day", "valid_until BC", "valid_until BC by zone"},
	"1.0 is an integer in JSON":                                         {"version float"},
	"an empty value is null, and so is ~, which is a text in a setting": {"a setting that is cut"},
})

func reasonsOf(cases map[string][]string) map[string]string {
	out := map[string]string{}
	for reason, names := range cases {
		for _, name := range names {
			out[name] = reason
		}
	}
	return out
}
