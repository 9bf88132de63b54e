package spec

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Of thousands of roles, most are often declared in the same words, each on a line of its own. A large spec is read
// without the lines that say what a line above says, and these are put back: as aliases of what was read there (see
// again.go), or as copies where it is more than lists of texts. A line is only left out right behind a role that is
// whole on its own line, and only if that turns out to have been read as one. The whole is read otherwise, also for
// the sake of its errors.

// leastRepeating is how many bytes a text has in which it is worth while to look for lines that repeat others.
const leastRepeating = 1 << 16

// readWithoutRepeated gives the one document of a text, if it has lines that need not be read; nil otherwise.
func readWithoutRepeated(text string) *yaml.Node {
	body, indent := bodyOfRoles(text)
	if indent == 0 {
		return nil
	}
	less, repeated := withoutRepeated(text, body, indent)
	if len(repeated) == 0 {
		return nil
	}
	read, err := readAtOnce(less)
	if err != nil || len(read) != 1 || !putBack(read[0].Content[0], repeated, indent) {
		return nil
	}
	return read[0]
}

// bodyOfRoles gives where the lines of roles begin in a text, and how far they are indented: 0 if that can not be
// seen, or a line may end the document.
func bodyOfRoles(text string) (body, indent int) {
	const rolesLine = keyRoles + ":\n"
	begin := 0
	if !strings.HasPrefix(text, rolesLine) {
		begin = 1 + strings.Index(text, "\n"+rolesLine)
	}
	if !strings.HasPrefix(text[begin:], rolesLine) || strings.Contains(text, "\n---") || strings.Contains(text, "\n...") || strings.Contains(text, "\n%") {
		return 0, 0
	}
	body = begin + len(rolesLine)
	return body, len(text[body:]) - len(strings.TrimLeft(text[body:], " "))
}

// repeated is a line that was left out.
type repeated struct {
	name string
	// like and behind are lines of what is left: of the role in the same words, and of that behind which it was left
	// out.
	like, behind int
}

// withoutRepeated leaves out those lines of a text that repeat others. Body is where the roles begin, and indent how
// far they are indented.
func withoutRepeated(text string, body, indent int) (less string, out []repeated) {
	var left strings.Builder
	left.Grow(len(text))
	lines := map[string]int{}
	line, isBehindRole := strings.Count(text[:body], "\n"), false
	left.WriteString(text[:body])
	for text := range strings.Lines(text[body:]) {
		name, words, isRole := roleOnLine(text, indent)
		like, isKnown := lines[words]
		if isRole && isKnown && isBehindRole {
			out = append(out, repeated{name, like, line})
			continue
		}
		left.WriteString(text)
		line++
		if isBehindRole = isRole && (isKnown || isWhole(words)); isBehindRole && !isKnown {
			lines[words] = line
		}
	}
	return left.String(), out
}

// roleOnLine gives the name of a role and what stands behind it, where the name is nothing but a name.
func roleOnLine(line string, indent int) (name, words string, is bool) {
	name, words, is = strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
	if !is || len(name) <= indent || strings.TrimLeft(name[:indent], " ") != "" {
		return "", "", false
	}
	name = name[indent:]
	isOrdinary := name[0] > '9' && name[0] != '_' && strings.ContainsAny(name, "_0123456789") // neither a number, nor null, nor yes
	return name, words, isOrdinary && strings.IndexFunc(name, func(c rune) bool { return c > 'z' || !isNameLetter(byte(c)) }) < 0
}

func isNameLetter(c byte) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// isWhole tells whether some words are a mapping in braces, of nothing but plain words, and nothing comes behind it.
func isWhole(words string) bool {
	if !strings.HasPrefix(words, "{") {
		return false
	}
	depth := 0
	for i := range len(words) {
		switch c := words[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i == len(words)-1
			}
		case c == '*' && words[i-1] == '.', isNameLetter(c), strings.IndexByte(" ,.:-", c) >= 0:
		default:
			return false
		}
	}
	return false
}

