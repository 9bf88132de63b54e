package export

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// phrase is one phrase in the making: what comes before ON, and what after it.
type phrase struct {
	level      grantLevel
	privileges string
	// kinds are the words for kinds of objects; there are several only without names and exceptions.
	kinds []catalog.Kind
	// schemas are those whose objects are all meant, but for except; names are objects. Either of them is given, or
	// neither where it is about objects to come anywhere.
	schemas []string
	except  []catalog.ObjectID
	names   []catalog.ObjectID
	// creators are whose objects to come are meant; all tells whether those that are there are, too.
	creators []string
	all      bool
}

// key is what phrases have in common that differ in one thing, which is given as empty.
func (p *phrase) key(parts ...any) string {
	return fmt.Sprintf("%q", append(parts, p.level, p.privileges, p.creators, p.all))
}

// String writes the phrase.
func (p *phrase) String() string {
	var text strings.Builder
	if p.privileges != "" {
		text.WriteString(p.privileges + " ON ")
	}
	switch {
	case len(p.names) > 0:
		text.WriteString(string(p.kinds[0]) + " " + lists.Join(p.names, catalog.ObjectID.NameInWords))
	default:
		text.WriteString(p.plurals())
	}
	if len(p.except) > 0 {
		text.WriteString(" EXCEPT " + lists.Join(p.except, catalog.ObjectID.NameInWords))
	}
	if len(p.creators) > 0 {
		text.WriteString(" FOR ROLE " + lists.Join(p.creators, catalog.QuoteIfNeeded))
	}
	if p.level == withOption {
		text.WriteString(" WITH GRANT OPTION")
	}
	return text.String()
}

// plurals writes ALL TABLES IN SCHEMA a, or the same of objects to come.
func (p *phrase) plurals() string {
	word := "ALL"
	switch {
	case p.all && len(p.creators) > 0:
		word = "ALL AND FUTURE"
	case len(p.creators) > 0:
		word = "FUTURE"
	}
	text := word + " " + lists.Join(p.kinds, func(k catalog.Kind) string { return k.Info().Plural })
	if len(p.schemas) > 0 {
		text += " IN SCHEMA " + lists.Join(p.schemas, catalog.QuoteIfNeeded)
	}
	return text
}

// compare puts phrases in order: by kind, what is everywhere before what is named, and objects to come at last.
func (p *phrase) compare(other *phrase) int {
	return cmp.Or(
		lists.CompareBools(!p.all && len(p.creators) > 0, !other.all && len(other.creators) > 0),
		slices.Compare(kindNumbers(p.kinds), kindNumbers(other.kinds)),
		lists.CompareBools(len(p.names) > 0, len(other.names) > 0),
		strings.Compare(p.String(), other.String()),
	)
}

// kindNumbers give the order in which kinds are known.
func kindNumbers(kinds []catalog.Kind) []int {
	all, out := catalog.Kinds(), make([]int, len(kinds))
	for i, kind := range kinds {
		out[i] = slices.IndexFunc(all, func(k catalog.KindInfo) bool { return k.Kind == kind })
	}
	return out
}

// words writes privileges: ALL where they are all that the server has for a kind that has several.
func (e *exporter) words(kind catalog.Kind, set privileges) string {
	var words []string
	known := 0
	for _, privilege := range kind.Info().Privileges {
		if e.Server.Defaults[kind].Has(catalog.Owner, privilege) {
			known++
		}
	}
	for _, privilege := range set.each(kind) {
		words = append(words, string(privilege))
	}
	if len(words) > 1 && len(words) == known {
		return "ALL"
	}
	return strings.Join(words, ", ")
}

// joined makes one phrase of those that have all in common but one thing, which merge brings together.
func joined(phrases []*phrase, key func(*phrase) string, merge func(into, from *phrase)) []*phrase {
	var out []*phrase
	first := map[string]*phrase{}
	for _, p := range phrases {
		k := key(p)
		if k == "" || first[k] == nil {
			if out = append(out, p); k != "" {
				first[k] = p
			}
			continue
		}
		merge(first[k], p)
	}
	return out
}

