package spec

import "github.com/goccy/go-yaml/ast"

// bind finds what each alias below a node stands for, hides what looks like a password, and notes tags.
func (f *file) bind(root ast.Node) {
	b := binder{file: f, anchors: map[string]ast.Node{}}
	b.walk(root)
}

// binder goes through a document in its order, for an alias means the last anchor of its name before it.
type binder struct {
	*file
	// anchors are by name; nil while we are inside of what one names.
	anchors map[string]ast.Node
	// path are the keys that we are below.
	path []string
}

func (b *binder) walk(n ast.Node) {
	switch node := n.(type) {
	case *ast.MappingNode:
		hasSecret := false
		for _, value := range node.Values {
			hasSecret = b.walkEntry(value) || hasSecret
		}
		if hasSecret {
			b.hideLoneKeys(node)
		}
	case *ast.MappingValueNode:
		b.walkEntry(node)
	case *ast.MappingKeyNode:
		b.walk(node.Value)
	case *ast.SequenceNode:
		for _, value := range node.Values {
			b.walk(value)
		}
	case *ast.AnchorNode:
		name := node.Name.GetToken().Value
		b.anchors[name] = nil
		b.walk(node.Value)
		b.anchors[name] = node.Value
	case *ast.AliasNode:
		b.bindAlias(node)
	case *ast.TagNode:
		b.add(b.place(node.Start), "tags are not supported: to have a text, write it in quotes")
		b.walk(node.Value)
	}
}

// walkEntry tells whether the key says that something secret comes.
func (b *binder) walkEntry(entry *ast.MappingValueNode) bool {
	b.walk(entry.Key)
	key, isText := b.scalarOf(b.resolve(entry.Key))
	isRole := len(b.path) == 1 && b.path[0] == keyRoles
	b.path = append(b.path, key.text)
	b.walk(entry.Value)
	b.path = b.path[:len(b.path)-1]
	isSecret := !isRole && looksSecret(key.text)
	if isSecret || !isText {
		b.hide(entry.Value)
	}
	if isSecret && !namesSecret(key.text) {
		b.hide(entry.Key)
	}
	return isSecret
}

// hideLoneKeys hides the keys without a value beside a password: with a comma in it, a part of it looks like one.
func (b *binder) hideLoneKeys(m *ast.MappingNode) {
	for _, entry := range m.Values {
		key, _ := b.scalarOf(b.resolve(entry.Key))
		_, isAlone := entry.Value.(*ast.NullNode)
		if isAlone && !isKnownKey(key.text) {
			b.hide(entry.Key)
		}
	}
}

func (b *binder) bindAlias(alias *ast.AliasNode) {
	name := alias.Value.GetToken().Value
	target, known := b.anchors[name]
	switch { // the name is not shown: it may be a password that begins with *
	case !known:
		b.add(b.placeOf(alias), "there is no anchor of this name before this alias")
	case target == nil:
		b.add(b.placeOf(alias), "the alias refers to what it is a part of")
	default:
		b.aliases[alias] = target
	}
}
