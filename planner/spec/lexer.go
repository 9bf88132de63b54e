package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"pgsr/planner/catalog"
)

// lexeme is a word, a name, a text or a character of a phrase. A word may be a keyword ([lexeme.is]) or a name
// ([lexeme.name]).
type lexeme struct {
	kind lexemeKind
	// at counts the bytes of the phrase before it.
	at int
	// text is what a quoted name or a text says, and anything else as it is written.
	text string
}

type lexemeKind int

const (
	endOfPhrase lexemeKind = iota
	word                   // an unquoted name or a keyword
	quotedName             // "..."
	quotedText             // '...'
	symbol                 // any other character
)

// is tells whether it is that keyword, in whatever case. The length keeps out letters beyond ASCII that fold to one.
func (l lexeme) is(keyword string) bool {
	return l.kind == word && len(l.text) == len(keyword) && strings.EqualFold(l.text, keyword)
}

func (l lexeme) isSymbol(text string) bool { return l.kind == symbol && l.text == text }

func (l lexeme) isName() bool { return l.kind == word || l.kind == quotedName }

// name gives the name that it stands for: what is not quoted folds to lower case. Only ASCII letters do, as in a
// database whose encoding is UTF-8: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
func (l lexeme) name() string {
	if l.kind == quotedName {
		return l.text
	}
	return strings.Map(func(r rune) rune {
		if isCapital(r) {
			return r + 'a' - 'A'
		}
		return r
	}, l.text)
}

func isCapital(r rune) bool { return 'A' <= r && r <= 'Z' }

// String gives it as it is shown in a message.
func (l lexeme) String() string {
	if l.kind == endOfPhrase {
		return "the end"
	}
	return fmt.Sprintf("%q", Shorten(l.text))
}

// unexpected says that something else has to come in its place.
func (l lexeme) unexpected() string {
	if l.kind == endOfPhrase {
		return "the phrase ends too early"
	}
	return "unexpected " + l.String()
}

// PhraseProblem is something wrong in a phrase, after so many characters.
type PhraseProblem struct {
	At      int
	Message string
}

// lex cuts a phrase, which must be UTF-8, into words that it adds to others, the last of which is the end. It stops
// at a quote that is not closed.
func lex(phrase string, out []lexeme) ([]lexeme, *PhraseProblem) {
	for i := 0; i < len(phrase); {
		r, size := utf8.DecodeRuneInString(phrase[i:])
		switch {
		case isSQLSpace(r):
			i++
		case r == '"' || r == '\'':
			text, end := readQuoted(phrase, i)
			if end < 0 {
				return nil, &PhraseProblem{charactersBefore(phrase, i), fmt.Sprintf("the quote %c is not closed", r)}
			}
			kind := quotedName
			if r == '\'' {
				kind = quotedText
			}
			out = append(out, lexeme{kind, i, text})
			i = end
		case catalog.StartsWord(r):
			end := wordEnd(phrase, i+size)
			out = append(out, lexeme{word, i, phrase[i:end]})
			i = end
		default:
			out = append(out, lexeme{symbol, i, phrase[i : i+size]})
			i += size
		}
	}
	return append(out, lexeme{at: len(phrase)}), nil
}

func charactersBefore(text string, offset int) int { return utf8.RuneCountInString(text[:offset]) }

// wordEnd gives where a word ends of which a part was read.
func wordEnd(phrase string, i int) int {
	for i < len(phrase) {
		r, size := utf8.DecodeRuneInString(phrase[i:])
		if !catalog.ContinuesWord(r) {
			break
		}
		i += size
	}
	return i
}

// readQuoted gives what stands between quotes, a doubled one meaning one, and where it ends; -1 if it does not.
func readQuoted(phrase string, start int) (string, int) {
	quote := phrase[start : start+1]
	for end := start + 1; ; end += 2 {
		length := strings.Index(phrase[end:], quote)
		if length < 0 {
			return "", -1
		}
		if end += length; !strings.HasPrefix(phrase[end+1:], quote) {
			return strings.ReplaceAll(phrase[start+1:end], quote+quote, quote), end + 1
		}
	}
}

// isSQLSpace tells what PostgreSQL's scanner takes for white space.
func isSQLSpace(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }
