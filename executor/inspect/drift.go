package inspect

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// ShowsDrift tells whether [Drift] can be asked about a scope on a connection. The scope has to be small, and the
// session has to keep prepared statements: without these it takes longer than to read the scope itself.
func ShowsDrift(conn *pgx.Conn, scope catalog.Scope) bool {
	isOther := func(c catalog.Contents) bool { return c.Kind.Info().Relkinds == "" }
	ofEveryone := scope.Everyone && namesColumns(scope) // columns on which only PUBLIC has something are not looked at
	return !ofEveryone && !scope.Holders && isSmall(scope) && !namesAny(scope, isNeverLookedAt) && !scope.Extensions && !scope.Databases &&
		!slices.ContainsFunc(scope.Contents, isOther) && wire.Prepares(conn)
}

// DriftSeen is what [Drift] shows.
type DriftSeen struct {
	// Catalog is nil where more has to be read even to see whether anything differs.
	Catalog *catalog.Catalog
	// HasLedger tells whether there is a ledger.
	HasLedger bool
	// Snapshot is the moment in which all was seen: see [gen.Snapshot].
	Snapshot string
	// MayAdd tells whether the catalog is enough to plan additions: to create roles of the scope, and to grant them
	// privilege roles that the named objects' ACLs name. From 16 on [AdministratorsWithin] has to be called first.
	MayAdd bool
}

// Drift reads only what shows whether anything differs from the spec of a scope: what the scope's roles have, and the
// named objects with the ACL items of these roles and of privilege roles. It takes one round trip, or two, on a
// connection outside a transaction. It is not enough to plan anything else than additions.
func Drift(ctx context.Context, s wire.Session, scope catalog.Scope) (seen DriftSeen, err error) {
	_, err = inOwnTransaction(ctx, s, func(ask func([]wire.Query) error) (_ *catalog.Catalog, err error) {
		seen, err = look(s.Conn, scope, ask)
		return seen.Catalog, err
	}, nil)
	return seen, err
}

// DriftWithin does what [Drift] does within a transaction that writes.
func DriftWithin(ctx context.Context, tx *wire.Transaction, scope catalog.Scope) (DriftSeen, error) {
	return look(tx.Conn, scope, func(queries []wire.Query) error { return tx.RoundTrip(ctx, wire.Queries(queries...)...) })
}

// onlyNamedKey is the key under which a connection notes that the roles of its last look had something on the objects
// alone that the scope named.
const onlyNamedKey = "pgsr.onlyNamed"

// look asks for everything that the roles have. After a look at roles that had nothing on other objects than the named
// ones, the next look asks for these alone, which takes the server less. If there is more, it asks again.
func look(conn *pgx.Conn, scope catalog.Scope, ask func([]wire.Query) error) (DriftSeen, error) {
	data := conn.PgConn().CustomData()
	for others := data[onlyNamedKey] == nil || scope.DefaultPrivileges || namesColumns(scope) || len(scope.Contents) > 0; ; others = true {
		d := driftCatalog{inspection: newInspection(conn, scope), others: others}
		if err := ask(d.queries()); err != nil {
			return DriftSeen{}, err
		}
		if delete(data, onlyNamedKey); !d.hasOthers {
			data[onlyNamedKey] = true
		}
		if others || !d.hasOthers {
			return d.seen(), nil
		}
	}
}

// driftCatalog is the small catalog of a look while it is read.
type driftCatalog struct {
	*inspection
	// others tells that all objects are asked for on which the roles have something, not just the named ones. HasOthers
	// tells that there are others than the named ones.
	others, hasOthers bool

	hasLedger bool
	snapshot  string
	// isUnclear tells that something which was not read may differ: a password, or an object of a kind that is always read
	// whole.
	isUnclear bool
}

func (d *driftCatalog) seen() DriftSeen {
	seen := DriftSeen{HasLedger: d.hasLedger, Snapshot: d.snapshot}
	d.isUnclear = d.isUnclear || d.roles.holdSomethingElse()
	if !d.isUnclear {
		seen.Catalog = d.finish()
		columns := namesColumns(d.scope) // whose privilege roles are not looked for
		seen.MayAdd = !columns && len(d.scope.SettingsOf) == 0
	}
	return seen
}

