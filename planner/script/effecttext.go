package script

import (
	"strings"

	"pgsr/planner/access"
)

// EffectText writes what a plan means for people as lines of text: what needs a second look first, then losses and gains. Nothing for a nil effect.
func EffectText(e *access.Effect) string {
	if e == nil {
		return ""
	}
	lines := []string{effectTally(e)}
	for _, m := range e.Marks {
		lines = append(lines, "! "+visible(string(m.Kind)+": "+m.Text))
	}
	for _, row := range effectRows(e) {
		lines = append(lines, row.line())
	}
	return strings.Join(lines, "\n") + "\n"
}
