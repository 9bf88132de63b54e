package inspect

import (
	"cmp"
	"slices"

	"pgsr/gen"
	"pgsr/planner/catalog"
)

// readMemberships reads memberships of one grantor and options. There may be a million, so one row of the answer stands
// for many.
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

// indexPairs replaces the OIDs in pairs by indexes, and counts how often the granted role changes from one to the next.
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

// addMembers adds memberships in one role, with the same grantor and options.
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

// membership gives the membership of the role at an index. Before 16 memberships have no options, and INHERIT is an
// attribute of the member.
func (i *inspection) membership(index uint32, grantor string, options catalog.Options) catalog.Membership {
	m := catalog.Membership{Member: i.roles.nameAt(index), Grantor: grantor, Options: options}
	if !i.catalog.Server.MembershipsHaveOptions() {
		m.Inherit = i.roles.entries[index].role.Attributes.Inherit
	}
	return m
}

// finishMemberships sorts the members of each role by member and grantor. Most are in order already.
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
