package specfile

import (
	"encoding/json"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// While the library reads a text, other characters stand for those that it would misread, so that no place moves. They
// are noncharacters, which are for such use: https://www.unicode.org/faq/private_use.html
const (
	firstStandIn = '\uFDD0'
	lastStandIn  = '\uFDD3'
	// escapeStandIn is in the place of the backslashes of two escapes that are one character.
	escapeStandIn = string(lastStandIn)
)

// notBreaks are what the library takes for line breaks, which they are not since YAML 1.2, and their stand-ins:
// https://yaml.org/spec/1.2.2/#54-line-break-characters
var notBreaks = [][2]string{{"\u0085", "\uFDD0"}, {"\u2028", "\uFDD1"}, {"\u2029", "\uFDD2"}}

// JSON writes some characters as two escapes: https://www.rfc-editor.org/rfc/rfc8259#section-7
const high, low = `(u[dD][89abAB][[:xdigit:]]{2})`, `(u[dD][c-fC-F][[:xdigit:]]{2})`

var (
	surrogates         = regexp.MustCompile(`\\` + high + `\\` + low)
	standingSurrogates = regexp.MustCompile(escapeStandIn + high + escapeStandIn + low)
)

func substitute(text string) string {
	for _, r := range notBreaks {
		text = strings.ReplaceAll(text, r[0], r[1])
	}
	if !surrogates.MatchString(text) {
		return text
	}
	return surrogates.ReplaceAllString(text, escapeStandIn+"${1}"+escapeStandIn+"${2}")
}

// restore gives nodes back what was replaced.
func restore(nodes []*yaml.Node) {
	for _, n := range nodes {
		if styleOf(n) == yaml.DoubleQuotedStyle {
			n.Value = standingSurrogates.ReplaceAllStringFunc(n.Value, joinSurrogates)
		}
		n.Value, n.Anchor = original(n.Value), original(n.Anchor)
		restore(n.Content)
	}
}

func original(text string) string {
	for _, r := range notBreaks {
		text = strings.ReplaceAll(text, r[1], r[0])
	}
	return strings.ReplaceAll(text, escapeStandIn, `\`)
}

func joinSurrogates(escapes string) (character string) {
	_ = json.Unmarshal([]byte(`"`+strings.ReplaceAll(escapes, escapeStandIn, `\`)+`"`), &character)
	return character
}
