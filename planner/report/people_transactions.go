package report

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// mostTransactions is how many transactions of a plan have a line each.
const mostTransactions = 20

// transactionLines says of each transaction of a plan in several from whom it takes and to whom it gives, for when a
// later one fails: those before it stay. Who gets and loses nothing in the end is not named.
func (d Document) transactionLines(means *people) []string {
	if len(d.Parts) < 2 {
		return nil
	}
	concerned := map[script.Mark]map[string]bool{script.Takes: {}, script.Gives: {}, script.Changes: {}}
	for _, line := range means.lines {
		for _, role := range line.roles {
			concerned[line.mark][role] = true
		}
	}
	var out []string
	for n, part := range d.Parts {
		if n == mostTransactions {
			return append(out, fmt.Sprintf("and %s more transactions", script.Number(len(d.Parts)-n)))
		}
		out = append(out, fmt.Sprintf("transaction %d of %d: %s", n+1, len(d.Parts), inTransaction(part.Statements, concerned)))
	}
	return out
}

// inTransaction says what statements are for those whom they concern.
func inTransaction(statements []script.Statement, concerned map[script.Mark]map[string]bool) string {
	found := map[script.Mark][]string{}
	for _, s := range statements {
		if !s.Section.IsTemporary() && !s.IsPrecaution() {
			findConcerned(found, s, concerned)
		}
	}
	var parts []string
	for _, part := range []struct {
		mark script.Mark
		text string
	}{{script.Takes, "takes from "}, {script.Gives, "gives to "}, {script.Changes, "changes "}} {
		if roles := found[part.mark]; len(roles) > 0 {
			slices.Sort(roles)
			parts = append(parts, part.text+script.ShortList(slices.Compact(roles), catalog.DisplayGrantee))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing for people")
	}
	return strings.Join(parts, "; ") + " (" + script.Count(len(statements), "statement", "statements") + ")"
}

// findConcerned adds the roles from whom a statement takes, to whom it gives, and of whom it changes something.
func findConcerned(found map[script.Mark][]string, s script.Statement, concerned map[script.Mark]map[string]bool) {
	for _, mark := range []script.Mark{script.Takes, script.Gives} {
		if s.Mark() == mark || s.Mark() == script.Changes {
			found[mark] = append(found[mark], lists.Filter(rolesOf(s.Change), func(role string) bool { return concerned[mark][role] })...)
		}
	}
	role, lines := script.Words(s)
	for _, line := range lines {
		if role != "" {
			found[line.Mark] = append(found[line.Mark], role)
		}
	}
}

// rolesOf are those to whom a change may give something, or from whom take it. Of others [script.Words] tells.
func rolesOf(change catalog.Change) []string {
	switch ch := change.(type) {
	case catalog.CreateRole:
		return append([]string{ch.Name}, ch.Members...)
	case catalog.AlterRole:
		return []string{ch.Name}
	case catalog.DropRole:
		return []string{ch.Name}
	case catalog.GrantRole:
		return ch.Members
	case catalog.RevokeRole:
		return ch.Members
	case catalog.Grant:
		return ch.Grantees
	case catalog.Revoke:
		return ch.Grantees
	case catalog.GrantDefault:
		return ch.Grantees
	case catalog.RevokeDefault:
		return ch.Grantees
	case catalog.SetOwner:
		return []string{ch.Owner, ch.From}
	case catalog.CreateSchema:
		return []string{ch.Owner}
	}
	return nil
}
