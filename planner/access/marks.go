package access

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// mark adds the marks that follow from the rest of the effect, and brings all into order.
func (e *Effect) mark(before, after *catalog.Catalog) {
	add := func(kind MarkKind, role, text string) {
		e.Marks = append(e.Marks, Mark{kind, role, catalog.DisplayGrantee(role) + " " + text})
	}
	e.markLosses(add)
	for _, role := range e.LoseLogin {
		add(LosesLogin, role, "can no longer log in")
	}
	for _, role := range endedLogins(before, after) {
		add(LosesLogin, role, "can no longer log in by its password, which is to have ended")
	}
	for _, role := range e.GainLogin {
		add(GainsLogin, role, "can log in now")
	}
	for _, change := range e.Attributes {
		for _, word := range change.Gained {
			if gained, isMarked := markedAttributes[word]; isMarked {
				add(gained.kind, change.Role, gained.text)
			}
		}
	}
	markReach(before, after, add)
	e.markGains(after, add)
	e.markPublic(add)
	e.markFutures(add)
	e.markOwners(add)
	slices.SortFunc(e.Marks, Mark.compare)
	e.Marks = slices.Compact(e.Marks)
}

// markedAttributes are those that need a second look where a role gains them.
// https://www.postgresql.org/docs/current/role-attributes.html
var markedAttributes = map[catalog.AttributeWord]struct {
	kind MarkKind
	text string
}{
	catalog.Superuser:   {GainsSuperuser, "is a superuser now"},
	catalog.CreateRoles: {GainsCreateRole, "has CREATEROLE now"},
	catalog.Replication: {GainsReplica, "has REPLICATION now: it can copy the whole cluster"},
	catalog.BypassRLS:   {GainsBypassRLS, "has BYPASSRLS now: no row security policy holds for it"},
}

// markOrder has what gives the most first.
var markOrder = []MarkKind{
	GainsSuperuser, ReachesAll, GainsCreateRole, GainsReplica, GainsBypassRLS, CouldBecome, ActsAsOthers, TouchesPublic, LosesLogin, LosesAccess, OwnershipMoves,
	TiesRows, GainsLogin,
}

func (m Mark) compare(other Mark) int {
	return cmp.Or(
		cmp.Compare(slices.Index(markOrder, m.Kind), slices.Index(markOrder, other.Kind)),
		cmp.Compare(m.Role, other.Role),
		cmp.Compare(m.Text, other.Text),
	)
}

// addMark takes what is said of the role, without its name.
type addMark func(kind MarkKind, role, text string)

// mostLosses is how many groups of privileges are named that a role loses.
const mostLosses = 3

// markLosses says which privileges each role loses, and counts them.
func (e *Effect) markLosses(add addMark) {
	type loss struct {
		count, unnamed int
		named          []string
	}
	lost := map[string]*loss{}
	for _, g := range e.Losses {
		text, count := catalog.JoinPrivileges(g.Privileges)+" on "+catalog.DisplayColumn(g.Column)+someObjects(g.Objects), len(g.Privileges)*len(g.Objects)
		for _, role := range g.Roles {
			l := lost[role]
			if l == nil {
				l = &loss{}
				lost[role] = l
			}
			l.count += count
			if len(l.named) < mostLosses {
				l.named = append(l.named, text)
			} else {
				l.unnamed += count
			}
		}
	}
	for role, l := range lost {
		if role == catalog.Public {
			continue
		}
		text := "loses " + lists.Counted(l.count, "privilege", "privileges") + ": " + strings.Join(l.named, "; ")
		if l.unnamed > 0 {
			text += fmt.Sprintf("; and %d more", l.unnamed)
		}
		add(LosesAccess, role, text)
	}
}

// markPublic tells what everybody gains and loses.
func (e *Effect) markPublic(add addMark) {
	for verb, groups := range map[string][]Group{"gains": e.Gains, "loses": e.Losses} {
		for _, g := range groups {
			if g.Roles[0] == catalog.Public {
				add(TouchesPublic, catalog.Public, verb+" "+catalog.JoinPrivileges(g.Privileges)+" on "+someObjects(g.Objects))
			}
		}
	}
}

// apart takes privileges apart that were joined.
func apart(privileges string) []catalog.Privilege {
	return lists.Map(strings.Split(privileges, ", "), func(word string) catalog.Privilege { return catalog.Privilege(word) })
}

// markOwners tells what moves, but for what is new.
func (e *Effect) markOwners(add addMark) {
	for _, o := range e.Ownerships {
		switch {
		case o.From == "":
		case o.To == "":
			add(OwnershipMoves, o.From, "loses "+someObjects(o.Objects)+", which is dropped")
		default:
			add(OwnershipMoves, o.To, "owns "+someObjects(o.Objects)+" instead of "+catalog.DisplayName(o.From))
		}
	}
}

// someObjects names the first object and counts the rest.
func someObjects(objects []catalog.ObjectID) string {
	text := catalog.DisplayObject(objects[0])
	if len(objects) > 1 {
		text += fmt.Sprintf(" and %d more", len(objects)-1)
	}
	return text
}

// Does gives what a mark says of its role, without the role's name: many roles of which the same is said can be told
// together.
func (m Mark) Does() string { return strings.TrimPrefix(m.Text, catalog.DisplayGrantee(m.Role)+" ") }
