package executor

import (
	"cmp"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
	"pgsr/planner/catalog"
)

// membership is a row of pg_auth_members in 16 bytes: places in the directory instead of names. There may be a million of them.
type membership struct {
	role, member, grantor uint32
	admin, inherit, set   bool
}

func (m membership) compare(other membership) int {
	if m.member != other.member {
		return cmp.Compare(m.member, other.member)
	}
	return cmp.Compare(m.grantor, other.grantor)
}

// memberships are rows in pieces, so that none has to be copied as they become more.
type memberships [][]membership

const pieceOfMemberships = 8192

func (all *memberships) add(m membership) {
	last := len(*all) - 1
	if last < 0 || len((*all)[last]) == pieceOfMemberships {
		*all = append(*all, make([]membership, 0, pieceOfMemberships))
		last++
	}
	(*all)[last] = append((*all)[last], m)
}

func (i *inspection) readMemberships(rows pgx.Rows) error {
	var row gen.MembershipsRow
	return each(rows, []any{&row.Role, &row.Member, &row.Grantor, &row.Admin, &row.Inherit, &row.Set}, func() {
		i.memberships.add(membership{
			role: i.roles.place(row.Role), member: i.roles.place(row.Member), grantor: i.roles.place(row.Grantor),
			admin: row.Admin, inherit: row.Inherit, set: row.Set,
		})
	})
}

// finishMemberships sorts the rows by role, member and grantor, and writes them out, all in one piece of memory.
func (i *inspection) finishMemberships() {
	rows := i.memberships.sortByRole(len(i.roles.entries))
	i.memberships = nil
	all := make([]catalog.Membership, 0, len(rows))
	for len(rows) > 0 {
		role, from := rows[0].role, len(all)
		n := 0
		for n < len(rows) && rows[n].role == role {
			n++
		}
		slices.SortFunc(rows[:n], membership.compare)
		for _, m := range rows[:n] {
			all = append(all, catalog.Membership{
				Member: i.roles.nameAt(m.member), Grantor: i.roles.nameAt(m.grantor),
				Options: catalog.Options{Admin: m.admin, Inherit: m.inherit, Set: m.set},
			})
		}
		i.catalog.Members[i.roles.nameAt(role)] = all[from:len(all):len(all)]
		rows = rows[n:]
	}
}

// sortByRole brings rows of the same role together, in the order of roles, in time that grows as their number does.
func (all memberships) sortByRole(roles int) []membership {
	next := make([]int, roles+1)
	for m := range all.each {
		next[m.role+1]++
	}
	for role := range roles {
		next[role+1] += next[role]
	}
	sorted := make([]membership, next[roles])
	for m := range all.each {
		sorted[next[m.role]] = m
		next[m.role]++
	}
	return sorted
}

func (all memberships) each(yield func(membership) bool) {
	for _, piece := range all {
		for _, m := range piece {
			if !yield(m) {
				return
			}
		}
	}
}
