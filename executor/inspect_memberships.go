package executor

import (
	"github.com/jackc/pgx/v5"

	"pgsr/gen"
	"pgsr/planner/catalog"
)

// membership is a row of pg_auth_members in 16 bytes: places in the directory, which is in the order of names, instead of names.
// There may be a million of them.
type membership struct {
	role, member, grantor uint32
	admin, inherit, set   bool
}

// memberships are rows in pieces, so that none has to be copied as they become more.
type memberships struct {
	pieces [][]membership
	count  int
}

const pieceOfMemberships = 8192

func (all *memberships) add(m membership) {
	if all.count%pieceOfMemberships == 0 {
		all.pieces = append(all.pieces, make([]membership, 0, pieceOfMemberships))
	}
	last := &all.pieces[len(all.pieces)-1]
	*last = append(*last, m)
	all.count++
}

func (all *memberships) at(i uint32) membership {
	return all.pieces[i/pieceOfMemberships][i%pieceOfMemberships]
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

// finishMemberships writes the rows out in order, all in one piece of memory.
func (i *inspection) finishMemberships() {
	order := i.memberships.sorted(len(i.roles.entries))
	all := make([]catalog.Membership, 0, len(order))
	for len(order) > 0 {
		role, from := i.memberships.at(order[0]).role, len(all)
		for len(order) > 0 {
			m := i.memberships.at(order[0])
			if m.role != role {
				break
			}
			all = append(all, catalog.Membership{
				Member: i.roles.nameAt(m.member), Grantor: i.roles.nameAt(m.grantor),
				Options: catalog.Options{Admin: m.admin, Inherit: m.inherit, Set: m.set},
			})
			order = order[1:]
		}
		i.catalog.Members[i.roles.nameAt(role)] = all[from:len(all):len(all)]
	}
	i.memberships = memberships{}
}

// sorted gives the numbers of the rows by role, then member, then grantor. It takes time that grows as the number of rows does.
func (all *memberships) sorted(roles int) []uint32 {
	order, spare := make([]uint32, all.count), make([]uint32, all.count)
	for i := range order {
		order[i] = uint32(i)
	}
	all.sortBy(spare, order, roles, func(m membership) uint32 { return m.grantor })
	all.sortBy(order, spare, roles, func(m membership) uint32 { return m.member })
	all.sortBy(spare, order, roles, func(m membership) uint32 { return m.role })
	return spare
}

// sortBy writes numbers of rows by a key, those of the same key in the order in which they were, by counting how many there are
// of each.
func (all *memberships) sortBy(sorted, order []uint32, keys int, key func(membership) uint32) {
	next := make([]uint32, keys+1)
	for _, i := range order {
		next[key(all.at(i))+1]++
	}
	for k := range keys {
		next[k+1] += next[k]
	}
	for _, i := range order {
		k := key(all.at(i))
		sorted[next[k]] = i
		next[k]++
	}
}
