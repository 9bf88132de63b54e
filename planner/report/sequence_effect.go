package report

import (
	"fmt"
	"io"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// EffectLinesIn writes what people gain and lose in the end over several databases, as [EffectLines] does for one: what
// is the same in several stands in one line, with their names. What all databases share has none.
func EffectLinesIn(effects []access.DatabaseEffect, most int) []string {
	total := access.Effect{}
	for _, in := range effects {
		total.Compared = max(total.Compared, in.Effect.Compared)
		total.Gained, total.Lost = total.Gained+in.Effect.Gained, total.Lost+in.Effect.Lost
	}
	out := []string{effectCounts(&total) + ", in " + script.Count(len(effects), "database", "databases")}
	for _, lines := range linesIn(effects) {
		out = append(out, truncated(lines, most)...)
	}
	return out
}

// linesIn gives the lines of each kind: see [linesByKind].
func linesIn(effects []access.DatabaseEffect) [][]string {
	kinds := make([][]databaseLine, numberOfKinds)
	for _, in := range effects {
		for kind, lines := range linesByKind(in.Effect) {
			kinds[kind] = addLines(kinds[kind], lines, catalog.DisplayName(in.Database))
		}
	}
	out := make([][]string, numberOfKinds)
	for kind, lines := range kinds {
		out[kind] = lists.Map(lines, func(l databaseLine) string { return l.in(kind < ofTheCluster) })
	}
	return out
}

// LossLinesIn does for several databases what [LossLines] does for one.
func LossLinesIn(effects []access.DatabaseEffect) []string {
	return slices.Concat(linesIn(lists.Map(effects, func(in access.DatabaseEffect) access.DatabaseEffect {
		return access.DatabaseEffect{Database: in.Database, Effect: losses(in.Effect)}
	}))...)
}

// databaseLine is a line of an effect, and the databases in which it is so.
type databaseLine struct {
	text      string
	databases []string
}

func (l databaseLine) in(names bool) string {
	if !names {
		return l.text
	}
	return l.text + ", in " + script.ShortTexts(l.databases)
}

// ofTheCluster is the first kind of lines that is about what all databases share: of memberships, attributes and roles.
// The kinds before withoutRows are those that the page has rows of, or cards.
const withoutRows, ofTheCluster, numberOfKinds = 3, 6, 9

// linesByKind gives the lines of an effect: what needs a second look, losses, gains, what default privileges will give,
// what may be granted, and ownerships; then memberships, attributes and roles.
func linesByKind(e *access.Effect) [][]string {
	return [][]string{
		markLines(e), rowLines(script.Takes, e.Losses), rowLines(script.Gives, e.Gains), futureLines(e), optionLines(e), ownershipLines(e),
		membershipLines(e), attributeLines(e), roleLines(e),
	}
}

// addLines adds the lines of a database to those that there are.
func addLines(to []databaseLine, lines []string, database string) []databaseLine {
	for _, text := range lines {
		at := slices.IndexFunc(to, func(l databaseLine) bool { return l.text == text })
		if at < 0 {
			to, at = append(to, databaseLine{text: text}), len(to)
		}
		to[at].databases = append(to[at].databases, database)
	}
	return to
}

// WriteEffectIn writes the [EffectLinesIn] for a terminal, in colours if color is true.
func WriteEffectIn(w io.Writer, effects []access.DatabaseEffect, most int, color bool) error {
	return writeEffectLines(w, EffectLinesIn(effects, most), color)
}

// effectIn gives the lines of what it means in the end; none: that is not known.
func (s Sequence) effectIn() []string {
	if len(s.Effects) == 0 {
		return nil
	}
	return EffectLinesIn(s.Effects, mostEffectLines)
}

// takenIn are the changes that take something away, of all steps, each with where it is made.
func (s Sequence) takenIn() []change {
	var out []change
	for i, d := range s.Documents {
		for _, c := range d.taken() {
			c.Text += fmt.Sprintf(", in step %d, database %s", i+1, catalog.DisplayName(d.Server.Database))
			out = append(out, c)
		}
	}
	return out
}

// taken are the changes that take something away, or what people lose by them.
func (d Document) taken() []change {
	if d.speaksOfPeople() {
		return lists.Map(d.people().marked(script.Takes, false), func(line string) change { return change{Mark: script.Takes, Text: line} })
	}
	return lists.Map(script.Takings(d.Statements), d.change)
}

// shown gives the documents as they are after what is said of all of them: what is taken away, and the effect.
func (s Sequence) shown() []Document {
	return lists.Map(s.Documents, func(d Document) Document {
		d.takenIsSaid = true
		if len(s.Effects) > 0 {
			d.heldInStep, d.Effect = d.Effect, nil
		}
		return d
	})
}
