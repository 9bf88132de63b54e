package executor

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/gen"
	"pgsr/planner/catalog"
)

// readAllMemberships does what readMemberships does where everything is read.
func (i *inspection) readAllMemberships(rows pgx.Rows) error {
	var row gen.WholeMembershipsRow
	return each(rows, []any{&row.Pairs, &row.Grantor, &row.Options}, func() {
		grantor := i.roles.name(row.Grantor)
		options := catalog.Options{Admin: row.Options&1 != 0, Inherit: row.Options&2 != 0, Set: row.Options&4 != 0}
		i.placePairs(row.Pairs)
		for pairs := row.Pairs; len(pairs) > 0; {
			of := len(pairs)
			if next := slices.IndexFunc(pairs, func(pair int64) bool { return pair>>32 != pairs[0]>>32 }); next > 0 {
				of = next
			}
			i.addMembers(pairs[:of], grantor, options)
			pairs = pairs[of:]
		}
	})
}

// placePairs puts places for OIDs, and the pairs in the order of names.
func (i *inspection) placePairs(pairs []int64) {
	var last, role uint32
	for at, pair := range pairs {
		if oid := uint32(pair >> 32); oid != last {
			last, role = oid, i.roles.place(oid)
		}
		member := i.roles.place(uint32(pair))
		i.roles.entries[member].member = true
		pairs[at] = int64(role)<<32 | int64(member)
	}
	slices.Sort(pairs)
}

// addMembers adds those of one role, which have the same grantor and options.
func (i *inspection) addMembers(pairs []int64, grantor string, options catalog.Options) {
	name := i.roles.nameAt(uint32(pairs[0] >> 32))
	members := slices.Grow(i.catalog.Members[name], len(pairs))
	for _, pair := range pairs {
		members = append(members, i.membership(uint32(pair), grantor, options))
	}
	i.catalog.Members[name] = members
}