// putBack adds to the roles of a document those that were left out, and moves what stands below them; false if they
// were none.
func putBack(root *yaml.Node, all []repeated, indent int) bool {
	at := rolesIn(root)
	if at < 0 || !isBlock(root, 1) || !isBlock(root.Content[at], indent+1) {
		return false
	}
	roles := root.Content[at]
	put := putting{all: all, out: make([]*yaml.Node, 0, len(roles.Content)+2*len(all)), read: make(map[int]role, len(roles.Content)/2)}
	for i := 0; i < len(roles.Content); i += 2 {
		put.add(role{name: roles.Content[i], value: roles.Content[i+1], isLists: isLists(roles.Content[i+1])})
	}
	roles.Content = put.out
	for _, below := range root.Content[at+1:] {
		moveDown(below, len(all))
	}
	return put.done == len(all)
}

// rolesIn gives the place of the value of roles, -1 if there is none.
func rolesIn(root *yaml.Node) int {
	if isMapping(root) {
		for i := 0; i+1 < len(root.Content); i += 2 {
			if root.Content[i].Value == keyRoles && isMapping(root.Content[i+1]) {
				return i + 1
			}
		}
	}
	return -1
}

type role struct {
	name, value *yaml.Node
	isLists     bool
}

// putting is how far roles are put back. Read are the roles that were read, by their lines without those left out.
type putting struct {
	all  []repeated
	done int
	out  []*yaml.Node
	read map[int]role
}

// add adds a role that was read, and those that were left out behind it.
func (p *putting) add(r role) {
	line := r.name.Line
	p.read[line] = r
	moveDown(r.name, p.done)
	moveDown(r.value, p.done)
	p.out = append(p.out, r.name, r.value)
	isWhole := isMapping(r.value) && r.value.Style&yaml.FlowStyle != 0 && r.value.Line == r.name.Line
	for ; p.done < len(p.all) && p.all[p.done].behind == line && isWhole; p.done++ {
		like, known := p.read[p.all[p.done].like]
		if !known {
			return
		}
		name := p.all[p.done].name
		right := len(name) - len(like.name.Value)
		first := copied(like.name, line+p.done+1, 0)
		first.Value = name
		second := &yaml.Node{Kind: yaml.AliasNode, Alias: like.value, Line: line + p.done + 1, Column: like.value.Column + right}
		if !like.isLists {
			second = instead(second)
		}
		p.out = append(p.out, first, second)
	}
}

// isLists tells whether a role says nothing but lists of texts, and that it may log in: then there is nothing to
// hide, and nothing that another alias stands for.
func isLists(value *yaml.Node) bool {
	if !isMapping(value) || value.Anchor != "" || hasTag(value) {
		return false
	}
	for key, list := range pairs(value) {
		isLogin := key.Value == keyLogin && isMapping(list) && len(list.Content) == 0
		if !isText(key) || !isLogin && (!isList(list) || !slices.Contains(keysOfLists, key.Value)) {
			return false
		}
		if slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return !isText(n) }) {
			return false
		}
	}
	return true
}

// keysOfLists are what a role has lists of texts of.
var keysOfLists = []string{keyMemberOf, keyGrants, keyDirect, keyOwns, keyPreserve}

// instead copies what an alias stands for to where that stands.
func instead(alias *yaml.Node) *yaml.Node {
	return copied(alias.Alias, alias.Line, alias.Column-alias.Alias.Column)
}

// copied copies what stands on one line to another one, and so far to the right.
func copied(n *yaml.Node, line, right int) *yaml.Node {
	other := *n
	other.Line, other.Column = line, n.Column+right
	if n.Content != nil {
		other.Content = make([]*yaml.Node, len(n.Content))
		for i, child := range n.Content {
			other.Content[i] = copied(child, line, right)
		}
	}
	return &other
}

// isBlock tells whether a node is a mapping without braces, anchor and tag that begins in a column.
func isBlock(n *yaml.Node, column int) bool {
	return isMapping(n) && n.Style&yaml.FlowStyle == 0 && n.Anchor == "" && !hasTag(n) && n.Column == column
}

// moveDown gives a node, and those in it, lines further down.
func moveDown(n *yaml.Node, lines int) {
	n.Line += lines
	for _, child := range n.Content {
		moveDown(child, lines)
	}
}
