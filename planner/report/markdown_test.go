package report

import (
	"slices"
	"strings"
	"testing"
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
