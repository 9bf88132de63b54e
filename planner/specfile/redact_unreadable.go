package specfile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"pgsr/planner/spec"
)

// looksSecret tells whether a key names something that should not be shown, also when it is misspelt.
func looksSecret(key string) bool {
	return secretWord.MatchString(key) || namesSecret(key)
}

// namesSecret tells whether a key is one of those that look secret and nothing besides: {password hunter2} has a
// longer one.
func namesSecret(key string) bool {
	const least, most = 6, 12 // letters of what is near to one of the two
	return least <= len(key) && len(key) <= most*utf8.UTFMax && len(spec.Nearest(key, []string{keyPassword, keyVerifier})) > 0
}

var secretWord = regexp.MustCompile(`(?i)pass|pwd|pasw|secret|verifier|scram`)

// hideSuspicious hides what may be a password in a text that cannot be read as YAML. It hides whatever follows a word
// that looks secret, and the lines that may continue it: rather too much than too little.
func (s *source) hideSuspicious() {
	for i := range s.lines {
		line := s.line(i + 1)
		if column := secretColumn(line); column > 0 {
			s.hideSpan(i+1, span{column, len(line) + 1})
			s.hideContinuation(i, string(line[column-1:]))
		}
	}
}

// hideComments hides the comments in lines that are about something secret, or stand below a key that is. Old passwords
// are left behind there.
func (s *source) hideComments() {
	type block struct {
		depth    int
		isSecret bool
	}
	var above []block
	for i := range s.lines {
		line := s.line(i + 1)
		depth := indentation(line)
		if depth == len(line) {
			continue
		}
		for len(above) > 0 && above[len(above)-1].depth >= depth {
			above = above[:len(above)-1]
		}
		isSecret := secretColumn(line) > 0
		if column := commentColumn(line); column > 0 && (isSecret || len(above) > 0 && above[len(above)-1].isSecret) {
			s.hideSpan(i+1, span{column, len(line) + 1})
		}
		above = append(above, block{depth, isSecret})
	}
}

// commentColumn gives where the first comment of a line may begin; 0 if there is none.
func commentColumn(line []rune) int {
	for i := range line {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return i + 1
		}
	}
	return 0
}

// secretColumn gives the column behind the first word of a line that looks secret; 0 if there is none.
func secretColumn(line []rune) int {
	for start := 0; start < len(line); start++ {
		end := start
		for end < len(line) && isKeyLetter(line[end]) {
			end++
		}
		if end > start && looksSecret(string(line[start:end])) {
			return end + 1
		}
		start = end
	}
	return 0
}

func isKeyLetter(r rune) bool { return unicode.IsLetter(r) || r == '_' || r == '-' }

// hideContinuation hides the lines below index that may belong to the secret whose beginning, if any, is in the rest
// of the line.
func (s *source) hideContinuation(index int, rest string) {
	var value openValue
	value.add(afterKey.ReplaceAllString(rest, ""))
	depth := indentation(s.line(index + 1))
	for i := index + 1; i < len(s.lines); i++ {
		line := s.line(i + 1)
		if !value.isOpen() && indentation(line) <= depth && anyKey.MatchString(string(line)) {
			return
		}
		s.hideSpan(i+1, span{1, len(line) + 1})
		value.add(string(line))
	}
}

// afterKey is what stands between a key and its value.
var afterKey = regexp.MustCompile(`\A["']?\s*:?\s*`)

// anyKey is what a line begins with that continues nothing.
var anyKey = regexp.MustCompile(`\A[-\s]*("[^"]*"|'[^']*'|[\pL\d_][\pL\d_ .-]*)\s*:(\s|\z)`)

// openValue counts the quotes and braces that a value has opened and not closed, as far as that can be told without
// reading it as YAML.
type openValue struct {
	begun               bool
	quotes, apostrophes int
	// escaped are the quotes that may have been escaped and may not.
	escaped, braces int
}

func (v *openValue) add(text string) {
	v.begun = v.begun || strings.TrimSpace(text) != ""
	v.quotes += strings.Count(text, `"`)
	v.escaped += strings.Count(text, `\"`)
	v.apostrophes += strings.Count(text, "'")
	v.braces += strings.Count(text, "{") - strings.Count(text, "}")
}

func (v *openValue) isOpen() bool {
	return !v.begun || v.quotes%2 == 1 || (v.quotes-v.escaped)%2 == 1 || v.apostrophes%2 == 1 || v.braces > 0
}

func indentation(line []rune) int {
	for i, r := range line {
		if r != ' ' && r != '\t' {
			return i
		}
	}
	return len(line)
}
