package specfile

import (
	"fmt"
	"unicode/utf8"
)

// controlProblem finds the first character of a text that YAML does not allow, and says where it is and what to write
// instead; false if there is none. https://yaml.org/spec/1.2.2/#51-character-set
func (s *source) controlProblem(text string) (at place, problem string, found bool) {
	offset := 0
	for _, r := range text {
		if isForbidden(r) {
			return s.at(offset), fmt.Sprintf("the character %U is not allowed in YAML: write it as %s between double quotes", r, escapeOf(r)), true
		}
		offset++
	}
	return place{}, "", false
}

// isForbidden tells whether YAML does not allow a character as it is.
func isForbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r == '\uFFFE' || r == '\uFFFF'
}

func escapeOf(r rune) string {
	if r < utf8.RuneSelf {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
