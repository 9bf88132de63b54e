package inspect

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// roleDirectory gives roles by OID and by index, which is their place in the order of names.
type roleDirectory struct {
	entries []roleEntry
	indexes map[uint32]uint32
}

type roleEntry struct {
	role *catalog.Role
	// gone tells that the role does not exist any more.
	gone bool
	// named tells that something in the catalog names the role. Member tells that it is a member of some role.
	named, member bool
	// candidate tells that the name and attributes are those of a privilege role. It is one if it holds just one
	// privilege.
	candidate bool
	// acl is the ACL that names the role. More tells that it has something besides one privilege in that ACL.
	acl  itemKey
	more bool
	// unknown tells that an ACL of an object of an unknown kind names it.
	unknown bool
	// holds is the privilege that acl gives it.
	holds *holding
}

// indexOf gives the index of a role, and adds an entry for a role that does not exist any more.
func (d *roleDirectory) indexOf(oid uint32) uint32 {
	at, known := d.indexes[oid]
	if !known {
		at = uint32(len(d.entries))
		d.entries = append(d.entries, roleEntry{role: &catalog.Role{Name: strconv.FormatUint(uint64(oid), 10)}, gone: true})
		d.indexes[oid] = at
	}
	return at
}

// name gives the name of a role, and marks the role as named. It gives catalog.Public for 0, as aclexplode() does for
// PUBLIC.
func (d *roleDirectory) name(oid uint32) string {
	if oid == 0 {
		return catalog.Public
	}
	return d.nameAt(d.indexOf(oid))
}

// nameIn does so for a role in an ACL, and notes that ACL.
func (d *roleDirectory) nameIn(acl *itemKey, oid uint32) string {
	if oid == 0 {
		return catalog.Public
	}
	index := d.indexOf(oid)
	e := &d.entries[index]
	if e.acl != *acl && e.acl != (itemKey{}) {
		e.more = true
	}
	e.acl = *acl
	return d.nameAt(index)
}

func (d *roleDirectory) nameAt(index uint32) string {
	e := &d.entries[index]
	e.named = true
	return e.role.Name
}

// readRoles reads roles and sorts them by name. It finds candidates for privilege roles by name and attributes. What
// they hold is read later, and may rule them out.
func (i *inspection) readRoles(rows pgx.Rows) error {
	var role gen.RolesRow
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
		candidate := hasNoPowers(r.Attributes) && privileges.IsPrivilegeRole(r.Name)
		if candidate {
			candidates++
		}
		i.roles.entries = append(i.roles.entries, roleEntry{role: r, candidate: candidate})
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

// hasNoPowers tells whether a role can do nothing by its attributes.
func hasNoPowers(a catalog.Attributes) bool {
	return !(a.Superuser || a.CreateRole || a.CreateDB || a.Login || a.Replication || a.BypassRLS)
}

// readHidden notes which roles have something that is not read, and which have something on objects of unknown kinds.
func (i *inspection) readHidden(rows pgx.Rows) error {
	note := func(oids []uint32, do func(*roleEntry)) {
		for _, oid := range oids {
			if index, known := i.roles.indexes[oid]; known {
				do(&i.roles.entries[index])
			}
		}
	}
	return wire.EachRow(func(row gen.HiddenRow) {
		note(row.Roles, func(e *roleEntry) { e.more = true })
		note(row.Unknown, func(e *roleEntry) { e.unknown = true })
	})(rows)
}

// order gives each role its index in the order of names.
func (d *roleDirectory) order() {
	slices.SortFunc(d.entries, func(a, b roleEntry) int { return cmp.Compare(a.role.Name, b.role.Name) })
	d.indexes = make(map[uint32]uint32, len(d.entries))
	for index, e := range d.entries {
		d.indexes[e.role.OID] = uint32(index)
	}
}

// moment gives nil for infinity, and a fixed value for -infinity.
func moment(t pgtype.Timestamptz) *time.Time {
	switch {
	case !t.Valid || t.InfinityModifier == pgtype.Infinity:
		return nil
	case t.InfinityModifier == pgtype.NegativeInfinity:
		return &catalog.NegativeInfinity
	}
	utc := t.Time.UTC()
	return &utc
}

// askVerifiers asks for the passwords of the scope's roles.
func (i *inspection) askVerifiers() wire.Query {
	sql := gen.Verifiers
	if i.isSuperuser() {
		sql = gen.VerifiersOfSuperuser
	}
	return wire.Query{Doing: "reading passwords", SQL: sql, Args: []any{wire.Names(i.scope.Roles)}, Read: i.readVerifiers}
}

// verifierOf reads a verifier that is sent behind an equals sign. So an empty text means no password, and a lone equals
// sign a verifier that was too long to be sent.
func verifierOf(sent string) catalog.Verifier {
	if sent == "" {
		return catalog.NoPassword
	}
	return catalog.Verifier(sent[1:])
}

// readVerifiers reads the passwords of the scope's roles. Role 0 says that they may be read: then a role without a row
// has no password.
func (i *inspection) readVerifiers(rows pgx.Rows) error {
	stored := map[uint32]catalog.Verifier{}
	err := wire.EachRow(func(row gen.VerifiersRow) { stored[row.Role] = catalog.Verifier(row.Verifier) })(rows)
	if _, readable := stored[0]; !readable {
		return err
	}
	scope := lists.Set(i.scope.Roles)
	for _, e := range i.roles.entries {
		if verifier, has := stored[e.role.OID]; has {
			e.role.Verifier = verifier
		} else if scope[e.role.Name] {
			e.role.Verifier = catalog.NoPassword
		}
	}
	return err
}

// finishRoles puts the roles into the catalog that the scope asks for, or that something names.
func (i *inspection) finishRoles() {
	s := i.catalog.Server
	wanted := lists.Set(i.scope.Roles, i.scope.Mentioned, []string{s.CurrentUser, s.SessionUser, s.Bootstrap})
	i.catalog.Roles = make(map[string]*catalog.Role, len(i.roles.entries))
	for _, e := range i.roles.entries {
		mayDoAll := i.scope.Holders && e.role.Attributes.Superuser || i.scope.Everyone
		if !e.gone && (e.named || wanted[e.role.Name] || mayDoAll) {
			i.catalog.Roles[e.role.Name] = e.role
		}
	}
}