func (d *driftCatalog) queries() []wire.Query {
	all := append(d.askNewServer(), wire.Query{Doing: workingOut, SQL: gen.ScopeStart, Prepared: true})
	schemas, membersOf, mentioned := wire.Names(d.scope.SchemasOf(catalog.Table)), wire.Names(d.scope.MembersOf), wire.Names(d.scope.Mentioned)
	args := slices.Concat([]any{wire.Names(d.scope.Roles)}, d.objectArgs(), []any{schemas, membersOf, d.notLookedAt(), mentioned})
	all = append(all, wire.Query{Doing: "looking for differences", SQL: d.sql(), Args: args, Read: d.read, Prepared: true})
	for _, more := range slices.Concat(d.askMore(), d.askSettings()) {
		more.Prepared = true
		all = append(all, more)
	}
	return all
}

// sql gives the query with the parts that the scope needs. Each part that is left out saves nodes of the server's plan.
func (d *driftCatalog) sql() string {
	scope, isSuperuser, many := d.scope, d.isSuperuser(), namesAny(d.scope, isMany)
	return withParts(gen.Drift, map[string]bool{
		"of others":             d.others,
		"of schemas":            namesAny(scope, isSchema),
		"of relations":          namesAny(scope, isRelation),
		"of many":               many,
		"of many others":        many && d.others,
		"of contained":          many || d.others || namesAny(scope, isRelation),
		"of default privileges": scope.DefaultPrivileges,
		"of contents":           len(scope.Contents) > 0,
		"of everyone":           scope.Everyone,
		"of members":            len(scope.MembersOf) > 0,
		"of columns":            namesColumns(scope),
		"of passwords":          scope.Passwords && !isSuperuser,
		"of verifiers":          scope.Passwords && isSuperuser,
	})
}

// namesAny tells whether a scope names objects of some kinds.
func namesAny(s catalog.Scope, is func(*catalog.KindInfo) bool) bool {
	return slices.ContainsFunc(s.Objects, func(id catalog.ObjectID) bool { return is(id.Kind.Info()) })
}

func namesColumns(s catalog.Scope) bool { return len(s.Columns)+len(s.ContentColumns) > 0 }

func isSchema(kind *catalog.KindInfo) bool   { return kind.Kind == catalog.Schema }
func isRelation(kind *catalog.KindInfo) bool { return kind.Relkinds != "" }
func isMany(kind *catalog.KindInfo) bool {
	return kind.Kind == catalog.Routine || kind.Kind == catalog.Type
}

// isNeverLookedAt tells whether a look does not read objects of a kind. It only sees whether a role has something on
// one.
func isNeverLookedAt(kind *catalog.KindInfo) bool {
	return kind.AlwaysRead || kind.Kind == catalog.LargeObject
}

// neverLookedAt are the system catalogs of these kinds, and manyCatalogs those of the kinds with many objects.
var (
	neverLookedAt = append(catalogs(isNeverLookedAt), "pg_catalog.pg_init_privs")
	manyCatalogs  = catalogs(isMany)
)

// notLookedAt are the system catalogs that this look does not read.
func (d *driftCatalog) notLookedAt() []string {
	all := slices.Clip(neverLookedAt)
	if !namesAny(d.scope, isMany) {
		all = append(all, manyCatalogs...)
	}
	if !d.scope.DefaultPrivileges {
		all = append(all, "pg_catalog.pg_default_acl")
	}
	return all
}

// read takes all rows before it reads any: the rows of roles have to come first, since the others name them.
func (d *driftCatalog) read(rows pgx.Rows) error {
	parts := map[string][]gen.DriftRow{}
	if err := wire.EachRow(func(row gen.DriftRow) { parts[row.Part] = append(parts[row.Part], row) })(rows); err != nil {
		return err
	}
	for _, row := range parts["s"] {
		d.catalog.Server.CurrentUser, d.catalog.Server.SessionUser = row.Name, row.OtherName
		d.catalog.Server.SelfGrant = SelfGrant(row.Word)
		d.snapshot, d.catalog.Moment = row.Class, row.ValidUntil.Time
		d.hasLedger = row.Bits&1 != 0
		d.isUnclear = row.Bits&2 != 0 && d.scope.Passwords && !d.isSuperuser() || row.Bits&4 != 0
		d.hasOthers = row.Bits&8 != 0
	}
	d.readRoles(parts["r"])
	for _, row := range parts["m"] {
		d.readMembership(row)
	}
	for _, row := range parts["o"] {
		if err := d.readObject(row); err != nil {
			return err
		}
	}
	if err := d.readMany(parts["a"], parts["t"]); err != nil {
		return err
	}
	d.finishObjects()
	d.readItems(parts["i"])
	d.readFutures(parts["f"])
	return nil
}

