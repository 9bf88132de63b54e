package spec

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// hide keeps the texts in a node out of every message, but for the names of variables and files that hold a password.
func (f *file) hide(n ast.Node) {
	if n == nil || f.hidden[n] {
		return
	}
	f.hidden[n] = true
	switch node := n.(type) {
	case *ast.AnchorNode: // a password may begin with & or * or !
		f.hideTokens(node.Start, node.Name.GetToken())
		f.hide(node.Value)
	case *ast.AliasNode:
		f.hideTokens(node.Start, node.Value.GetToken())
		f.hide(f.aliases[node])
	case *ast.TagNode:
		f.hideTokens(node.Start, node.Start)
		f.hide(node.Value)
	case *ast.MappingKeyNode:
		f.hide(node.Value)
	case *ast.MappingNode:
		for _, entry := range node.Values {
			f.hideEntry(entry)
		}
	case *ast.MappingValueNode:
		f.hideEntry(node)
	case *ast.SequenceNode:
		for _, value := range node.Values {
			f.hide(value)
		}
	case *ast.LiteralNode:
		f.hideTokens(node.Start, node.Value.GetToken())
	case *ast.NullNode:
	default:
		f.hideTokens(n.GetToken(), n.GetToken())
	}
}

func (f *file) hideEntry(entry *ast.MappingValueNode) {
	key, _ := f.scalarOf(f.resolve(entry.Key))
	switch key.text {
	case keyEnv, keyFile:
		return
	case keyVerifier:
	default:
		f.hide(entry.Key) // {hunter2} is a mapping too
	}
	f.hide(entry.Value)
}

// hideTokens hides what is between the beginning of a token and that of the one after another, comments included. If the
// library's places turn out to be wrong, no line of the file is shown any more.
func (f *file) hideTokens(first, last *token.Token) {
	from, to := f.place(first), f.source.end()
	next := last.Next
	for next != nil && (next.Type == token.CommentType || next.Type == token.ImplicitNullType) {
		next = next.Next
	}
	if next != nil {
		to = f.place(next)
	}
	if !f.source.begins(from, first) || next != nil && !f.source.begins(to, next) {
		f.source.dark = true
	}
	f.source.hide(from, to)
}
