package specfile

import "go.yaml.in/yaml/v4"

// resolveAliases finds what each alias below a node stands for. On the way it hides what looks like a password, and
// notes tags.
func (f *file) resolveAliases(root *yaml.Node) {
	b := aliasWalker{file: f, anchors: map[string]*yaml.Node{}, secret: map[string]bool{}}
	b.walk(root)
}

// aliasWalker goes through a document in its order, for an alias means the last anchor of its name before it.
type aliasWalker struct {
	*file
	// anchors are by name; nil while we are inside of what one names.
	anchors map[string]*yaml.Node
	// path are the keys that we are below.
	path []string
	// secret remembers which keys look secret: there are few, but each role has them.
	secret map[string]bool
}

func (b *aliasWalker) walk(n *yaml.Node) {
	if hasTag(n) {
		b.noteTag(n)
	}
	if n.Anchor != "" {
		b.anchors[n.Anchor] = nil
		defer func() { b.anchors[n.Anchor] = n }()
	}
	switch n.Kind {
	case yaml.MappingNode:
		b.walkMapping(n)
	case yaml.SequenceNode:
		for _, value := range n.Content {
			b.walk(value)
		}
	case yaml.AliasNode:
		b.resolveAlias(n)
	}
}

func (b *aliasWalker) noteTag(n *yaml.Node) {
	c := b.scannerAt(n)
	if c.peek() == '&' {
		c.skip(1 + len([]rune(n.Anchor)))
		c.skipBlank()
	}
	b.add(c.place, "tags are not supported: to have a text, write it in quotes")
}

func (b *aliasWalker) walkMapping(m *yaml.Node) {
	hasSecret := false
	for key, value := range pairs(m) {
		hasSecret = b.walkEntry(key, value) || hasSecret
	}
	if hasSecret {
		b.hideLoneKeys(m)
	}
}

// walkEntry tells whether the key says that something secret comes.
func (b *aliasWalker) walkEntry(key, value *yaml.Node) bool {
	b.walk(key)
	name, isText := b.scalarOf(deref(key))
	isRole := len(b.path) == 1 && b.path[0] == keyRoles
	b.path = append(b.path, name.text)
	b.walk(value)
	b.path = b.path[:len(b.path)-1]
	isSecret := !isRole && b.looksSecret(name.text)
	if isSecret || !isText {
		b.hide(value)
	}
	if isSecret && !namesSecret(name.text) {
		b.hide(key)
	}
	return isSecret
}

func (b *aliasWalker) looksSecret(key string) bool {
	isSecret, known := b.secret[key]
	if !known {
		isSecret = looksSecret(key)
		b.secret[key] = isSecret
	}
	return isSecret
}

// hideLoneKeys hides the keys without a value beside a password: a part of a password with a comma in it looks like
// one.
func (b *aliasWalker) hideLoneKeys(m *yaml.Node) {
	for key, value := range pairs(m) {
		name, _ := b.scalarOf(deref(key))
		if isNull(value) && !isKnownKey(name.text) {
			b.hide(key)
		}
	}
}

func (b *aliasWalker) resolveAlias(alias *yaml.Node) {
	target, known := b.anchors[alias.Value]
	alias.Alias, b.hasAliases = target, true
	switch { // the name is not shown: it may be a password that begins with *
	case !known:
		b.add(b.placeOf(alias), "there is no anchor of this name before this alias")
	case target == nil:
		b.add(b.placeOf(alias), "the alias refers to what it is a part of")
	}
}
