package inspect

import (
	"context"
	"slices"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// AdministratorsWithin adds to a look's catalog the roles that may grant its privilege roles: those with ADMIN OPTION
// on them, and the members of administrator roles. It is for 16 and later, for superusers, too: who may give itself a
// privilege is warned of. Before 16 any role with CREATEROLE may grant them.
func AdministratorsWithin(ctx context.Context, tx *wire.Transaction, c *catalog.Catalog) error {
	var privilegeRoles []uint32
	for _, role := range c.Roles {
		if role.Holds != nil {
			privilegeRoles = append(privilegeRoles, role.OID)
		}
	}
	slices.Sort(privilegeRoles)
	err := tx.RoundTrip(ctx, wire.Queries(
		wire.Query{Doing: workingOut, SQL: gen.ScopeStart, Prepared: true},
		wire.Query{Doing: "reading administrator roles", SQL: gen.Administrators, Args: []any{privilegeRoles}, Prepared: true, Read: wire.EachRow(func(row gen.AdministratorsRow) {
			addAdministrator(row, c)
		})},
	)...)
	for _, members := range c.Members {
		slices.SortFunc(members, compareMemberships)
	}
	return err
}

// addAdministrator adds a membership, with the member.
func addAdministrator(row gen.AdministratorsRow, c *catalog.Catalog) {
	if c.Roles[row.Member] == nil {
		r := &catalog.Role{Name: row.Member, OID: row.Oid, Attributes: attributesOf(row.Attributes)}
		r.Attributes.ConnectionLimit = int(row.ConnectionLimit)
		c.Roles[row.Member] = r
	}
	m := catalog.Membership{Member: row.Member, Grantor: row.Grantor, Options: OptionsOf(row.Options)}
	if !slices.Contains(c.Members[row.Role], m) { // those of the roles that were looked at are known
		c.Members[row.Role] = append(c.Members[row.Role], m)
	}
}
