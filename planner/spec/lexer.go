package spec

import (
	"fmt"
	"strings"
	"unicode"
)

// lexeme is a word of a phrase. Words are compared as keywords by [lexeme.is], and are names by [lexeme.name].
type lexeme struct {
	kind lexemeKind
	// text is what a quoted name or a text says, and anything else as it is written.
	text string
	// at counts the characters of the phrase before it.
	at int
}

type lexemeKind int

const (
	endOfPhrase lexemeKind = iota
	word                   // an unquoted name or a keyword
	quotedName             // "..."
	quotedText             // '...'
	symbol                 // any other character
)

// is tells whether it is that keyword, in whatever case.
func (l lexeme) is(keyword string) bool {
	return l.kind == word && strings.EqualFold(l.text, keyword) && isASCII(l.text)
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
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, l.text)
}

// String gives it as it is shown in a message.
func (l lexeme) String() string {
	if l.kind == endOfPhrase {
		return "the end"
	}
	return fmt.Sprintf("%q", shorten(l.text))
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// phraseProblem is something wrong in a phrase, after so many characters.
type phraseProblem struct {
	at      int
	message string
}

// lettersToLexeme is how many characters of a phrase there are to a lexeme, at the least as a rule: in long lists of a.b, say.
const lettersToLexeme = 4

// lex cuts a phrase into words, the last of which is the end. It stops at a quote that is not closed.
func lex(phrase []rune) ([]lexeme, *phraseProblem) {
	out := make([]lexeme, 0, len(phrase)/lettersToLexeme+1)
	for i := 0; i < len(phrase); {
		r := phrase[i]
		switch {
		case isSQLSpace(r):
			i++
		case r == '"' || r == '\'':
			text, end := readQuoted(phrase, i)
			if end < 0 {
				return nil, &phraseProblem{i, fmt.Sprintf("the quote %c is not closed", r)}
			}
			kind := quotedName
			if r == '\'' {
				kind = quotedText
			}
			out = append(out, lexeme{kind, text, i})
			i = end
		case startsWord(r):
			end := i
			for end < len(phrase) && continuesWord(phrase[end]) {
				end++
			}
			out = append(out, lexeme{word, string(phrase[i:end]), i})
			i = end
		default:
			out = append(out, lexeme{symbol, string(r), i})
			i++
		}
	}
	return append(out, lexeme{at: len(phrase)}), nil
}

// readQuoted gives what stands between quotes, a doubled one meaning one, and where it ends; -1 if it does not.
func readQuoted(phrase []rune, start int) (string, int) {
	quote := phrase[start]
	var text strings.Builder
	for i := start + 1; i < len(phrase); i++ {
		if phrase[i] == quote {
			if i+1 == len(phrase) || phrase[i+1] != quote {
				return text.String(), i + 1
			}
			i++
		}
		text.WriteRune(phrase[i])
	}
	return "", -1
}

// isSQLSpace tells what PostgreSQL's scanner takes for white space.
func isSQLSpace(r rune) bool { return strings.ContainsRune(" \t\n\r\f\v", r) }

func startsWord(r rune) bool {
	switch {
	case r <= unicode.MaxASCII:
		return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	case unicode.IsSpace(r), unicode.Is(unicode.Cf, r):
		return false // PostgreSQL takes them for letters, but nobody who pastes one means that
	}
	return true
}

func continuesWord(r rune) bool { return startsWord(r) || '0' <= r && r <= '9' || r == '$' }
