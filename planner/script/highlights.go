package script

import (
	"fmt"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// mostHighlighted is how many names a line has at most.
const mostHighlighted = 20

// Highlights gives lines for what people should see first in a plan: how much it takes away, who gets attributes that
// are as good as everything, whose login it ends, from whom it takes ownership, and what PUBLIC gets or loses.
func Highlights(statements []Statement) []string {
	var logins, owners, everyone []string
	taken, given := map[string][]string{}, map[catalog.AttributeWord][]string{}
	for _, s := range withoutFuturesOfDropped(statements) {
		switch ch := s.Change.(type) {
		case catalog.CreateRole:
			notePowerful(given, ch.Name, ch.With.Attributes)
		case catalog.AlterRole:
			notePowerful(given, ch.Name, ch.Attributes)
			if ch.Login != nil && !*ch.Login {
				logins = append(logins, catalog.DisplayName(ch.Name))
			}
		case catalog.SetOwner:
			if taken[ch.From] == nil {
				owners = append(owners, ch.From)
			}
			taken[ch.From] = append(taken[ch.From], setOwner(ch).displayObject())
		case catalog.Grant:
			everyone = ofEveryone(everyone, "gives everyone", ch.Grantees, displayPrivilegesOn(ch.Privileges, ch.OnColumns(), ch.Object))
		case catalog.Revoke:
			if s.IsPrecaution() {
				continue
			}
			everyone = ofEveryone(everyone, "takes from everyone", ch.Grantees, displayPrivilegesOn(ch.Privileges, ch.OnColumns(), ch.Object))
		case catalog.GrantDefault:
			everyone = ofEveryone(everyone, "gives everyone", ch.Grantees, displayPrivileges(ch.Privileges)+" on "+catalog.DisplayFuture(ch.Future))
		case catalog.RevokeDefault:
			everyone = ofEveryone(everyone, "takes from everyone", ch.Grantees, displayPrivileges(ch.Privileges)+" on "+catalog.DisplayFuture(ch.Future))
		}
	}
	var lines []string
	if counts := TakingCounts(statements); counts != "" {
		lines = append(lines, "takes away: "+counts)
	}
	for _, word := range powerful {
		if len(given[word]) > 0 {
			lines = append(lines, "gives "+string(word)+" to: "+firstOf(given[word]))
		}
	}
	if len(logins) > 0 {
		lines = append(lines, "ends the login of: "+firstOf(logins))
	}
	slices.Sort(owners)
	for _, owner := range owners {
		line := "takes ownership of " + firstOf(taken[owner])
		if owner != "" {
			line += " from " + catalog.DisplayName(owner)
		}
		lines = append(lines, line)
	}
	if more := len(everyone) - mostHighlighted; more > 0 {
		everyone = append(everyone[:mostHighlighted], fmt.Sprintf("and %d more that touch everyone", more))
	}
	return append(lines, everyone...)
}

// ofEveryone adds a line for what PUBLIC gets or loses.
func ofEveryone(lines []string, verb string, grantees []string, what string) []string {
	if slices.Contains(grantees, catalog.Public) {
		return append(lines, verb+" (PUBLIC): "+what)
	}
	return lines
}

// powerful are the attributes that let a role do everything, or read everything, or become others.
var powerful = []catalog.AttributeWord{catalog.Superuser, catalog.CreateRoles, catalog.Replication, catalog.BypassRLS}

func notePowerful(given map[catalog.AttributeWord][]string, role string, changes catalog.AttributeChanges) {
	changes.Each(func(word catalog.AttributeWord, yes bool) {
		if yes && slices.Contains(powerful, word) {
			given[word] = append(given[word], catalog.DisplayName(role))
		}
	})
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
