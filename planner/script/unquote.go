package script

import (
	"strconv"
	"strings"
)

// Unquote gives the name that a quoted identifier of a script of ours stands for; false: it is none.
func Unquote(quoted string) (string, bool) {
	text, escaped := strings.CutPrefix(quoted, identifiers.prefix)
	if len(text) < len(`""`) || !strings.HasPrefix(text, identifiers.mark) || !strings.HasSuffix(text, identifiers.mark) {
		return "", false
	}
	text = strings.ReplaceAll(text[1:len(text)-1], identifiers.mark+identifiers.mark, identifiers.mark)
	if !escaped {
		return text, true
	}
	var out strings.Builder
	for text != "" {
		before, rest, found := strings.Cut(text, `\`)
		out.WriteString(before)
		if !found {
			break
		}
		digits := 4 // of \0041, and of \+000041 two more
		switch {
		case strings.HasPrefix(rest, `\`):
			out.WriteByte('\\')
			text = rest[1:]
			continue
		case strings.HasPrefix(rest, "+"):
			rest, digits = rest[1:], 6
		}
		if len(rest) < digits {
			return "", false
		}
		code, err := strconv.ParseUint(rest[:digits], 16, 32)
		if err != nil {
			return "", false
		}
		out.WriteRune(rune(code))
		text = rest[digits:]
	}
	return out.String(), true
}
