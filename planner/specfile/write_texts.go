package specfile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"pgsr/planner/spec"
)

// widest is how long a line is to be, where it can be broken.
const widest = 120

// special are words that YAML takes for something else than a text: https://yaml.org/type/bool.html
var special = map[string]bool{
	"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true, "null": true,
}

// name writes a text as a key, or as a value anywhere: without quotes if it is a word of small letters and nothing
// else.
func (w *writer) name(text string) string {
	isPlain := text != "" && !special[text]
	for i, r := range text {
		isPlain = isPlain && (r >= 'a' && r <= 'z' || r == '_' || i > 0 && r >= '0' && r <= '9')
	}
	if isPlain {
		return text
	}
	return w.quoted(text)
}

// quoted writes a text in double quotes, with escapes for all that does not print: no text can end its line.
// https://yaml.org/spec/1.2.2/#57-escaped-characters
func (w *writer) quoted(text string) string {
	w.checkUTF8(text)
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case isPrintable(r):
			out.WriteRune(r)
		default:
			out.WriteString(escaped(r))
		}
	}
	out.WriteByte('"')
	return out.String()
}

// isPrintable tells whether a character can be seen, and is one that YAML takes as it is. What is private may be none.
func isPrintable(r rune) bool { return spec.IsSeen(r) && r != utf8.RuneError }

// escaped writes a character as its number, as YAML does in double quotes.
func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r <= 0xff:
		return fmt.Sprintf(`\x%02X`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}

// phrase writes a phrase as an item of a list that begins in some column, in several lines if it is long: YAML takes a
// line break for a space. It needs quotes only where YAML would see more in it than a text.
// https://yaml.org/spec/1.2.2/#733-plain-style
func (w *writer) phrase(text string, column int) string {
	isPlain := text != "" && unicode.IsLetter([]rune(text)[0]) && !strings.HasSuffix(text, " ") && strings.Contains(text, " ")
	for _, r := range text {
		isPlain = isPlain && isPrintable(r) && r != ':' && r != '#'
	}
	if !isPlain {
		text = w.quoted(text)
	}
	return folded(text, column)
}

// folded breaks a text behind commas, where one space follows, so that what comes next can not be taken for anything
// but the same text.
func folded(text string, column int) string {
	var lines []string
	var line strings.Builder
	for length := column; text != ""; {
		end := partEnd(text)
		part := text[:end]
		if n := utf8.RuneCountInString(part); length+n > widest && line.Len() > 0 {
			lines = append(lines, strings.TrimSuffix(line.String(), " "))
			line.Reset()
			length = column + 2
		}
		line.WriteString(part)
		length += utf8.RuneCountInString(part)
		text = text[end:]
	}
	return strings.Join(append(lines, line.String()), "\n"+strings.Repeat(" ", column+2))
}

// partEnd gives where the first part of a text ends, behind which it can be broken: the comma and its space included.
// What is in parentheses stays together.
func partEnd(text string) int {
	depth := 0
	for at := 0; at+2 < len(text); at++ {
		switch next := text[at+2]; {
		case text[at] == '(':
			depth++
		case text[at] == ')':
			depth--
		case depth <= 0 && text[at:at+2] == ", " && (isWordStart(next) || next == '"' || next == '\\'):
			return at + 2
		}
	}
	return len(text)
}

func isWordStart(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' }

// comment writes a text as a comment, in several lines if it is long.
func (w *writer) comment(depth int, text string) {
	line, length := "#", 1
	for _, word := range strings.Split(harmless(text), " ") {
		if n := utf8.RuneCountInString(word); length+1+n > widest-2*depth && length > 1 {
			w.line(depth, line)
			line, length = "#", 1
		}
		line += " " + word
		length += 1 + utf8.RuneCountInString(word)
	}
	w.line(depth, line)
}

// harmless writes what does not print as its number, so that a comment stays one.
func harmless(text string) string {
	var out strings.Builder
	for _, r := range text {
		if isPrintable(r) {
			out.WriteRune(r)
		} else {
			out.WriteString(escaped(r))
		}
	}
	return out.String()
}
