package spec

import (
	"strings"

	"github.com/goccy/go-yaml/token"
)

// quotesError finds what the library misreads between double quotes without a word: a tab makes it skip a character behind
// the quotes, and any characters pass for hexadecimal digits.
func quotesError(text string, tokens token.Tokens) error {
	src := newSource("", 0, text)
	for _, tk := range tokens {
		if tk.Type == token.DoubleQuoteType {
			if err := src.quotedError(tk.Position.Line, tk.Position.Column); err != nil {
				return err
			}
		}
	}
	return nil
}

// quotedError looks at the text that begins with the quote at a place.
func (s *source) quotedError(number, column int) error {
	for ; number <= len(s.lines); number, column = number+1, 0 {
		line := s.line(number)
		for column < len(line) {
			r, length := doubleQuotedCharacter(line[column:])
			switch {
			case r == '"':
				return nil
			case r == '\t':
				return misreadAt(number, column, `a tab between double quotes must be written as \t`)
			case r == unknownCharacter && length > 2 && !isHexadecimal(line[column:], length):
				return misreadAt(number, column, "an escape has to be followed by hexadecimal digits")
			}
			column += length
		}
	}
	return nil
}

// isHexadecimal tells whether an escape of that length has nothing but digits behind its letter.
func isHexadecimal(line []rune, length int) bool {
	digits := string(line[2:min(length, len(line))])
	if length == surrogatesLength {
		digits = strings.Replace(digits, `\u`, "", 1)
	}
	return length <= len(line) && strings.Trim(digits, "0123456789abcdefABCDEF") == ""
}

// misread is an error of a place in a YAML text.
type misread struct {
	at      *token.Token
	message string
}

func misreadAt(line, column int, message string) misread {
	return misread{&token.Token{Position: &token.Position{Line: line, Column: column + 1}}, message}
}

func (m misread) Error() string          { return m.message }
func (m misread) GetToken() *token.Token { return m.at }
func (m misread) GetMessage() string     { return m.message }
