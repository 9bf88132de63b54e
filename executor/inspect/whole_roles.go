package inspect

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// readAllRoles does what readRoles does where everything is read. Of privilege roles it finds the candidates by name
// and attributes alone: what else rules them out is seen in what is read later.
func (i *inspection) readAllRoles(rows pgx.Rows) error {
	var role gen.WholeRolesRow
	var bits, connections, administers pgtype.Int4
	privileges, candidates := catalog.RoleNamesOf(i.catalog.Server.DatabaseOID), 0
	err := wire.Each(rows, []any{&role.Oid, &role.Name, &bits, &connections, &role.ValidUntil, &role.Comment, &administers}, func() {
		attributes := catalog.Attributes{Inherit: true}
		if bits.Valid {
			attributes = attributesOf(bits.Int32)
		}
		r := &catalog.Role{
			Name: role.Name, OID: role.Oid, Attributes: attributes, ValidUntil: moment(role.ValidUntil), Comment: role.Comment.String,
			Administers: int(administers.Int32),
		}
		r.Attributes.ConnectionLimit = -1
		if connections.Valid {
			r.Attributes.ConnectionLimit = int(connections.Int32)
		}
		candidate := canNothing(r.Attributes) && privileges.IsPrivilegeRole(r.Name)
		if candidate {
			candidates++
		}
		i.roles.entries = append(i.roles.entries, entry{role: r, candidate: candidate})
	})
	i.roles.order()
	i.catalog.Members = make(map[string][]catalog.Membership, candidates) // those have members, as a rule
	return err
}

// attributesOf reads attributes that are sent as bits.
func attributesOf(bits int32) catalog.Attributes {
	has := func(bit int32) bool { return bits&bit != 0 }
	return catalog.Attributes{
		Superuser: has(1), Inherit: has(2), CreateRole: has(4), CreateDB: has(8), Login: has(16), Replication: has(32), BypassRLS: has(64),
	}
}

// canNothing tells whether the attributes let a role do nothing.
func canNothing(a catalog.Attributes) bool {
	return !(a.Superuser || a.CreateRole || a.CreateDB || a.Login || a.Replication || a.BypassRLS)
}

// readHidden notes which roles have something that is not read.
func (i *inspection) readHidden(rows pgx.Rows) error {
	var hidden []uint32
	err := wire.Each(rows, []any{&hidden}, func() {
		for _, oid := range hidden {
			if place, known := i.roles.places[oid]; known {
				i.roles.entries[place].more = true
			}
		}
	})
	return err
}
