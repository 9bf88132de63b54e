package specfile

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// writtenCharacter matches a character of a text as it is written in each style. JSON writes some as two escapes.
// https://yaml.org/spec/1.2.2/#57-escaped-characters
var writtenCharacter = map[yaml.Style]*regexp.Regexp{
	0:                      regexp.MustCompile(`.`),
	yaml.SingleQuotedStyle: regexp.MustCompile(`''|.`),
	yaml.DoubleQuotedStyle: regexp.MustCompile(surrogates.String() + `|\\x..|\\u.{4}|\\U.{8}|\\.|.`),
}

// within gives the place in the file of a character of a text. Where the text has several lines, it is that of the
// text.
func (f *file) within(s scalar, offset int) place {
	one := writtenCharacter[styleOf(s.node)]
	if one == nil || strings.TrimSpace(s.text) == "" {
		return s.at
	}
	at := s.at
	if !s.isPlain() {
		at.column++
	}
	const longest = len(`\uD83D\uDE00`)
	line := f.source.line(at.line)
	rest := line[min(at.column-1, len(line)):min(at.column-1+offset*longest, len(line))]
	written := one.FindAllString(string(rest), offset)
	if len(written) < offset {
		return s.at
	}
	at.column += utf8.RuneCountInString(strings.Join(written, ""))
	return at
}
