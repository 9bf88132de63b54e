package inspect

import (
	"cmp"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// readMemberships writes memberships down as they come, of which there may be a million: each row of the answer
// stands for many.
func (i *inspection) readMemberships(rows pgx.Rows) error {
	var row gen.MembershipsRow
	return wire.Each(rows, []any{&row.Roles, &row.Members, &row.Grantor, &row.Admin, &row.Inherit, &row.Set}, func() {
		options := catalog.Options{Admin: row.Admin, Inherit: row.Inherit, Set: row.Set}
		members := i.members(row.Members, i.roles.name(row.Grantor), options)
		for _, role := range row.Roles {
			name := i.roles.name(role)
			if before := i.catalog.Members[name]; before == nil && len(row.Roles) == 1 {
				i.catalog.Members[name] = members
			} else {
				i.catalog.Members[name] = append(before, members...)
			}
		}
	})
}

// members gives memberships in the order of their members.
func (i *inspection) members(oids []uint32, grantor string, options catalog.Options) []catalog.Membership {
	places := make([]uint32, len(oids))
	for at, oid := range oids {
		places[at] = i.roles.place(oid)
		i.roles.entries[places[at]].member = true
	}
	slices.Sort(places) // which is the order of names
	out := make([]catalog.Membership, len(places))
	for at, place := range places {
		out[at] = i.membership(place, grantor, options)
	}
	return out
}

// membership gives that of the member at a place. Before 16 it has no options, and it is the member that inherits or
// not.
func (i *inspection) membership(place uint32, grantor string, options catalog.Options) catalog.Membership {
	m := catalog.Membership{Member: i.roles.nameAt(place), Grantor: grantor, Options: options}
	if !i.catalog.Server.GrantorsMatter() {
		m.Inherit = i.roles.entries[place].role.Attributes.Inherit
	}
	return m
}

// finishMemberships puts those of each role in order by member and grantor, as most are.
func (i *inspection) finishMemberships() {
	compare := func(a, b catalog.Membership) int {
		return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.Grantor, b.Grantor))
	}
	for _, members := range i.catalog.Members {
		if !slices.IsSortedFunc(members, compare) {
			slices.SortFunc(members, compare)
		}
	}
}
