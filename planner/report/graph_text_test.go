package report

import (
	"strings"
	"testing"
)

// TestLongTextsAreCutAtOnce: a privilege on all columns of a wide table is one text. Letters that have no room anyway
// are not taken out one by one, each time with a look at all others.
func TestLongTextsAreCutAtOnce(t *testing.T) {
	const letters, most = 5000, 200
	long := strings.Repeat("i", letters)
	var cut pictureText
	took := testing.AllocsPerRun(1, func() { cut = fitted("a"+long+"z", " · 2", lineText, most) })
	if took > 3*most {
		t.Errorf("to cut %d letters took %.0f allocations", letters, took)
	}
	if w := textWidth(cut.Text, lineText); w > most || w < most-10 || !strings.HasPrefix(cut.Text, "ai") || !strings.HasSuffix(cut.Text, "iz · 2") {
		t.Errorf("it is %d wide: %q", w, cut.Text)
	}
}
