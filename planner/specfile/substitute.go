package specfile

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v4"
)

// substitution replaces characters while the library reads a text, because it would misread them. It takes some for
// line breaks that are none since YAML 1.2: https://yaml.org/spec/1.2.2/#54-line-break-characters It does not know
// that JSON writes some as two escapes: https://www.rfc-editor.org/rfc/rfc8259#section-7
type substitution struct {
	replaced []replaced
	// backslash stands for those of the two escapes; 0 if there are none.
	backslash rune
}

// replaced is a character, and the one that stands for it.
type replaced struct{ original, name rune }

// notBreaks are next line, line separator and paragraph separator.
var notBreaks = []rune{'\u0085', '\u2028', '\u2029'}

var surrogates = regexp.MustCompile(`\\(u[dD][89abAB][[:xdigit:]]{2})\\(u[dD][c-fC-F][[:xdigit:]]{2})`)

// substitute replaces what would be misread, each character by one that is in no way in the text, so that no place
// moves. Few texts have any.
func substitute(text string) (string, substitution) {
	var c substitution
	next := unused(text)
	for _, r := range notBreaks {
		if strings.ContainsRune(text, r) {
			c.replaced = append(c.replaced, replaced{r, next()})
		}
	}
	if strings.Contains(text, `\u`) && surrogates.MatchString(text) {
		c.backslash = next()
		text = surrogates.ReplaceAllString(text, string(c.backslash)+"${1}"+string(c.backslash)+"${2}")
	}
	for _, r := range c.replaced {
		text = strings.ReplaceAll(text, string(r.original), string(r.name))
	}
	return text, c
}

// firstPrivate begins the characters that mean nothing to anybody: https://www.unicode.org/faq/private_use.html
const firstPrivate = '\U000F0000'

var privateEscape = regexp.MustCompile(`\\U00(0[fF]|10)[[:xdigit:]]{4}`)

// unused gives one character after another that is not in a text, nor is its escape. There are more of them than any
// spec uses up.
func unused(text string) func() rune {
	var used map[rune]bool
	r := firstPrivate - 1
	return func() rune {
		if used == nil {
			used = privateIn(text)
		}
		for r++; used[r]; r++ {
		}
		return r
	}
}

func privateIn(text string) map[rune]bool {
	used := map[rune]bool{}
	for _, r := range text {
		if r >= firstPrivate {
			used[r] = true
		}
	}
	for _, escape := range privateEscape.FindAllString(text, -1) {
		code, _ := strconv.ParseInt(escape[len(`\U`):], 16, 32)
		used[rune(code)] = true
	}
	return used
}

// restore gives the nodes of a document back what was replaced.
func (c substitution) restore(n *yaml.Node) {
	if len(c.replaced) == 0 && c.backslash == 0 {
		return
	}
	n.Value, n.Anchor = c.original(n.Value, styleOf(n)), c.original(n.Anchor, 0)
	for _, child := range n.Content {
		c.restore(child)
	}
}

func (c substitution) original(text string, style yaml.Style) string {
	for _, r := range c.replaced {
		text = strings.ReplaceAll(text, string(r.name), string(r.original))
	}
	switch {
	case c.backslash == 0:
		return text
	case style == yaml.DoubleQuotedStyle:
		return joinSurrogates(strings.Split(text, string(c.backslash)))
	}
	return strings.ReplaceAll(text, string(c.backslash), `\`)
}

// joinSurrogates joins what stands around backslashes, of which each pair is that of one character: uD83D and uDE00,
// say.
func joinSurrogates(parts []string) string {
	const length = len("uD83D")
	text := parts[0]
	for i := 1; i+1 < len(parts); i += 2 {
		high, _ := strconv.ParseUint(parts[i][1:length], 16, 16)
		low, _ := strconv.ParseUint(parts[i+1][1:length], 16, 16)
		text += string(utf16.DecodeRune(rune(high), rune(low))) + parts[i+1][length:]
	}
	return text
}
