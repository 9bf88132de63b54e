package specfile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// listKey is a list under a key.
type listKey struct {
	list *yaml.Node
	key  string
}

// list gives the items of the list behind a key, each read once however often an alias repeats it: the roles share what
// was read. A list inside of it counts as its items.
func list[T any](f *file, e entry, read func(e entry, list *yaml.Node) []T) []T {
	node := f.expect(e.value, isList, e.name, aList, e.at, emptyList(e.name))
	if node == nil {
		return []T{}
	}
	key := listKey{node, e.name}
	known, isKnown := f.lists[key].([]T)
	if !isKnown {
		known = readRuns(f, e, node, read)
		if f.hasAliases {
			f.lists[key] = known
		}
	}
	if !f.spend(len(known), e.at) {
		return []T{}
	}
	return known
}

// readRuns reads what is in a list, and in lists inside of it.
func readRuns[T any](f *file, e entry, node *yaml.Node, read func(e entry, list *yaml.Node) []T) []T {
	if !slices.ContainsFunc(node.Content, isInner) {
		return read(e, node)
	}
	var parts [][]T
	for _, run := range runsOf(node) {
		inner, part := e, []T(nil)
		if run.isList {
			inner.value, inner.at = run.list, f.placeOf(run.list)
			part = list(f, inner, read)
		} else {
			part = read(e, run.list)
		}
		if !f.copies(len(part), inner.at) {
			return []T{}
		}
		parts = append(parts, part)
	}
	if known := slices.Concat(parts...); known != nil {
		return known
	}
	return []T{}
}

// once reads what stands behind a key once, however often an alias repeats it: the roles share what was read. Each time
// it counts as what it took.
func once[T any](f *file, node *yaml.Node, key string, at place, read func() []T) []T {
	type reading struct {
		items []T
		took  int
	}
	known, isKnown := f.lists[listKey{node, key}].(reading)
	if !isKnown {
		before := f.items
		known.items = slices.Clip(read())
		if known.took = f.items - before; f.hasAliases {
			f.lists[listKey{node, key}] = known
		}
	} else if !f.spend(known.took, at) {
		return []T{}
	}
	return known.items
}

func isInner(n *yaml.Node) bool { return isList(deref(n)) }

// run is a list inside of a list, or as many items that are none as stand one after the other, as a list.
type run struct {
	list   *yaml.Node
	isList bool
}

func runsOf(node *yaml.Node) []run {
	var out []run
	begin := 0
	for i := 0; i <= len(node.Content); i++ {
		isEnd := i == len(node.Content)
		if !isEnd && !isInner(node.Content[i]) {
			continue
		}
		if begin < i {
			part := *node
			part.Content = node.Content[begin:i]
			out = append(out, run{&part, false})
		}
		if !isEnd {
			out = append(out, run{node.Content[i], true})
		}
		begin = i + 1
	}
	return out
}

// listedName is a name that is taken literally, and where it stands.
type listedName struct {
	name string
	at   spec.Position
}

func (f *file) readNames(e entry) ([]string, []spec.Position) {
	all := list(f, e, func(e entry, list *yaml.Node) []listedName {
		var out []listedName
		for _, item := range list.Content {
			if name, ok := f.item(e, item); ok {
				out = append(out, listedName{name.text, name.at.position()})
			}
		}
		return out
	})
	if !f.copies(len(all), e.at) {
		return nil, nil
	}
	names, at := make([]string, 0, len(all)), make([]spec.Position, 0, len(all))
	seen := make(map[string]bool, len(all))
	for _, item := range all {
		if e.name == spec.KeyPreserveInSchemas && seen[item.name] {
			continue // which says the same again
		}
		seen[item.name] = true
		names, at = append(names, item.name), append(at, item.at)
	}
	return names, at
}

func (f *file) readGrants(e entry) []spec.Grant {
	return readPhrases(f, e, f.phrase.Grants, func(g *spec.Grant, at spec.Position) { g.At = at })
}

func (f *file) readOwns(e entry) []spec.Ownership {
	return readPhrases(f, e, f.phrase.Ownerships, func(o *spec.Ownership, at spec.Position) { o.At = at })
}

func (f *file) readIgnore(e entry) []spec.Ignored {
	return readPhrases(f, e, f.phrase.Ignored, func(i *spec.Ignored, at spec.Position) { i.At = at })
}

// reading reads a phrase, and adds what it stands for to others.
type reading[T any] func(text string, out []T) ([]T, []spec.PhraseProblem)

func readPhrases[T any](f *file, e entry, read reading[T], place func(*T, spec.Position)) []T {
	return list(f, e, func(e entry, list *yaml.Node) []T {
		out := make([]T, 0, len(list.Content))
		reads := func(text string) bool { _, problems := read(text, nil); return len(problems) == 0 }
		var failed []failedPhrase
		for i, item := range list.Content {
			phrase, ok := f.phraseItem(e, item, reads)
			if !ok {
				continue
			}
			before := len(out)
			var problems []spec.PhraseProblem
			if out, problems = read(phrase.text, out); len(problems) > 0 {
				failed = append(failed, failedPhrase{i, phrase, problems})
			}
			for at := before; at < len(out); at++ {
				place(&out[at], phrase.at.position())
			}
		}
		if list.Style&yaml.FlowStyle != 0 || len(failed) > 0 {
			f.addPhraseProblems(list, failed, reads)
		}
		return out
	})
}

// phraseItem gives the text of a phrase. One in which a colon made YAML see a mapping is shown as it should be written,
// where it reads as a phrase.
func (f *file) phraseItem(e entry, n *yaml.Node, reads func(string) bool) (scalar, bool) {
	node := deref(n)
	if !isMapping(node) || len(node.Content) != 2 || f.scannerAt(node).peek() == '{' {
		return f.item(e, n)
	}
	key, isText := f.scalarOf(deref(node.Content[0]))
	value, hasValue := f.scalarOf(deref(node.Content[1]))
	if !isText || f.hidden[key.node] || hasValue && f.hidden[value.node] || !hasValue && !isNull(deref(node.Content[1])) {
		return f.item(e, n)
	}
	whole := strings.TrimSuffix(key.text+": "+value.text, ": ")
	advice := "leave the colon out, or write the phrase in quotes"
	if reads(whole) {
		advice = "write it in quotes: " + quoteForYAML(whole)
	}
	f.add(key.at, "a colon made YAML take this phrase for a mapping: %s", advice)
	return scalar{}, false
}
