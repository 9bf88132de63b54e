package resolve

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// Names are existing roles and objects, among which a missing one may have a similar name.
type Names struct {
	Roles []string
	// Objects are databases, schemas, and what lies in a schema, or has a name, that the spec uses.
	Objects []catalog.ObjectID
	// Others are relations and types on which nothing can be granted, by schema and name.
	Others map[catalog.ObjectID]Other
}

// Other says what something is that can have the name of an object, and has no privileges.
type Other string

// These words are in the answer of the server, too (queries/names.sql).
const (
	Index         Other = "INDEX"
	Array         Other = "ARRAY"
	OtherRelation Other = "RELATION"
)

// others say what a person can write instead of something on which nothing can be granted.
// https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGES-SUMMARY-TABLE
var others = map[Other]string{
	Index:         "it is an index, on which nothing can be granted: name its table",
	Array:         "it is an array type, on which nothing can be granted: name the type of its elements",
	OtherRelation: "it is a relation of a kind that this pgsr does not know, and leaves alone",
}

// AddOther adds something on which nothing can be granted, if it is one of the words of [Other].
func (n *Names) AddOther(schema, name string, is Other) bool {
	if others[is] == "" {
		return false
	}
	if n.Others == nil {
		n.Others = map[catalog.ObjectID]Other{}
	}
	n.Others[catalog.ObjectID{Schema: schema, Name: name}] = is
	return true
}

// mostComparisons limits how many names are compared in all. That many take about a second.
const mostComparisons = 2_000_000

// mostNearest limits how many of the nearest names are said.
const mostNearest = 3

// Suggest gives what is missing with the nearest names as hints, where there is no better hint yet.
func Suggest(missing []Missing, names Names) []Missing {
	out := slices.Clone(missing)
	comparisons := 0
	for i := range out {
		if comparisons += len(names.Objects) + len(names.Roles); comparisons > mostComparisons && i > 0 {
			break
		}
		if out[i].Hint == "" {
			out[i].Hint = names.hint(out[i])
		}
	}
	return out
}

func (n Names) hint(m Missing) string {
	switch role := cmp.Or(m.Group, m.Creator, m.Member, m.Heir); {
	case role != "":
		return didYouMean(lists.Quoted(spec.Nearest(role, n.Roles)))
	case m.Pattern != "":
		return ""
	case m.Object.Schema != "":
		return n.hintInSchema(m.Object)
	}
	return didYouMean(n.near(m.Object, func(id catalog.ObjectID) (string, bool) { return id.Name, id.Kind == m.Object.Kind }))
}

// hintInSchema gives the first of these that there is: something of this very name on which nothing can be granted,
// objects with a similar name in the schema or with this name in other schemas, or schemas with a similar name.
func (n Names) hintInSchema(wanted catalog.ObjectID) string {
	if is, named := n.Others[catalog.ObjectID{Schema: wanted.Schema, Name: wanted.Name}]; named {
		return others[is]
	}
	beside := n.near(wanted, func(id catalog.ObjectID) (string, bool) { return id.Name, id.Schema == wanted.Schema })
	elsewhere := n.near(wanted, func(id catalog.ObjectID) (string, bool) {
		return id.Schema, id.Name == wanted.Name && id.Schema != wanted.Schema && id.Schema != ""
	})
	if found := slices.Concat(beside, elsewhere); len(found) > 0 {
		return didYouMean(found[:min(len(found), mostNearest)])
	}
	isSchema := func(id catalog.ObjectID) bool { return id.Kind == catalog.Schema && id.Name == wanted.Schema }
	if slices.ContainsFunc(n.Objects, isSchema) {
		return ""
	}
	schema := catalog.ObjectID{Kind: catalog.Schema, Name: wanted.Schema}
	text := "there is no schema " + catalog.QuoteIfNeeded(wanted.Schema)
	if hint := n.hint(Missing{Object: schema}); hint != "" {
		text += ": " + hint
	}
	return text
}

// near writes the objects nearest to the wanted one, those of its kind first. Word gives the name to compare, an
// object's or its schema's, and whether the object counts. An object of another schema counts however different the
// schemas' names are.
func (n Names) near(wanted catalog.ObjectID, word func(catalog.ObjectID) (string, bool)) []string {
	type candidate struct {
		id          catalog.ObjectID
		isOtherKind bool
		distance    int
	}
	var found []candidate
	for _, id := range n.Objects {
		text, counts := word(id)
		if !counts {
			continue
		}
		to, limit := wanted.Name, spec.DistanceLimit(wanted.Name)
		if id.Schema != wanted.Schema {
			to, limit = wanted.Schema, spec.MaxNameBytes
		}
		if d := spec.Distance(to, text, limit); d <= limit {
			found = append(found, candidate{id, id.Kind != wanted.Kind, d})
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(lists.CompareBools(a.isOtherKind, b.isOtherKind), cmp.Compare(a.distance, b.distance), a.id.Compare(b.id))
	})
	return lists.Map(found[:min(len(found), mostNearest)], func(c candidate) string {
		if c.isOtherKind {
			return c.id.String()
		}
		return c.id.NameInWords()
	})
}

func didYouMean(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("did you mean %s?", names[0])
	}
	return "the nearest are " + strings.Join(names, ", ")
}