func (d *driftCatalog) readRoles(rows []gen.DriftRow) {
	const onlyOne, member = 128, 256
	privileges, scope := catalog.RoleNamesOf(d.catalog.Server.DatabaseOID), lists.Set(d.scope.Roles)
	for _, row := range rows {
		r := &catalog.Role{Name: row.Name, OID: row.Oid, Attributes: attributesOf(row.Bits), ValidUntil: moment(row.ValidUntil), Comment: row.Word}
		r.Attributes.ConnectionLimit = int(row.ConnectionLimit)
		if d.scope.Passwords && d.isSuperuser() && scope[row.Name] {
			r.Verifier = verifierOf(row.OtherName)
		}
		if row.Oid == 10 { // the role that made the cluster
			d.catalog.Server.Bootstrap = row.Name
		}
		d.isUnclear = d.isUnclear || row.Bits&member != 0 && privileges.IsOfOther(row.Name) // in what, is not read
		candidate := row.Bits&(onlyOne|member) == onlyOne && hasNoPowers(r.Attributes) && privileges.IsPrivilegeRole(row.Name)
		d.roles.entries = append(d.roles.entries, roleEntry{role: r, candidate: candidate})
	}
	d.roles.order()
}

func (d *driftCatalog) readMembership(row gen.DriftRow) {
	role, grantor := d.roles.name(row.Oid), d.roles.name(row.Grantor)
	m := d.membership(d.roles.indexOf(row.OfRole), grantor, OptionsOf(row.Bits))
	d.catalog.Members[role] = append(d.catalog.Members[role], m)
}

// readMany reads what routines and types are, and names the routines by the types of their arguments.
func (d *driftCatalog) readMany(rows, argumentTypes []gen.DriftRow) error {
	named := routineNames{types: map[uint32]catalog.TypeName{}}
	for _, row := range argumentTypes {
		named.types[row.Oid] = catalog.TypeName{Schema: row.OtherName, Name: row.Name, Array: row.Bits > 0}
	}
	for _, row := range rows {
		o := d.objects[objectKey{row.Class[0], row.Oid}]
		if row.Class[0] == types {
			d.describeType(o, row.Name)
		} else if o.Relkind = row.Name; named.addText(o, row.Word) != nil {
			return fmt.Errorf("the server gives %q for the argument types of %s", row.Word, o.ID)
		}
	}
	return named.finish(d.catalog.Objects)
}

func (d *driftCatalog) readObject(row gen.DriftRow) error {
	if kind, is := manyKinds[row.Class[0]]; is {
		d.objects[objectKey{row.Class[0], row.Oid}] = d.newObject(kind, row.OtherName, row.Name, row.Oid, row.OfRole, row.Bits > 0)
		return nil
	}
	letter, relkind := catalogOf(row.Class[0]), ""
	if letter == 'r' {
		relkind = row.Class
	}
	kind, err := kindOf(letter, relkind, row.Name)
	o := &catalog.Object{ID: catalog.ObjectID{Kind: kind, Schema: row.OtherName, Name: row.Name}, OID: row.Oid, Owner: d.roles.name(row.OfRole)}
	if row.Bits > 0 {
		o.ACL = d.defaultACL(o.ID.Kind, o.Owner)
	}
	d.objects[objectKey{letter, row.Oid}] = o
	return err
}

func (d *driftCatalog) readItems(rows []gen.DriftRow) {
	var a acls
	for _, row := range rows {
		d.readItem(&a, itemKey{objectKey{catalogOf(row.Class[0]), row.Oid}, row.Name}, gen.ItemsRow{
			Grantee: row.OfRole, Grantor: row.Grantor, Privilege: row.Word, Grantable: row.Bits > 0,
		})
	}
	d.addItems(&a)
}

func (d *driftCatalog) readFutures(rows []gen.DriftRow) {
	found := defaultPrivileges{}
	for _, row := range rows {
		found.add(d.inspection, gen.DefaultPrivilegesRow{
			Owner: row.OfRole, Schema: row.Name, Letter: row.Class, Grantee: row.Grantor, Privilege: row.Word, Grantable: row.Bits > 0,
		})
	}
	found.finish(d.catalog)
}

// catalogOf gives r for the letter of a relkind, and every other letter as it is. [kindOf] refuses unknown letters.
func catalogOf(kind byte) byte {
	if _, isRelation := catalog.FindKind('r', string(kind)); isRelation {
		return 'r'
	}
	return kind
}
