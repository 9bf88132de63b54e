package specfile

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// source is the text of one file by lines, and what must not be shown of it.
type source struct {
	name  string
	order int
	lines []string
	// read is the line that was asked for last, and its number: JSON is often one long one.
	read       []rune
	readNumber int
	// hidden are the parts of lines, by index, that hold secrets.
	hidden map[int][]span
	// isHidden hides every line: a secret is known to be there, but not where.
	isHidden bool
	// shown remembers lines: JSON is often one long one with many problems.
	shown map[int]shownLine
}

// span is a part of a line: columns from 1, the last one excluded.
type span struct{ from, to int }

func newSource(name string, order int, text string) *source {
	src := &source{name: name, order: order, hidden: map[int][]span{}, shown: map[int]shownLine{}}
	src.lines = strings.Split(text, "\n")
	return src
}

var byteOrderMark = []byte("\uFEFF")

// plainText drops a byte order mark and makes every line break a line feed, as YAML says that a reader has to:
// https://yaml.org/spec/1.2.2/#54-line-break-characters
func plainText(data []byte) string {
	text := string(bytes.TrimPrefix(data, byteOrderMark))
	if !strings.Contains(text, "\r") {
		return text
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
}

// rank orders sources; none comes first.
func (s *source) rank() int {
	if s == nil {
		return -1
	}
	return s.order
}

// at gives the place of a character of the text, counted from 0.
func (s *source) at(offset int) place {
	for i, line := range s.lines {
		length := utf8.RuneCountInString(line)
		if offset <= length {
			return place{s, i + 1, offset + 1}
		}
		offset -= length + 1
	}
	return s.end()
}

func (s *source) end() place {
	last := len(s.lines)
	return place{s, last, len(s.line(last)) + 1}
}

// firstBadByte gives the place of the first byte that is no UTF-8.
func (s *source) firstBadByte(text string) place {
	offset := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size <= 1 {
			break
		}
		offset, text = offset+1, text[size:]
	}
	return s.at(offset)
}

// line gives a line by its number; nothing for one that is not there. Nobody may write to it.
func (s *source) line(number int) []rune {
	if number < 1 || number > len(s.lines) {
		return nil
	}
	if number != s.readNumber {
		s.read, s.readNumber = []rune(s.lines[number-1]), number
	}
	return s.read
}

// shownLine is a line as people see it.
type shownLine struct {
	text   []rune
	hidden []span
}

// masked gives a line with what is secret masked, and where the column is then. What is hidden later is shown.
func (s *source) masked(number, column int) ([]rune, int) {
	line, known := s.shown[number]
	if !known {
		line.hidden = s.hiddenSpans(number)
		line.text = mask(s.line(number), line.hidden)
		s.shown[number] = line
	}
	return line.text, maskedColumn(column, line.hidden)
}
