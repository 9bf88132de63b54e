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

// roleDirectory knows roles by OID and by their index in the order of names, and which of them something has named.
type roleDirectory struct {
	entries []roleEntry
	indexes map[uint32]uint32
}

type roleEntry struct {
	role *catalog.Role
	// gone says that there is no such role any more.
	gone bool
	// named: the catalog must contain it. member: it is a member of some role.
	named, member bool
	// candidate: it is a privilege role if it holds one privilege on what is shown, and has nothing else.
	candidate bool
	// acl is the one that names the role. more: it has something besides one privilege by it.
	acl  itemKey
	more bool
	// unknown: an ACL of what is of no kind that is known names it.
	unknown bool
	// holds is what that ACL gives it.
	holds *holding
}

// indexOf gives the index of a role, and makes one for a role that is not there.
func (d *roleDirectory) indexOf(oid uint32) uint32 {
	at, known := d.indexes[oid]
	if !known {
		at = uint32(len(d.entries))
		d.entries = append(d.entries, roleEntry{role: &catalog.Role{Name: strconv.FormatUint(uint64(oid), 10)}, gone: true})
		d.indexes[oid] = at
	}
	return at
}

// name gives the name of a role that is then shown, if it exists; catalog.Public for 0, which aclexplode() gives for
// PUBLIC.
func (d *roleDirectory) name(oid uint32) string {
	if oid == 0 {
		return catalog.Public
	}
	return d.nameAt(d.indexOf(oid))
}

// nameIn does what [roleDirectory.name] does for a role that an ACL names, and notes whose ACL that is.
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

// readRoles reads roles and puts them in the order of their names. Of privilege roles it finds the candidates by name
// and attributes alone: what else rules them out is seen in what is read later.
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
		candidate := canNothing(r.Attributes) && privileges.IsPrivilegeRole(r.Name)
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

// canNothing tells whether the attributes let a role do nothing.
func canNothing(a catalog.Attributes) bool {
	return !(a.Superuser || a.CreateRole || a.CreateDB || a.Login || a.Replication || a.BypassRLS)
}

// readHidden notes which roles have something that is not read, and which have it on what is of no kind that is known.
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

// moment is nil for never; the beginning of time, as Go counts it, stands for -infinity.
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

// verifierOf reads one that is behind an equals sign, so that none is something else than one that is too long to be
// sent.
func verifierOf(sent string) catalog.Verifier {
	if sent == "" {
		return catalog.NoPassword
	}
	return catalog.Verifier(sent[1:])
}

// readVerifiers reads the passwords of the scope's roles: role 0 stands for that they may be read, and who is not
// named has none.
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

// finishRoles puts those roles into the catalog that the scope asks for, or that something has named.
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
