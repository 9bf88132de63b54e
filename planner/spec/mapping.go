package spec

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// entry is a key of a mapping and what stands behind it.
type entry struct {
	name       string
	at         place
	key, value ast.Node
	// again marks a key that stands there before.
	again bool
}

// mapping gives the entries of a node that must be a mapping. The place is where to complain if it is empty.
func (f *file) mapping(n ast.Node, at place, what string) ([]entry, bool) {
	switch node := f.resolve(n).(type) {
	case nil:
		return nil, false
	case *ast.MappingNode:
		return f.entries(node), true
	case *ast.NullNode:
		f.add(at, "%s is empty: it must be a mapping", what)
	default:
		f.add(f.placeOf(node), "%s must be a mapping, not %s", what, describe(node))
	}
	return nil, false
}

// entries gives the entries of a mapping with those that are merged into it. It remembers them: a few lines of mappings that
// merge each other several times would else take forever.
func (f *file) entries(m *ast.MappingNode) []entry {
	if known, ok := f.flat[m]; ok {
		return known
	}
	var own []entry
	var merged []ast.Node
	first := map[string]place{}
	for _, value := range m.Values {
		if _, isMerge := value.Key.(*ast.MergeKeyNode); isMerge {
			merged = append(merged, value.Value)
			continue
		}
		name, ok := f.key(value.Key)
		if !ok {
			continue
		}
		e := entry{name: name, at: f.placeOf(value.Key), key: value.Key, value: value.Value}
		if before, known := first[name]; known {
			f.add(e.at, "%s stands here twice: first in line %d", f.cite(e), before.line)
			e.again = true
		} else {
			first[name] = e.at
		}
		own = append(own, e)
	}
	f.flat[m] = f.merge(own, first, merged)
	return f.flat[m]
}

// merge adds the entries of other mappings whose keys are not there yet: https://yaml.org/type/merge.html
func (f *file) merge(own []entry, known map[string]place, sources []ast.Node) []entry {
	for _, source := range sources {
		for _, m := range f.merged(source) {
			for _, e := range f.entries(m) {
				if _, taken := known[e.name]; !taken && !e.again {
					known[e.name] = e.at
					own = append(own, e)
				}
			}
		}
	}
	return own
}

// merged gives the mappings that << names: one, or a list of them.
func (f *file) merged(n ast.Node) []*ast.MappingNode {
	var out []*ast.MappingNode
	switch node := f.resolve(n).(type) {
	case nil:
	case *ast.MappingNode:
		out = append(out, node)
	case *ast.SequenceNode:
		for _, value := range node.Values {
			switch m := f.resolve(value).(type) {
			case nil:
			case *ast.MappingNode:
				out = append(out, m)
			default:
				f.add(f.placeOf(m), "<< merges mappings, not %s", describe(m))
			}
		}
	default:
		f.add(f.placeOf(node), "<< merges a mapping or a list of mappings, not %s", describe(node))
	}
	return out
}

// key gives a key as it is written.
func (f *file) key(n ast.Node) (string, bool) {
	switch node := f.resolve(n).(type) {
	case nil:
	case *ast.NullNode:
		f.add(f.placeOf(n), `a name is missing (null and ~ are no names unless quoted: "null")`)
	default:
		if key, ok := f.scalarOf(node); ok {
			return key.text, true
		}
		f.add(f.placeOf(n), "a key must be a text, not %s", describe(node))
	}
	return "", false
}

// list gives the items of a node that must be a list.
func (f *file) list(e entry) *ast.SequenceNode {
	switch node := f.resolve(e.value).(type) {
	case nil:
	case *ast.SequenceNode:
		return node
	case *ast.NullNode:
		f.add(e.at, "%s is empty: it must be a list; leave the key out if there is nothing to list", e.name)
	default:
		f.add(f.placeOf(node), "%s must be a list, not %s", e.name, describe(node))
	}
	return &ast.SequenceNode{BaseNode: &ast.BaseNode{}}
}

// text gives an entry's text as it is written.
func (f *file) text(e entry) (scalar, bool) {
	switch node := f.resolve(e.value).(type) {
	case nil:
	case *ast.NullNode:
		f.add(e.at, "%s is empty: it must be a text", e.name)
	default:
		if s, ok := f.scalarOf(node); ok {
			return s, true
		}
		f.add(f.placeOf(node), "%s must be a text, not %s", e.name, describe(node))
	}
	return scalar{}, false
}

// item gives the text of an item of a list.
func (f *file) item(e entry, n ast.Node) (scalar, bool) {
	switch node := f.resolve(n).(type) {
	case nil:
	case *ast.NullNode:
		f.add(f.placeOf(n), "an item of %s is empty (null and ~ are no texts unless quoted)", e.name)
	default:
		if s, ok := f.scalarOf(node); ok {
			return s, true
		}
		f.add(f.placeOf(node), "an item of %s must be a text, not %s", e.name, describe(node))
	}
	return scalar{}, false
}

// unknown notes a key that means nothing here, and shows it unless a password may be in it.
func (f *file) unknown(e entry, known []string) {
	if f.hidden[e.key] {
		f.unknownSecret(e, known)
		return
	}
	f.add(e.at, "unknown key %q: %s", shorten(e.name), knownAre(e.name, known))
}

// cite names a key in a message, unless a password may be in it.
func (f *file) cite(e entry) string {
	if f.hidden[e.key] {
		return "this key"
	}
	return fmt.Sprintf("the key %q", shorten(e.name))
}

func (f *file) unknownSecret(e entry, known []string) {
	f.hide(e.key)
	f.add(e.at, "unknown key: known are %s", strings.Join(known, ", "))
}