// joinSchemas brings together phrases that are about the same in different schemas, and then about different kinds in
// the same schemas.
func joinSchemas(phrases []*phrase) []*phrase {
	phrases = joined(phrases, func(p *phrase) string {
		if len(p.schemas) == 0 {
			return ""
		}
		return p.key(p.kinds)
	}, func(into, from *phrase) {
		into.schemas = append(into.schemas, from.schemas...)
		into.except = append(into.except, from.except...)
	})
	return joined(phrases, func(p *phrase) string {
		if len(p.names)+len(p.except) > 0 {
			return ""
		}
		return p.key(p.schemas)
	}, func(into, from *phrase) { into.kinds = append(into.kinds, from.kinds...) })
}

// grants gives what a role has by privilege roles.
func (e *exporter) grants(name string) []spec.Grant {
	return e.parsed(name, spec.KeyGrants, e.phrasesOf(&e.holdings[name].viaRoles, nil))
}

// directGrants gives what a role has on ACLs of objects, and by default privileges.
func (e *exporter) directGrants(name string) []spec.Grant {
	return e.parsed(name, spec.KeyDirectGrants, e.phrasesOf(&e.holdings[name].direct, e.futures[name].clone()))
}

// phrasesOf gives the phrases for all that a role has by one way, and for default privileges.
func (e *exporter) phrasesOf(w *way, futures futures) []*phrase {
	left := map[catalog.ObjectID]*byLevel{}
	for id, h := range w.objects {
		must := h.must
		left[id] = &must
	}
	var phrases []*phrase
	for level := withOption; level >= plain; level-- {
		phrases = append(phrases, e.ofSchemas(w, level, left, futures)...)
		phrases = append(phrases, e.ofNames(level, left)...)
	}
	phrases = append(phrases, e.ofColumns(w)...)
	phrases = append(phrases, e.ofFutures(futures)...)
	phrases = joinSchemas(phrases)
	slices.SortFunc(phrases, (*phrase).compare)
	return phrases
}

// ofNames gives the phrases for what is left, each object by name: those with the same privileges share one.
func (e *exporter) ofNames(level grantLevel, left map[catalog.ObjectID]*byLevel) []*phrase {
	type same struct {
		kind catalog.Kind
		set  privileges
	}
	var phrases []*phrase
	known := map[same]*phrase{}
	for _, id := range sortedIDs(left) {
		key := same{id.Kind, left[id][level]}
		if key.set.isEmpty() {
			continue
		}
		left[id].say(level, key.set)
		if known[key] == nil {
			known[key] = &phrase{level: level, privileges: e.words(id.Kind, key.set), kinds: []catalog.Kind{id.Kind}}
			phrases = append(phrases, known[key])
		}
		known[key].names = append(known[key].names, id)
	}
	return phrases
}

func joinNames(phrases []*phrase) []*phrase {
	return joined(phrases, func(p *phrase) string { return p.key(p.kinds) }, func(into, from *phrase) { into.names = append(into.names, from.names...) })
}

func sortedIDs[T any](of map[catalog.ObjectID]T) []catalog.ObjectID {
	return slices.SortedFunc(maps.Keys(of), catalog.ObjectID.Compare)
}

// ofColumns gives the phrases for columns: one for each table, or for tables with the same columns.
func (e *exporter) ofColumns(w *way) []*phrase {
	byTable := map[catalog.ObjectID][]string{}
	for key := range w.columns {
		byTable[key.object] = append(byTable[key.object], key.name)
	}
	var phrases []*phrase
	for _, id := range sortedIDs(byTable) {
		columns := byTable[id]
		slices.Sort(columns)
		for level := withOption; level >= plain; level-- {
			words := columnWords(id, columns, func(name string) privileges {
				must := *w.columns[column{id, name}]
				if level == plain {
					must.say(plain, must[withOption])
				}
				return must[level]
			})
			if words != "" {
				named := id
				named.Kind = catalog.Table // as which columns of sequences are named, too
				phrases = append(phrases, &phrase{level: level, privileges: words, kinds: []catalog.Kind{catalog.Table}, names: []catalog.ObjectID{named}})
			}
		}
	}
	return joinNames(phrases)
}

// columnWords writes SELECT (a, b), UPDATE (b).
func columnWords(id catalog.ObjectID, columns []string, of func(column string) privileges) string {
	var words []string
	for i, privilege := range id.Kind.Info().Privileges {
		var with []string
		for _, name := range columns {
			if of(name).has(setAt(i)) {
				with = append(with, catalog.QuoteIfNeeded(name))
			}
		}
		if len(with) > 0 {
			words = append(words, string(privilege)+" ("+strings.Join(with, ", ")+")")
		}
	}
	return strings.Join(words, ", ")
}
