package specfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// mapping gives the entries of a node that must be a mapping. The place is where to complain if it is empty.
func (f *file) mapping(n *yaml.Node, at place, what string) ([]entry, bool) {
	node := resolve(n)
	switch {
	case node == nil:
	case isMapping(node):
		return f.entries(node), true
	case isNull(node):
		f.add(at, "%s is empty: it must be a mapping", what)
	default:
		f.add(f.placeOf(node), "%s must be a mapping, not %s", what, describe(node))
	}
	return nil, false
}

// entries gives the entries of a mapping with those that are merged into it. It remembers them where they can be
// asked for again and take long: a few lines of mappings that merge each other several times would else take forever.
func (f *file) entries(m *yaml.Node) []entry {
	if known, ok := f.flat[m]; ok {
		return known
	}
	own := newEntryList(len(m.Content) / 2)
	var merged []*yaml.Node
	for key, value := range pairs(m) {
		if isMerge(key) {
			merged = append(merged, value)
			continue
		}
		name, ok := f.key(key)
		if !ok {
			continue
		}
		e := entry{name: name, at: f.placeOf(key), key: key, value: value}
		if before := own.find(name); before != nil {
			f.add(e.at, "%s stands here twice: first in line %d", f.cite(e), before.at.line)
			e.again = true
		}
		own.add(e)
	}
	f.merge(own, merged)
	if m.Anchor != "" || merged != nil {
		f.flat[m] = own.list
	}
	return own.list
}

// merge adds the entries of other mappings whose keys are not there yet: https://yaml.org/type/merge.html
func (f *file) merge(own *entryList, sources []*yaml.Node) {
	for _, source := range sources {
		for _, m := range f.merged(source) {
			for _, e := range f.entries(m) {
				if e.again || own.find(e.name) != nil {
					continue
				}
				if !f.spend(1, f.placeOf(source)) {
					return
				}
				own.add(e)
			}
		}
	}
}

// merged gives the mappings that << names: one, or a list of them.
func (f *file) merged(n *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	node := resolve(n)
	switch {
	case node == nil:
	case isMapping(node):
		out = append(out, node)
	case isList(node):
		for _, value := range node.Content {
			switch m := resolve(value); {
			case m == nil:
			case isMapping(m):
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
func (f *file) key(n *yaml.Node) (string, bool) {
	node := resolve(n)
	switch {
	case node == nil:
	case isNull(node):
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
func (f *file) list(e entry) *yaml.Node {
	node := resolve(e.value)
	switch {
	case node == nil:
	case isList(node):
		if f.spend(len(node.Content), e.at) {
			return node
		}
	case isNull(node):
		f.add(e.at, "%s is empty: %s", e.name, emptyList(e.name))
	default:
		f.add(f.placeOf(node), "%s must be a list, not %s", e.name, describe(node))
	}
	return &yaml.Node{}
}

// text gives an entry's text as it is written.
func (f *file) text(e entry) (scalar, bool) {
	node := resolve(e.value)
	switch {
	case node == nil:
	case isNull(node):
		f.add(e.at, "%s is empty: %s", e.name, emptyText(e.name))
	default:
		if s, ok := f.scalarOf(node); ok {
			return s, true
		}
		f.add(f.placeOf(node), "%s must be a text, not %s", e.name, describe(node))
	}
	return scalar{}, false
}

// item gives the text of an item of a list.
func (f *file) item(e entry, n *yaml.Node) (scalar, bool) {
	node := resolve(n)
	switch {
	case node == nil:
	case isNull(node):
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
	f.add(e.at, "unknown key %q: %s%s", spec.Shorten(e.name), spec.KnownAre(e.name, known), colonHint(e, known))
}

// colonHint says what is missing from {env:NAME}, which is a key without a value:
// https://yaml.org/spec/1.2.2/#733-plain-style
func colonHint(e entry, known []string) string {
	if before, _, found := strings.Cut(e.name, ":"); found && isNull(resolve(e.value)) && slices.Contains(known, before) {
		return " (a colon needs a space behind it)"
	}
	return ""
}

// cite names a key in a message, unless a password may be in it.
func (f *file) cite(e entry) string {
	if f.hidden[e.key] {
		return "this key"
	}
	return fmt.Sprintf("the key %q", spec.Shorten(e.name))
}

func (f *file) unknownSecret(e entry, known []string) {
	f.hide(e.key)
	f.add(e.at, "unknown key: known are %s%s", strings.Join(known, ", "), colonHint(e, known))
}
