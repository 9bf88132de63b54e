package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// mostHighlighted is how many names a line has at most.
const mostHighlighted = 20

// Highlights says, a line each, what people should see first of a plan: whose login it ends, from whom it takes
// ownership of what, and what everyone gets or loses.
func Highlights(statements []Statement) []string {
	var logins, owners, everyone []string
	taken := map[string][]string{}
	for _, s := range statements {
		switch ch := s.Change.(type) {
		case catalog.AlterRole:
			if ch.Login != nil && !*ch.Login {
				logins = append(logins, DisplayName(ch.Name))
			}
		case catalog.SetOwner:
			if taken[ch.From] == nil {
				owners = append(owners, ch.From)
			}
			taken[ch.From] = append(taken[ch.From], setOwner(ch).displayObject())
		case catalog.Grant:
			everyone = ofEveryone(everyone, "gives everyone", ch.Grantees, displayPrivilegesOn(ch.Privileges, ch.Column, ch.Object))
		case catalog.Revoke:
			everyone = ofEveryone(everyone, "takes from everyone", ch.Grantees, displayPrivilegesOn(ch.Privileges, ch.Column, ch.Object))
		case catalog.GrantDefault:
			everyone = ofEveryone(everyone, "gives everyone", ch.Grantees, displayPrivileges(ch.Privileges)+" on "+DisplayFuture(ch.Future))
		case catalog.RevokeDefault:
			everyone = ofEveryone(everyone, "takes from everyone", ch.Grantees, displayPrivileges(ch.Privileges)+" on "+DisplayFuture(ch.Future))
		}
	}
	var lines []string
	if len(logins) > 0 {
		lines = append(lines, "ends the login of: "+firstOf(logins))
	}
	slices.Sort(owners)
	for _, owner := range owners {
		line := "takes ownership of " + firstOf(taken[owner])
		if owner != "" {
			line += " from " + DisplayName(owner)
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

func firstOf(names []string) string {
	text := strings.Join(names[:min(len(names), mostHighlighted)], ", ")
	if more := len(names) - mostHighlighted; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
