package inspect

import (
	"cmp"
	"strconv"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// RolesWritten are roles and their memberships, as a transaction that only adds has left them.
type RolesWritten struct {
	Roles map[string]*catalog.Role
	// Members are the memberships of these roles, by granted role. A role that was not known has its OID for a name.
	Members map[string][]catalog.Membership
	// Used tells whether a role has members, or anything in the cluster names it.
	Used map[string]bool
	// HasVerifiers tells whether passwords are read, too.
	HasVerifiers bool

	asked  []string
	server catalog.Server
	names  map[uint32]string
}

// NewRolesWritten prepares to read roles within a transaction. Other roles get their names from a known catalog.
func NewRolesWritten(conn *pgx.Conn, roles []string, known *catalog.Catalog) *RolesWritten {
	w := &RolesWritten{
		Roles: map[string]*catalog.Role{}, Members: map[string][]catalog.Membership{}, Used: map[string]bool{},
		asked: roles, server: known.Server, HasVerifiers: isSuperuser(conn), names: make(map[uint32]string, len(known.Roles)),
	}
	for name, role := range known.Roles {
		w.names[role.OID] = name
	}
	return w
}

// Queries ask for them.
func (w *RolesWritten) Queries() []wire.Query {
	sql := withParts(gen.RolesWritten, map[string]bool{"of verifiers": w.HasVerifiers})
	return []wire.Query{
		{Doing: workingOut, SQL: gen.ScopeStart, Prepared: true},
		{Doing: "reading roles", SQL: sql, Args: []any{wire.Names(w.asked)}, Read: wire.EachRow(w.read), Prepared: true},
	}
}

func (w *RolesWritten) read(row gen.RolesWrittenRow) {
	r := &catalog.Role{
		Name: row.Name, OID: row.Oid, Attributes: attributesOf(row.Attributes), ValidUntil: moment(row.ValidUntil), Comment: row.Comment,
	}
	if w.HasVerifiers {
		r.Verifier = verifierOf(row.Verifier)
	}
	r.Attributes.ConnectionLimit = int(row.ConnectionLimit)
	w.Roles[r.Name], w.Used[r.Name] = r, row.IsUsed
	for at, role := range row.Roles {
		w.addMembership(role, r, row.Grantors[at], OptionsOf(row.Options[at]))
	}
}

// addMembership adds a membership. Before 16 it has no options, and INHERIT is an attribute of the member.
func (w *RolesWritten) addMembership(role uint32, member *catalog.Role, grantor uint32, options catalog.Options) {
	if !w.server.MembershipsHaveOptions() {
		options.Inherit = member.Attributes.Inherit
	}
	name := w.name(role)
	w.Members[name] = append(w.Members[name], catalog.Membership{Member: member.Name, Grantor: w.name(grantor), Options: options})
}

func (w *RolesWritten) name(oid uint32) string {
	return cmp.Or(w.names[oid], strconv.FormatUint(uint64(oid), 10))
}
