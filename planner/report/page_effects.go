package report

import (
	"fmt"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// effectGroup is what is lost, changed or gained: rows of logins, memberships and privileges, and lines about all else,
// each with its mark and a blank before it.
type effectGroup struct {
	Title string
	Rows  []pageRow
	Lines []string
	// More counts what the page does not hold.
	More int
}

// pageRow is an [effectRow] with what is shown of its names.
type pageRow struct {
	effectRow
	Who, On, In htmlNames
}

// effectTable is all groups of an effect.
type effectTable []effectGroup

// HasRows tells whether there are rows with columns, and not lines alone.
func (t effectTable) HasRows() bool {
	return slices.ContainsFunc(t, func(g effectGroup) bool { return len(g.Rows) > 0 })
}

// effectGroups has what is lost first, because it is what breaks.
func effectGroups(rows []effectRow, lines []string) effectTable {
	var out effectTable
	left, bytes := room(mostUnfolding), 0
	for _, group := range []struct {
		mark  script.Mark
		title string
	}{{script.Takes, "Lost"}, {script.Changes, "Changed"}, {script.Gives, "Gained"}} {
		g := effectGroup{Title: group.title}
		for _, line := range lines {
			switch {
			case script.Mark(line[0]) != group.mark:
			case len(g.Lines) < mostRows && bytes < mostLineBytes:
				g.Lines = append(g.Lines, line)
				bytes += len(line)
			default:
				g.More++
			}
		}
		for _, row := range rows {
			switch {
			case row.Mark != group.mark:
			case len(g.Rows) < mostRows:
				row.Via = shortPath(row.Via)
				g.Rows = append(g.Rows, pageRow{row, left.names(row.Roles), left.names(row.Objects), left.names(row.databases)})
			default:
				g.More++
			}
		}
		if len(g.Rows)+len(g.Lines) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// beyondRows is what of an effect has no row: see [roleRows] and [effectRows].
func beyondRows(e *access.Effect) *access.Effect {
	rest := *e
	rest.Memberships = slices.DeleteFunc(slices.Clone(rest.Memberships), func(m access.MembershipChange) bool { return m.Before == nil || m.After == nil })
	rest.Created, rest.Dropped, rest.GainLogin, rest.LoseLogin = nil, nil, nil, nil
	return &rest
}

// effectGroupsIn is the table of several databases: what is the same in some of them stands once, with their names.
// What all databases share has none.
func effectGroupsIn(effects []access.DatabaseEffect) effectTable {
	var rest []access.DatabaseEffect
	var ofRoles, rows []effectRow
	places := map[string]int{}
	add := func(to *[]effectRow, row effectRow, database string) {
		key := fmt.Sprintf("%q", []any{row.Mark, row.Roles, row.does, row.Privileges, row.Objects, row.Via, row.How})
		at, known := places[key]
		if !known {
			at = len(*to)
			places[key], *to = at, append(*to, row)
		}
		if database != "" {
			(*to)[at].databases = append((*to)[at].databases, catalog.DisplayName(database))
		}
	}
	for _, in := range effects {
		for _, row := range roleRows(in.Effect) {
			add(&ofRoles, row, "")
		}
		for _, row := range effectRows(in.Effect) {
			if row.isShared {
				add(&rows, row, "")
			} else {
				add(&rows, row, in.Database)
			}
		}
		rest = append(rest, access.DatabaseEffect{Database: in.Database, Effect: beyondRows(in.Effect)})
	}
	return effectGroups(append(ofRoles, rows...), slices.Concat(linesIn(rest)[withoutRows:]...))
}
