package specfile

import "go.yaml.in/yaml/v4"

// hide keeps the texts in a node out of every message, but for the names of variables and files that hold a password.
func (f *file) hide(n *yaml.Node) {
	if n == nil || f.hidden[n] {
		return
	}
	f.hidden[n] = true
	switch n.Kind {
	case yaml.AliasNode: // a password may begin with & or * or !
		f.hideText(n)
		f.hide(n.Alias)
	case yaml.MappingNode:
		f.hideProperties(n)
		for key, value := range pairs(n) {
			f.hideEntry(key, value)
		}
	case yaml.SequenceNode:
		f.hideProperties(n)
		for _, value := range n.Content {
			f.hide(value)
		}
	case yaml.ScalarNode:
		if f.hideProperties(n); !isNull(n) {
			f.hideText(n)
		}
	}
}

func (f *file) hideEntry(key, value *yaml.Node) {
	name, _ := f.scalarOf(deref(key))
	switch name.text {
	case keyEnv, keyFile:
		return
	case keyVerifier, keyCommand:
	default:
		f.hide(key) // {hunter2} is a mapping too
	}
	f.hide(value)
}

// hideProperties hides the anchor and the tag of a node.
func (f *file) hideProperties(n *yaml.Node) {
	f.source.hide(f.placeAt(n.Line, n.Column), f.placeOf(n))
}

// hideText hides a text or alias, and the comments behind it. If it is not where the library says that it is, no line
// of the file is shown any more.
func (f *file) hideText(n *yaml.Node) {
	c := scanner{f.placeOf(n)}
	if !c.skipScalar(n) {
		f.source.isHidden = true
	}
	c.skipBlank()
	f.source.hide(f.placeOf(n), c.place)
}
