package script

import (
	"fmt"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// mostHighlighted is how many names a line has at most.
const mostHighlighted = 20

// Highlights gives lines for what people should see first in a plan: how much it takes away, who gets attributes that
// are as good as everything, whose login it ends, from whom it takes ownership, and what PUBLIC gets or loses.
func Highlights(statements []Statement) []string {
	h := highlights{given: map[catalog.AttributeWord][]string{}, taken: map[string][]string{}}
	for _, s := range withoutFuturesOfDropped(statements) {
		h.note(s)
	}
	var lines []string
	if counts := TakingCounts(statements); counts != "" {
		lines = append(lines, "takes away: "+counts)
	}
	return slices.Concat(lines, h.attributeLines(), h.loginLines(), h.ownershipLines(), h.everyoneLines())
}

// highlights gathers what the statements of a plan do that people should see first.
type highlights struct {
	// given are the roles that get a powerful attribute, logins those whose login ends.
	given  map[catalog.AttributeWord][]string
	logins []string
	// taken are the objects that get another owner, by the owner before; empty: no role.
	taken    map[string][]string
	everyone []string
}

func (h *highlights) note(s Statement) {
	switch ch := s.Change.(type) {
	case catalog.CreateRole:
		h.noteAttributes(ch.Name, ch.With.Attributes)
	case catalog.AlterRole:
		h.noteAttributes(ch.Name, ch.Attributes)
		if ch.Login != nil && !*ch.Login {
			h.logins = append(h.logins, catalog.DisplayName(ch.Name))
		}
	case catalog.SetOwner:
		h.taken[ch.From] = append(h.taken[ch.From], setOwner(ch).displayObject())
	case catalog.Grant:
		h.noteEveryone("gives", ch.Grantees, displayPrivilegesOn(ch.Privileges, ch.OnColumns(), ch.Object))
	case catalog.Revoke:
		if !s.IsPrecaution() {
			h.noteEveryone("takes from", ch.Grantees, displayPrivilegesOn(ch.Privileges, ch.OnColumns(), ch.Object))
		}
	case catalog.GrantDefault:
		h.noteEveryone("gives", ch.Grantees, displayPrivileges(ch.Privileges)+" on "+catalog.DisplayFuture(ch.Future))
	case catalog.RevokeDefault:
		h.noteEveryone("takes from", ch.Grantees, displayPrivileges(ch.Privileges)+" on "+catalog.DisplayFuture(ch.Future))
	}
}

// powerful are the attributes that let a role do everything, or read everything, or become others.
var powerful = []catalog.AttributeWord{catalog.Superuser, catalog.CreateRoles, catalog.Replication, catalog.BypassRLS}

func (h *highlights) noteAttributes(role string, changes catalog.AttributeChanges) {
	changes.Each(func(word catalog.AttributeWord, yes bool) {
		if yes && slices.Contains(powerful, word) {
			h.given[word] = append(h.given[word], catalog.DisplayName(role))
		}
	})
}

// noteEveryone notes what PUBLIC gets or loses.
func (h *highlights) noteEveryone(verb string, grantees []string, what string) {
	if slices.Contains(grantees, catalog.Public) {
		h.everyone = append(h.everyone, verb+" everyone (PUBLIC): "+what)
	}
}

func (h *highlights) attributeLines() []string {
	var lines []string
	for _, word := range powerful {
		if len(h.given[word]) > 0 {
			lines = append(lines, "gives "+string(word)+" to: "+firstOf(h.given[word]))
		}
	}
	return lines
}

func (h *highlights) loginLines() []string {
	if len(h.logins) == 0 {
		return nil
	}
	return []string{"ends the login of: " + firstOf(h.logins)}
}

func (h *highlights) ownershipLines() []string {
	return lists.Map(slices.Sorted(maps.Keys(h.taken)), func(owner string) string {
		line := "takes ownership of " + firstOf(h.taken[owner])
		if owner != "" {
			line += " from " + catalog.DisplayName(owner)
		}
		return line
	})
}

func (h *highlights) everyoneLines() []string {
	if more := len(h.everyone) - mostHighlighted; more > 0 {
		return append(h.everyone[:mostHighlighted], fmt.Sprintf("and %d more that touch everyone", more))
	}
	return h.everyone
}

func firstOf(names []string) string { return lists.First(names, mostHighlighted, len(names)) }

// withoutFuturesOfDropped leaves out default privileges of roles that are dropped, which make no objects any more.
func withoutFuturesOfDropped(statements []Statement) []Statement {
	dropped := map[string]bool{}
	for _, s := range statements {
		if drop, is := s.Change.(catalog.DropRole); is {
			dropped[drop.Name] = true
		}
	}
	if len(dropped) == 0 {
		return statements
	}
	return slices.DeleteFunc(slices.Clone(statements), func(s Statement) bool {
		grant, grants := s.Change.(catalog.GrantDefault)
		revoke, revokes := s.Change.(catalog.RevokeDefault)
		return grants && dropped[grant.Future.Owner] || revokes && dropped[revoke.Future.Owner]
	})
}
