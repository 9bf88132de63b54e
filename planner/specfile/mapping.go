package specfile

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// entry is a key of a mapping and what stands behind it.
type entry struct {
	name       string
	at         place
	key, value *yaml.Node
	// isRepeated marks a key that stands there before.
	isRepeated bool
}

// entryList holds the entries of a mapping in their order.
type entryList struct {
	list []entry
	// first gives the place of the first entry of each name; nil where there are few, which are found sooner without.
	first map[string]int
}

// newEntryList gives an empty list with room for some entries.
func newEntryList(room int, isLarge bool) *entryList {
	l := &entryList{list: make([]entry, 0, room)}
	if isLarge {
		l.first = make(map[string]int, room)
	}
	return l
}

// find gives the place of the first entry of a name; -1 if there is none.
func (l *entryList) find(name string) int {
	if l.first == nil {
		return slices.IndexFunc(l.list, func(e entry) bool { return e.name == name })
	}
	if i, known := l.first[name]; known {
		return i
	}
	return -1
}

func (l *entryList) add(e entry) {
	if l.first != nil && !e.isRepeated {
		l.first[e.name] = len(l.list)
	}
	l.list = append(l.list, e)
}

// mapping gives the entries of a node that must be a mapping. The place is where to complain if it is empty.
func (f *file) mapping(n *yaml.Node, at place, what string) ([]entry, bool) {
	node := deref(n)
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
	const few = 8
	isMerging := slices.ContainsFunc(m.Content, isMerge)
	own := newEntryList(len(m.Content)/2, isMerging || len(m.Content) > 2*few)
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
		if before := own.find(name); before >= 0 {
			f.add(e.at, "%s stands here twice: first in line %d", f.cite(e), own.list[before].at.line)
			e.isRepeated = true
		}
		own.add(e)
	}
	f.merge(own, merged)
	if m.Anchor != "" || isMerging {
		f.flat[m] = own.list
	}
	return own.list
}

// merge adds the entries of other mappings whose keys are not there yet: https://yaml.org/type/merge.html
func (f *file) merge(own *entryList, sources []*yaml.Node) {
	for _, source := range sources {
		for _, m := range f.merged(source) {
			for _, e := range f.entries(m) {
				if e.isRepeated || own.find(e.name) >= 0 {
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
	node := deref(n)
	switch {
	case node == nil:
	case isMapping(node):
		out = append(out, node)
	case isList(node):
		for _, value := range node.Content {
			switch m := deref(value); {
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
	node := deref(n)
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
	node := deref(e.value)
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
	node := deref(e.value)
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
	node := deref(n)
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
	if before, _, found := strings.Cut(e.name, ":"); found && isNull(deref(e.value)) && slices.Contains(known, before) {
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

// emptyList says what to write instead of a key without a value that is to have a list, for each thing that may have
// been meant.
func emptyList(key string) string {
	if key == spec.KeyOwns {
		return "write owns: [] for no schema and no table; leave the key out to keep what the role owns"
	}
	return "write " + key + ": [] for nothing; to leave the key out says the same"
}

// emptyText says the same of one that is to have a text.
func emptyText(key string) string {
	switch key {
	case spec.KeyComment:
		return `write comment: "" for none; leave the key out to keep the comment that the role has`
	case keyMissing:
		return "write missing: warn to go on without what does not exist; missing: refuse, or to leave the key out, refuses"
	case keyValidUntil:
		return "write valid_until: never for no end; leave the key out to keep the end that the password has"
	}
	return "it must be a text"
}
