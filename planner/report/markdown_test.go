package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// However many backticks a text has, the mark around it is longer, and none of it touches the text.
func TestCodeSpan(t *testing.T) {
	for text, want := range map[string]string{
		"a": "`a`", "`": "`` ` ``", "a``b": "```a``b```", "": "`  `", "x\n": "`x\\n`", "`a": "`` `a ``", " ": "`   `",
	} {
		if got := codeSpan(text); got != want {
			t.Errorf("%q gives %q, not %q", text, got, want)
		}
	}
}

// A fence is closed by its own end only, and outside of fences and code spans no line holds anything of a name.
func TestMarkdownKeepsNamesInTheirPlaces(t *testing.T) {
	fence := ""
	for line := range strings.Lines(written(t, "markdown", hostileDocument())) {
		line = strings.TrimSuffix(line, "\n")
		switch marks := line[:len(line)-len(strings.TrimLeft(line, "`"))]; {
		case fence == "" && len(marks) >= 3 && slices.Contains([]string{"sql", "diff", "text"}, strings.TrimLeft(line, "`")):
			fence = marks
		case fence != "" && strings.TrimRight(line, " ") == marks && len(marks) >= len(fence):
			fence = ""
		case fence == "" && strings.Contains(outsideCode(line), "script"+">"):
			t.Errorf("outside of code: %s", line)
		}
	}
	if fence != "" {
		t.Error("a fence is not closed")
	}
}

// outsideCode gives a line without its code spans.
func outsideCode(line string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(line, '`')
		if at < 0 {
			return b.String() + line
		}
		b.WriteString(line[:at])
		rest := strings.TrimLeft(line[at:], "`")
		mark := line[at : len(line)-len(rest)]
		_, after, found := strings.Cut(rest, mark)
		if !found {
			return b.String() + line[at:]
		}
		line = after
	}
}

// hugeDocuments are plans that are too large for a pull request in one way or another.
func hugeDocuments() map[string]Document {
	many := func(n int, text string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf("%d %s", i, text)
		}
		return out
	}
	out := map[string]Document{}
	for name, text := range map[string]string{"plain": "x", "long": strings.Repeat("ü😀", 500), "backticks": strings.Repeat("`", 1500), "hostile": strings.Repeat("</details>\n```\n", 60), "hidden": strings.Repeat("\u202e\x00", 200)} {
		d := hostileDocument()
		d.Statements = nil
		n := 100
		if name == "plain" {
			n = 1000
		}
		for i := range n {
			d.Statements = append(d.Statements, script.Statement{Section: script.Roles, Reason: text, Change: catalog.CreateRole{Name: fmt.Sprintf("%d%.50s", i, text)}},
				script.Statement{Section: script.Owners, Change: catalog.SetOwner{Object: sales, Owner: text, From: fmt.Sprintf("%d%s", i, text)}},
				script.Statement{Section: script.Roles, Change: catalog.AlterRoleSet{Role: fmt.Sprint(i, text), Setting: catalog.Setting{Name: "work_mem", Value: text}}})
			d.Effect.Held = append(d.Effect.Held, access.HeldChange{Roles: []string{text, fmt.Sprint(i)}, Lost: i%2 == 0, Privileges: []catalog.Privilege{catalog.Select}, Columns: []string{text},
				Objects: []catalog.ObjectID{{Kind: catalog.Table, Schema: text, Name: fmt.Sprint(i)}}})
			d.Effect.Gains = append(d.Effect.Gains, access.Group{Roles: []string{fmt.Sprint(i, text)}, Objects: []catalog.ObjectID{orders}, Path: access.Path{Via: []string{text}}})
			d.Effect.Marks = append(d.Effect.Marks, access.Mark{Kind: access.MarkKind(text), Text: text})
			d.Left = append(d.Left, catalog.Left{Role: text, What: fmt.Sprint(i)})
			d.Origin.Sources = append(d.Origin.Sources, script.Source{Name: text, SHA256: text})
		}
		d.Server.Database, d.Warnings, d.Ends = text, many(n, text), many(n, text)
		d.Rollback.Warnings = many(n, text)
		out[name] = d
		d.Verbose = true
		out[name+", verbose"] = d
	}
	return out
}

// A ticket fits a pull request, whatever the plan is, and says what is left out of it.
func TestMarkdownFits(t *testing.T) {
	for name, d := range hugeDocuments() {
		fleet := Sequence{Warnings: d.Warnings, Elsewhere: true}
		for range 5 {
			fleet.Documents = append(fleet.Documents, d)
		}
		var text strings.Builder
		if err := WriteMarkdown(&text, d); err != nil {
			t.Fatal(err)
		}
		checkFits(t, name, text.String())
		text.Reset()
		if err := writeSequenceMarkdown(&text, fleet); err != nil {
			t.Fatal(err)
		}
		checkFits(t, name+", in many databases", text.String())
	}
}

func checkFits(t *testing.T, name, text string) {
	t.Helper()
	if len(text) > 60_000 || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r == '\u202e' || r == 0 }) {
		t.Errorf("%s has %d bytes", name, len(text))
	}
	if !strings.Contains(text, "> **Not all of the plan is here**") || !strings.Contains(text, "the script, for psql") || !strings.Contains(text, "`pgsr plan --format html` shows all") {
		t.Errorf("%s does not say what is left out:\n%.2000s", name, text)
	}
	fence, details := "", 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		marks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence != "" && line == fence:
			fence = ""
		case fence == "" && len(marks) >= 3 && slices.Contains([]string{"sql", "diff", "text"}, line[len(marks):]):
			fence = marks
		case fence == "":
			outside := outsideCode(line)
			details += strings.Count(outside, "<details>") - strings.Count(outside, "</details>")
			if strings.ContainsAny(strings.NewReplacer("<details><summary>", "", "</summary>", "", "</details>", "").Replace(outside), "<`😀") {
				t.Errorf("%s: outside of code: %.300q", name, line)
			}
		}
	}
	if fence != "" || details != 0 {
		t.Errorf("%s: a fence or a fold is not closed: %q, %d", name, fence, details)
	}
}

// A plan that fits is there as a whole.
func TestSmallMarkdownIsWhole(t *testing.T) {
	if text := written(t, "markdown", guarded()); strings.Contains(text, "Left out") || !strings.Contains(text, "COMMIT;") {
		t.Errorf("something is left out:\n%s", text)
	}
}

func TestCutsBetweenCharacters(t *testing.T) {
	for text, want := range map[string]string{"abcd": "abcd", "abcde": "abcd…", "äää": "ää…", "a😀b": "a…", "": ""} {
		if got := cutText(text, 4); got != want {
			t.Errorf("%q gives %q", text, got)
		}
	}
}
