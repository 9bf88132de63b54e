package spec

import (
	"fmt"
	"strings"
	"unicode"
)

// How much of a long line is shown before and after the marked column: JSON is often one line.
const (
	shownBefore = 60
	shownAfter  = 100
)

// Excerpt is a source line as it is shown below a problem, with a mark under a column; the zero one is none.
type Excerpt struct {
	// Line is the source line, or what is around the place in a long one, with what is secret masked.
	Line string
	// number counts the lines, caret is where the column is in Line.
	number, caret int
}

// NewExcerpt gives a line, in which nothing secret may be, as it is to be shown: as far as it is near the column, and
// without characters that a terminal might take for a command.
func NewExcerpt(number int, line []rune, column int) Excerpt {
	shown, caret := clip(line, column)
	for i, r := range shown {
		if r != '\t' && unicode.IsControl(r) {
			shown[i] = unicode.ReplacementChar
		}
	}
	return Excerpt{string(shown), number, caret}
}

// Below writes the line below a text, with its number and a mark under the column, which counts characters from 1.
func (e Excerpt) Below(text string) string {
	if strings.TrimSpace(e.Line) == "" {
		return text
	}
	digits := fmt.Sprintf("%5d", e.number)
	text += fmt.Sprintf("\n%s | %s", digits, e.Line)
	if e.caret < 1 {
		return text
	}
	return fmt.Sprintf("%s\n%*s | %s^", text, len(digits), "", padding([]rune(e.Line), e.caret-1))
}

// clip cuts a long line down to what is near the column, and says where the column then is.
func clip(line []rune, column int) ([]rune, int) {
	start, end := 0, len(line)
	var out []rune
	if column > 2*shownBefore {
		start = min(column-shownBefore, len(line))
		out = append(out, '…')
	}
	if after := max(column, 1) + shownAfter; after < len(line) {
		end = after
	}
	out = append(out, line[start:end]...)
	if end < len(line) {
		out = append(out, '…')
	}
	if start > 0 {
		column -= start - 1
	}
	return out, column
}

// padding is as wide on a terminal as the first characters of a line.
func padding(line []rune, count int) string {
	var pad strings.Builder
	for i := range count {
		switch {
		case i >= len(line):
			pad.WriteByte(' ')
		case line[i] == '\t':
			pad.WriteByte('\t')
		default:
			pad.WriteString("  "[:width(line[i])])
		}
	}
	return pad.String()
}

// width is how many columns a terminal gives a character: none to what is added to the one before, two to wide ones.
func width(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, wide):
		return 2
	}
	return 1
}

// wide are the wide characters that belong to no script: https://www.unicode.org/reports/tr11/
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{0x3000, 0x303E, 1}, {0xFE30, 0xFE6F, 1}, {0xFF01, 0xFF60, 1}, {0xFFE0, 0xFFE6, 1}},
	R32: []unicode.Range32{{0x1F300, 0x1F64F, 1}, {0x1F680, 0x1F6FF, 1}, {0x1F900, 0x1F9FF, 1}},
}
