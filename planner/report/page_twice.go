package report

import (
	"slices"
	"strings"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// rank says how closely a change is to be looked at, as its colour on the page.
type rank string

// The ranks, the highest first. Who loses access or login, or comes to be as good as a superuser, is red.
const (
	rankRed   rank = "red"
	rankAmber rank = "amber"
	rankGrey  rank = "grey"
)

var ranks = []rank{rankRed, rankAmber, rankGrey}

func rankOf(m access.Mark) rank {
	switch m.Kind {
	case access.LosesAccess, access.LosesLogin, access.GainsSuperuser, access.ReachesAll, access.GainsCreateRole, access.GainsReplica, access.GainsBypassRLS,
		access.CouldBecome, access.ActsAsOthers:
		return rankRed
	case access.TouchesPublic:
		if does := m.Does(); strings.HasPrefix(does, "loses ") || strings.HasPrefix(does, "will not have ") {
			return rankRed
		}
	case access.OwnershipMoves:
		return rankAmber
	}
	return rankGrey
}

// twice is what needs a second look: cards, and what is too much for cards in a table.
type twice struct {
	Cards []card
	Rows  []card
	// More counts the cards that stand in the table alone, and MoreRows the roles that are not even there.
	More, MoreRows int
}

// card says the same of one or more roles, and in which of several databases it is so.
type card struct {
	Rank       rank
	Kind, Does string
	Roles      []string
	databases  []string
	// Tabled tells that all of the roles stand in the table.
	Tabled bool
}

// mostCards is how many there are of one rank, and mostNames how many roles one names.
const mostCards, mostNames = 12, 6

// lookTwice gathers what needs a second look, of one database or several: what is the same for many roles stands once.
func lookTwice(effects []access.DatabaseEffect) twice {
	var out twice
	all := cardsOf(effects)
	for _, r := range ranks {
		cards := 0
		for _, c := range all {
			if c.Rank != r {
				continue
			}
			cards++
			isCard := cards <= mostCards
			if c.Tabled = !isCard || len(c.Roles) > mostNames+1; c.Tabled {
				row, more := c, 0
				row.Roles, more = cut(c.Roles, mostRows-out.CountRoles())
				out.Rows, out.MoreRows = append(out.Rows, row), out.MoreRows+more
			}
			if isCard {
				out.Cards = append(out.Cards, c)
			} else {
				out.More++
			}
		}
	}
	return out
}

// cardsOf puts together what is the same for several roles.
func cardsOf(effects []access.DatabaseEffect) []card {
	marks, databases := marksIn(effects)
	places := map[string]int{}
	var out []card
	for _, m := range marks {
		c := card{Rank: rankOf(m), Kind: printable(m.Kind), Does: markText(m.Does())}
		if isInDatabase(m.Kind) {
			c.databases = databases[m]
		}
		key := strings.Join(append([]string{c.Kind, c.Does}, c.databases...), "\x00")
		place, isNew := lists.Place(places, key)
		if isNew {
			out = append(out, c)
		}
		out[place].Roles = append(out[place].Roles, catalog.DisplayGrantee(m.Role))
	}
	return out
}

// marksIn gives what needs a second look, each once, and the databases in which it is so.
func marksIn(effects []access.DatabaseEffect) (marks []access.Mark, databases map[access.Mark][]string) {
	databases = map[access.Mark][]string{}
	for _, in := range effects {
		for _, m := range in.Effect.Marks {
			if databases[m] == nil {
				marks = append(marks, m)
			}
			databases[m] = append(databases[m], in.Database)
		}
	}
	return marks, databases
}

// isInDatabase tells of a mark that it is about what lies in a database. Others are about roles, which are of the
// cluster.
func isInDatabase(kind access.MarkKind) bool {
	return slices.Contains([]access.MarkKind{access.LosesAccess, access.TouchesPublic, access.OwnershipMoves, access.ActsAsOthers, access.TiesRows}, kind)
}

// First are the roles that the card names.
func (c card) First() []string {
	if c.Tabled {
		return c.Roles[:min(len(c.Roles), mostNames)]
	}
	return c.Roles
}

// Rest counts the others.
func (c card) Rest() int { return len(c.Roles) - len(c.First()) }

// In says in which databases it is so.
func (c card) In() string {
	named := slices.DeleteFunc(slices.Clone(c.databases), func(name string) bool { return name == "" })
	if len(named) == 0 {
		return ""
	}
	return ", in " + script.ShortList(named, catalog.DisplayName)
}

// CountRoles counts the roles of the table.
func (t twice) CountRoles() int {
	n := 0
	for _, c := range t.Rows {
		n += len(c.Roles)
	}
	return n
}
