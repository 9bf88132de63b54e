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

// expect gives what a node stands for, if it is of a kind. Else it notes what it is, or at the given place that it is
// empty, and gives nil.
func (f *file) expect(n *yaml.Node, is func(*yaml.Node) bool, what, kind string, at place, empty string) *yaml.Node {
	node := deref(n)
	switch {
	case node == nil:
	case is(node):
		return node
	case isNull(node):
		f.add(at, "%s is empty%s", what, empty)
	default:
		advice := ""
		if kind == aList && isText(node) {
			advice = ": write a line for each below it, which begins with -"
		}
		f.add(f.placeOf(node), "%s must be %s, not %s%s", what, kind, describe(node), advice)
	}
	return nil
}

// mapping gives the entries of a node that must be a mapping. The place is where to complain if it is empty.
func (f *file) mapping(n *yaml.Node, at place, what string) ([]entry, bool) {
	node := f.expect(n, isMapping, what, "a mapping", at, ": it must be a mapping")
	if node == nil {
		return nil, false
	}
	return f.entries(node), true
}

// entries gives the entries of a mapping with those that are merged into it. It remembers them where they can be
// asked for again and take long: a few lines of mappings that merge each other several times would else take forever.
func (f *file) entries(m *yaml.Node) []entry {
	if known, ok := f.flat[m]; ok {
		return known
	}
	out, first := make([]entry, 0, len(m.Content)/2), make(map[string]place, len(m.Content)/2)
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
		if before, known := first[name]; known {
			f.add(e.at, "%s stands here twice: first in line %d", f.cite(e), before.line)
			e.isRepeated = true
		} else {
			first[name] = e.at
		}
		out = append(out, e)
	}
	out = f.merge(out, first, merged)
	if m.Anchor != "" || merged != nil {
		f.flat[m] = out
	}
	return out
}

// merge adds the entries of other mappings whose keys are not there yet: https://yaml.org/type/merge.html
func (f *file) merge(own []entry, first map[string]place, sources []*yaml.Node) []entry {
	for _, source := range sources {
		for _, m := range f.merged(source) {
			for _, e := range f.entries(m) {
				if _, known := first[e.name]; known {
					continue
				}
				if !f.copies(1, f.placeOf(source)) {
					return own
				}
				first[e.name] = e.at
				own = append(own, e)
			}
		}
	}
	return own
}

// merged gives the mappings that << names: one, or a list of them.
func (f *file) merged(n *yaml.Node) []*yaml.Node {
	list, problem := []*yaml.Node{n}, "<< merges a mapping or a list of mappings, not %s"
	if node := deref(n); isList(node) {
		list, problem = node.Content, "<< merges mappings, not %s"
	}
	var out []*yaml.Node
	for _, value := range list {
		switch m := deref(value); {
		case m == nil:
		case isMapping(m):
			out = append(out, m)
		default:
			f.add(f.placeOf(m), problem, describe(m))
		}
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
	case isText(node):
		return node.Value, true
	default:
		f.add(f.placeOf(n), "a key must be a text, not %s", describe(node))
	}
	return "", false
}

// text gives an entry's text as it is written.
func (f *file) text(e entry) (scalar, bool) {
	return f.scalarOf(f.expect(e.value, isText, e.name, "a text", e.at, emptyText(e.name)))
}

// item gives the text of an item of a list.
func (f *file) item(e entry, n *yaml.Node) (scalar, bool) {
	if s, ok := f.scalarOf(deref(n)); ok {
		return s, true
	}
	f.expect(n, isText, "an item of "+e.name, "a text", f.placeOf(n), " (null and ~ are no texts unless quoted)")
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
	switch key {
	case spec.KeyOwns:
		return ": write owns: [] for no schema and no table; leave the key out to keep what the role owns"
	case spec.KeyAttributes:
		return ": write attributes: [] for those of a new role; leave the key out to keep those that the role has"
	case spec.KeyMembers:
		return ": write members: [] for no members outside the spec; leave the key out to keep those that the role has"
	}
	return ": write " + key + ": [] for nothing; to leave the key out says the same"
}

// emptyText says the same of one that is to have a text.
func emptyText(key string) string {
	switch key {
	case spec.KeyComment:
		return `: write comment: "" for none; leave the key out to keep the comment that the role has`
	case keyMissing:
		return ": write missing: warn to go on without what does not exist; missing: refuse, or to leave the key out, refuses"
	case keyRole:
		return ": write the name of a role"
	case keyValidUntil:
		return ": write valid_until: never for no end; leave the key out to keep the end that the password has"
	}
	return ": it must be a text"
}
