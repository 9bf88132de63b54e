package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// mostHighlighted is how many names a line has at most.
const mostHighlighted = 20

// Highlights says, a line each, what people should see first of a plan: whose login it ends, and from whom it takes
// ownership of what.
func Highlights(statements []Statement) []string {
	var logins, owners []string
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
	return lines
}

func firstOf(names []string) string {
	text := strings.Join(names[:min(len(names), mostHighlighted)], ", ")
	if more := len(names) - mostHighlighted; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
