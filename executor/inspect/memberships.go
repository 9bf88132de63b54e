package inspect

import (
	"cmp"
	"slices"

	"pgsr/gen"
	"pgsr/planner/catalog"
)

// readMemberships writes memberships down as they come, of which there may be a million: each row of the answer
// stands for many.
func (i *inspection) readMemberships(row gen.MembershipsRow) {
	grantor := i.roles.name(row.Grantor)
	if i.catalog.Server.MembershipsHaveOptions() { // from 16 on pg_shdepend knows them, too: see ScopeHidden
		i.roles.entries[i.roles.indexOf(row.Grantor)].more = true
	}
	options := OptionsOf(row.Options)
	if runs := i.indexPairs(row.Pairs); len(row.Pairs) < 8*runs { // most often those of a role come one after the other
		slices.Sort(row.Pairs)
	}
	for pairs := row.Pairs; len(pairs) > 0; {
		of := 1
		for of < len(pairs) && pairs[of]>>32 == pairs[0]>>32 {
			of++
		}
		slices.Sort(pairs[:of]) // by index, which is the order of names
		i.addMembers(pairs[:of], grantor, options)
		pairs = pairs[of:]
	}
}

// indexPairs puts indexes for OIDs, and tells how often another role follows.
func (i *inspection) indexPairs(pairs []int64) (runs int) {
	var last, role uint32
	for at, pair := range pairs {
		if oid := uint32(pair >> 32); oid != last {
			last, role = oid, i.roles.indexOf(oid)
			runs++
		}
		member := i.roles.indexOf(uint32(pair))
		i.roles.entries[member].member = true
		pairs[at] = int64(role)<<32 | int64(member)
	}
	return runs
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

// OptionsOf reads the options of a membership, which queries send as bits: 1 ADMIN, 2 INHERIT, 4 SET.
func OptionsOf(bits int32) catalog.Options {
	return catalog.Options{Admin: bits&1 != 0, Inherit: bits&2 != 0, Set: bits&4 != 0}
}

// membership gives that of the member at an index. Before 16 it has no options, and it is the member that inherits or
// not.
func (i *inspection) membership(index uint32, grantor string, options catalog.Options) catalog.Membership {
	m := catalog.Membership{Member: i.roles.nameAt(index), Grantor: grantor, Options: options}
	if !i.catalog.Server.MembershipsHaveOptions() {
		m.Inherit = i.roles.entries[index].role.Attributes.Inherit
	}
	return m
}

// finishMemberships puts those of each role in order by member and grantor, as most are.
func (i *inspection) finishMemberships() {
	for _, members := range i.catalog.Members {
		if !slices.IsSortedFunc(members, compareMemberships) {
			slices.SortFunc(members, compareMemberships)
		}
	}
}

func compareMemberships(a, b catalog.Membership) int {
	return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.Grantor, b.Grantor))
}
