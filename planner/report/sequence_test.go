package report

import (
	"bytes"
	"strings"
	"testing"

	"pgsr/planner/script"
)

// fleet is a plan over two databases, the second of which has a name that means something to psql, YAML, HTML and
// Markdown.
func fleet() Sequence {
	there := guarded()
	there.Server.Database, there.Server.DatabaseOID = "<b>`host=evil'\\\"", 77
	there.Header = script.HeaderLines(there.Document)
	return Sequence{Documents: []Document{guarded(), there}, Warnings: []string{"one <i>warning</i>"}}
}

func writtenSequence(t *testing.T, format string, s Sequence) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteSequence(&out, format, s); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSequenceIsReadAsItWasWritten(t *testing.T) {
	text := writtenSequence(t, "json", fleet())
	checkSchema(t, "the plan", text)
	read, err := ReadPlan(strings.NewReader(text))
	if err != nil || len(read.Documents) != 2 || read.Digest() == "" || read.Documents[1].Server.DatabaseOID != 77 {
		t.Fatalf("read %+v, %v", read, err)
	}
	if again := writtenSequence(t, "json", read); again != text {
		t.Error("what was read is written otherwise")
	}
	single := writtenSequence(t, "json", Sequence{Documents: fleet().Documents[:1]})
	if one, err := ReadPlan(strings.NewReader(single)); err != nil || len(one.Documents) != 1 || one.Digest() == "" {
		t.Errorf("read %+v, %v", one, err)
	}
	if _, err := ReadJSON(strings.NewReader(text)); err == nil {
		t.Error("a plan of several databases is read as one of one")
	}
	change := func(from, to string) string { return strings.Replace(text, from, to, 1) }
	for name, c := range map[string]struct{ text, says string }{
		"a step that was changed":  {change(`"lock_key": 1`, `"lock_key": 2`), "step 1: the plan was changed"},
		"a warning that was":       {change("one ", "two "), "was changed after it was written"},
		"a step that was repeated": {change(`"warnings"`, `"warnings":[],"warnings"`), "warnings"},
		"an unknown key":           {change(`"steps"`, `"more":1,"steps"`), `"more"`},
		"more after it":            {text + "{}", "this is no plan"},
		"one step":                 {`{"version":2,"digest":"","warnings":[],"steps":[]}`, "it has no steps"},
		"a sequence in a sequence": {`{"version":2,"digest":"","warnings":[],"steps":[{"version":2},{"version":2}]}`, "step 1: this is no plan"},
	} {
		if _, err := ReadPlan(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: it gives %v", name, err)
		}
	}
	other := fleet()
	other.Documents[1].Server.SystemIdentifier = "1"
	if _, err := ReadPlan(strings.NewReader(writtenSequence(t, "json", other))); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("steps for two clusters give %v", err)
	}
}

func TestSequenceInOtherForms(t *testing.T) {
	const connect = `\connect -reuse-previous=on "dbname='<b>` + "`" + `host=evil\'\\""'"`
	if text := writtenSequence(t, "psql", fleet()); strings.Count(text, `\connect`) != 2 || !strings.Contains(text, connect) {
		t.Errorf("the script connects otherwise:\n%s", text)
	}
	page := writtenSequence(t, "html", fleet())
	if strings.Contains(page, "<b>`") || strings.Contains(page, "<i>") || strings.Count(page, `id="changes-`) != 2 || strings.Count(page, `id="q"`) != 1 {
		t.Error("the page is not what it should be")
	}
	if text := writtenSequence(t, "markdown", fleet()); !strings.Contains(text, "## Step 2 of 2: database ``<b>`host=evil'\\\\\"``: ") {
		t.Errorf("the ticket says otherwise:\n%.2000s", text)
	}
	for _, format := range []string{"sql", "goose"} {
		if err := WriteSequence(&bytes.Buffer{}, format, fleet()); err == nil {
			t.Errorf("%s is written", format)
		}
	}
	broken := fleet()
	broken.Documents[1].Server.Database = "a\nb"
	if err := WriteSequence(&bytes.Buffer{}, "psql", broken); err == nil || !strings.Contains(err.Error(), `"a\nb"`) {
		t.Errorf("a line break in a name gives %v", err)
	}
}
