package specfile

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// within gives the place in the file of a character of a text. Where the text has several lines, it is that of the
// text.
func (f *file) within(s scalar, offset int) place {
	style := styleOf(s.node)
	if style&blockText != 0 || strings.TrimSpace(s.text) == "" {
		return s.at
	}
	next := plainCharacter
	begin := s.at.column - 1
	switch style {
	case yaml.SingleQuotedStyle:
		next, begin = singleQuotedCharacter, begin+1
	case yaml.DoubleQuotedStyle:
		next, begin = doubleQuotedCharacter, begin+1
	}
	if column, ok := columnOf([]rune(s.text), f.source.line(s.at.line), begin, offset, next); ok {
		return place{f.source, s.at.line, column + 1}
	}
	return s.at
}

// columnOf gives the column of a character of a text in the line that it is written in. It reads both side by side, and
// gives up where they differ.
func columnOf(text, line []rune, column, offset int, next func([]rune) (rune, int)) (int, bool) {
	for i := 0; i < offset; i++ {
		if column >= len(line) || i >= len(text) {
			return 0, false
		}
		r, length := next(line[column:])
		if r != text[i] && r != unknownCharacter {
			return 0, false
		}
		column += length
	}
	return column, column <= len(line)
}

// unknownCharacter is a character that an escape stands for.
const unknownCharacter = -1

func plainCharacter(line []rune) (rune, int) { return line[0], 1 }

func singleQuotedCharacter(line []rune) (rune, int) {
	if len(line) > 1 && line[0] == '\'' {
		return '\'', 2
	}
	return line[0], 1
}

// doubleQuotedCharacter knows how long escapes are: https://yaml.org/spec/1.2.2/#57-escaped-characters
func doubleQuotedCharacter(line []rune) (rune, int) {
	if len(line) < 2 || line[0] != '\\' {
		return line[0], 1
	}
	switch line[1] {
	case 'x':
		return unknownCharacter, 4
	case 'u':
		return unknownCharacter, unicodeEscapeLength(line)
	case 'U':
		return unknownCharacter, 10
	}
	return unknownCharacter, 2
}

// surrogatesLength is that of two escapes which make one character together.
const surrogatesLength = len(`\uD83D\uDE00`)

// unicodeEscapeLength is that of one escape, or of two which make one character together.
func unicodeEscapeLength(line []rune) int {
	if len(line) >= surrogatesLength {
		if code, err := strconv.ParseUint(string(line[2:6]), 16, 16); err == nil && 0xD800 <= code && code < 0xDC00 {
			return surrogatesLength
		}
	}
	return 6
}
