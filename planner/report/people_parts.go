package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// peoplePart is a heading with the lines of one mark.
type peoplePart struct {
	title string
	mark  script.Mark
	lines []string
}

// parts gives what is taken away, unless that is said elsewhere, what is given, and what is changed: see
// [people.marked].
func (p *people) parts(takenIsSaid, whole bool) []peoplePart {
	var out []peoplePart
	for _, part := range []peoplePart{{title: takenAway, mark: script.Takes}, {title: "Given", mark: script.Gives}, {title: "Changed", mark: script.Changes}} {
		if part.mark == script.Takes && takenIsSaid {
			continue
		}
		if part.lines = p.marked(part.mark, whole); len(part.lines) > 0 {
			out = append(out, part)
		}
	}
	return out
}

// countsOfGiven begins the line that counts what is given.
const countsOfGiven = "gives: "

// LossCounts counts what people lose by some documents together: 2 privileges, 1 login. Empty: nothing, or that is not
// known.
func LossCounts(documents ...Document) string {
	var lost [numberOfSorts]int
	for _, d := range documents {
		if d.held() == nil {
			continue
		}
		for sort, n := range d.people().counts[script.Takes] {
			lost[sort] += n
		}
	}
	return (&people{counts: map[script.Mark][numberOfSorts]int{script.Takes: lost}}).countsOf(script.Takes)
}

// highlights are those of the statements, but for what stands under the first heading anyway, and for their counts:
// what people lose and gain is counted instead.
func (d Document) highlights(means *people) []string {
	lines := slices.DeleteFunc(script.Highlights(d.Statements), func(line string) bool {
		return strings.HasPrefix(line, "takes away: ") || strings.HasPrefix(line, "ends the login of: ") || strings.HasPrefix(line, "takes ownership of ")
	})
	var counts []string
	for _, part := range []struct {
		mark script.Mark
		text string
	}{{script.Takes, "takes away: "}, {script.Gives, countsOfGiven}} {
		if n := means.countsOf(part.mark); n != "" {
			counts = append(counts, part.text+n)
		}
	}
	return append(counts, lines...)
}

// rest says what the statements do beside what they mean for people, and how to see it.
func (d Document) rest(means *people) string {
	text := "Nothing changes for people."
	if len(means.lines) > 0 {
		text = ""
	}
	if plumbing := d.plumbing(means); plumbing != "" {
		text = "Unchanged for people: " + plumbing + "."
	}
	statements := script.Count(len(d.Statements), "statement", "statements")
	if len(d.Parts) > 1 {
		statements += " in " + script.Count(len(d.Parts), "transaction", "transactions")
	}
	return strings.TrimSpace(text + " " + statements + ": --verbose shows each.")
}

// countsOf says how many things of each sort there are: 2 roles, 1 login. Empty: none.
func (p *people) countsOf(mark script.Mark) string {
	var out []string
	for sort, n := range p.counts[mark] {
		if n > 0 {
			out = append(out, script.Count(n, sortNouns[sort][0], sortNouns[sort][1]))
		}
	}
	return strings.Join(out, ", ")
}

// mostPeopleLines is how many lines of each mark are shown. Where there are more, what weighs most comes first, and the
// rest is counted.
const mostPeopleLines = 200

// marked gives the lines with a mark, and says how many are left out: none if all are wanted.
func (p *people) marked(mark script.Mark, whole bool) []string {
	of := lists.Filter(p.lines, func(l peopleLine) bool { return l.mark == mark })
	shown, note := of, ""
	if rest := len(of) - mostPeopleLines; rest > 1 {
		slices.SortStableFunc(of, func(a, b peopleLine) int { return cmp.Compare(a.sort, b.sort) })
		if whole {
			return lists.Map(of, peopleLine.String)
		}
		roles := map[string]bool{}
		for _, l := range of[mostPeopleLines:] {
			for _, role := range l.roles {
				roles[role] = true
			}
		}
		shown = of[:mostPeopleLines]
		note = fmt.Sprintf("and %s more lines, about %s", script.Number(rest), script.Count(len(roles), "role", "roles"))
	}
	out := lists.Map(shown, peopleLine.String)
	if note != "" {
		out = append(out, note)
	}
	return out
}

// plumbing says what of the statements is nothing to people: what they hold in another way than before, privilege roles
// that come and go, and what is had only for the moment. Empty: nothing.
func (d Document) plumbing(means *people) string {
	var created, dropped, administrators, temporary int
	for _, s := range d.Statements {
		switch ch := s.Change.(type) {
		case catalog.CreateRole:
			switch {
			case catalog.IsAdministratorName(ch.Name):
				administrators++
			case catalog.IsOwnRole(ch.Name):
				created++
			}
		case catalog.DropRole:
			if catalog.IsOwnRole(ch.Name) {
				dropped++
			}
		}
		if s.Section.IsTemporary() {
			temporary++
		}
	}
	var out []string
	for _, part := range []struct {
		n                int
		one, many, after string
	}{
		{d.held().Moved, "privilege", "privileges", " held in another way than before"}, {means.grantedAnew, "membership", "memberships", " granted anew"}, {d.momentary(), "privilege", "privileges", " had only for the moment"}, {created, "privilege role", "privilege roles", " created"},
		{dropped, "privilege role", "privilege roles", " dropped"}, {administrators, "administrator role", "administrator roles", " created"},
		{temporary, "statement", "statements", " about temporary memberships"},
	} {
		if part.n > 0 {
			out = append(out, script.Count(part.n, part.one, part.many)+part.after)
		}
	}
	return strings.Join(out, ", ")
}

// momentary counts what statements grant somebody and others revoke again.
func (d Document) momentary() int {
	type row struct {
		on               catalog.Held
		grantee, grantor string
	}
	revoked := map[row]bool{}
	for _, s := range d.Statements {
		if ch, is := s.Change.(catalog.Revoke); is && !ch.OptionOnly {
			for _, grantee := range ch.Grantees {
				for _, privilege := range ch.Privileges {
					revoked[row{catalog.Held{Privilege: privilege, Object: ch.Object, Column: ch.Column}, grantee, ch.Grantor}] = true
				}
			}
		}
	}
	n := 0
	for _, s := range d.Statements {
		if ch, is := s.Change.(catalog.Grant); is && len(revoked) > 0 {
			for _, grantee := range ch.Grantees {
				for _, privilege := range ch.Privileges {
					if revoked[row{catalog.Held{Privilege: privilege, Object: ch.Object, Column: ch.Column}, grantee, ch.Grantor}] {
						n++
					}
				}
			}
		}
	}
	return n
}
