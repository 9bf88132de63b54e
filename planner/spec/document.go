package spec

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// document gives the one document of the file; nil if there is none, or it cannot be read, which is noted.
func (f *file) document(text string) ast.Node {
	if !utf8.ValidString(text) {
		f.source.hideSuspicious()
		f.add(f.source.firstBadByte(text), "the file is not UTF-8")
		return nil
	}
	yaml, err := parseYAML(text)
	if err != nil {
		f.source.hideSuspicious()
		f.addSyntaxError(err)
		return nil
	}
	return f.onlyDocument(yaml)
}

var errUnreadable = errors.New("this cannot be read as YAML")

// parseYAML reads the text. The library panics on some texts that are no YAML; duplicate keys we find ourselves, with all others.
func parseYAML(text string) (yaml *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = errUnreadable
		}
	}()
	tokens := lexer.Tokenize(text)
	placed := tokens
	if strings.Contains(text, "\t") {
		// The library loses count at tabs, but not at spaces.
		placed = lexer.Tokenize(strings.ReplaceAll(text, "\t", " "))
	}
	if err := quotesError(text, placed); err != nil {
		return nil, err
	}
	yaml, err = parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	realign(tokens, placed)
	return yaml, err
}

// realign gives tokens the places of the same tokens that were counted right.
func realign(tokens, placed token.Tokens) {
	if len(tokens) != len(placed) {
		return
	}
	for i, tk := range tokens {
		tk.Position = placed[i].Position
	}
}

// What a message of the library cites: texts, and single characters.
var (
	citedText      = regexp.MustCompile(`:?\s*"(\\.|[^"\\])*"`)
	citedCharacter = regexp.MustCompile(`\s*'.*'`)
)

// locatedError is what the errors of the library can say.
type locatedError interface {
	error
	GetToken() *token.Token
	GetMessage() string
}

// addSyntaxError notes what the library says, but nothing that it cites and that may be of a password.
func (f *file) addSyntaxError(err error) {
	at, message := place{f.source, 1, 1}, err.Error()
	var located locatedError
	if errors.As(err, &located) {
		message = located.GetMessage()
		if tk := located.GetToken(); tk != nil {
			at = f.place(tk)
		}
	}
	message = citedText.ReplaceAllString(message, "")
	if f.source.isHidden(at) {
		message = citedCharacter.ReplaceAllString(message, "")
	}
	f.add(at, "not valid YAML: %s", message)
}

func (f *file) onlyDocument(yaml *ast.File) ast.Node {
	var found []*ast.DocumentNode
	for _, doc := range yaml.Docs {
		if _, isDirective := doc.Body.(*ast.DirectiveNode); !isDirective {
			found = append(found, doc)
		}
	}
	if len(found) == 0 || len(found) == 1 && found[0].Body == nil {
		f.source.hideSuspicious() // all of it may be a comment
		f.add(place{f.source, 1, 1}, "the file is empty")
		return nil
	}
	for _, doc := range found[1:] {
		f.add(f.startOf(doc), "a second YAML document begins here: a file holds one spec")
	}
	return found[0].Body
}

func (f *file) startOf(doc *ast.DocumentNode) place {
	switch {
	case doc.Start != nil:
		return f.place(doc.Start)
	case doc.Body != nil:
		return f.placeOf(doc.Body)
	}
	return f.source.end()
}
