package specfile

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// document gives the one document of the file; nil if there is none, or it cannot be read, which is noted.
func (f *file) document(text string) *yaml.Node {
	if !utf8.ValidString(text) {
		f.source.hideSuspicious()
		f.add(f.source.firstBadByte(text), "%s", encodingProblem(text))
		return nil
	}
	if at, problem, found := f.source.controlProblem(text); found {
		f.source.hideSuspicious()
		f.add(at, "not valid YAML: %s", problem)
		return nil
	}
	documents, err := parseYAML(text)
	if err != nil {
		f.source.hideSuspicious()
		f.addSyntaxError(err)
		return nil
	}
	return f.onlyDocument(documents)
}

// encodingProblem says what to do about a text that is not UTF-8. PowerShell, for one, writes UTF-16 by itself.
// https://www.unicode.org/faq/utf_bom.html#bom4
func encodingProblem(text string) string {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return "the file is UTF-16: save it as UTF-8"
	}
	return "the file is not UTF-8"
}

var errUnreadable = errors.New("this cannot be read as YAML")

// parseYAML reads the documents of a text that has no control characters in it.
func parseYAML(text string) ([]*yaml.Node, error) {
	readable := substitute(text)
	documents, err := readDocuments(readable)
	if err == nil && readable != text {
		restore(documents)
	}
	return documents, err
}

// readDocuments reads the documents of a text. Whatever the library may stumble over, the text was the reason.
func readDocuments(text string) (documents []*yaml.Node, err error) {
	defer func() {
		if recover() != nil {
			documents, err = nil, errUnreadable
		}
	}()
	loader, err := yaml.NewLoader(strings.NewReader(text), yaml.WithPlugin(withoutAliases{}))
	if err != nil {
		return nil, err
	}
	for {
		document := &yaml.Node{}
		switch err := loader.Load(document); {
		case errors.Is(err, io.EOF):
			return documents, nil
		case err != nil:
			return nil, err
		}
		documents = append(documents, document)
	}
}

// withoutAliases leaves aliases as they are. The library would tell only the first that stands for nothing;
// resolveAliases notes all.
type withoutAliases struct{}

// NewAliasDataContext gives what has no state.
func (withoutAliases) NewAliasDataContext(yaml.AliasDataServices) (yaml.AliasDataContext, error) {
	return withoutAliases{}, nil
}

// BeginDocument does nothing.
func (withoutAliases) BeginDocument() error { return nil }

// DefineAnchor does nothing.
func (withoutAliases) DefineAnchor(string, *yaml.Node) error { return nil }

// ResolveAlias gives a node that the library is content with.
func (withoutAliases) ResolveAlias(string) (*yaml.Node, bool, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: nullTag}, true, nil
}

// EndDocument does nothing.
func (withoutAliases) EndDocument() error { return nil }

func (f *file) onlyDocument(documents []*yaml.Node) *yaml.Node {
	if len(documents) == 0 || len(documents) == 1 && isAbsent(documents[0].Content[0]) {
		f.source.hideSuspicious() // all of it may be a comment
		f.add(place{f.source, 1, 1}, "the file is empty")
		return nil
	}
	for _, document := range documents[1:] {
		f.add(f.placeOf(document), "a second YAML document begins here: a file holds one spec")
	}
	return documents[0].Content[0]
}

// controlProblem finds the first character of a text that YAML does not allow, and says where it is and what to write
// instead; false if there is none. https://yaml.org/spec/1.2.2/#51-character-set
func (s *source) controlProblem(text string) (at place, problem string, found bool) {
	offset := strings.IndexFunc(text, isForbidden)
	if offset < 0 {
		return place{}, "", false
	}
	r, _ := utf8.DecodeRuneInString(text[offset:])
	problem = fmt.Sprintf("the character %U is not allowed in YAML: write it as %s between double quotes", r, escapeOf(r))
	return s.at(utf8.RuneCountInString(text[:offset])), problem, true
}

// isForbidden tells whether YAML does not allow a character as it is.
func isForbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r == '\uFFFE' || r == '\uFFFF' || firstStandIn <= r && r <= lastStandIn
}

func escapeOf(r rune) string {
	if r < utf8.RuneSelf {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
