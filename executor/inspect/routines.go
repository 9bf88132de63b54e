package inspect

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// These system catalogs may have many rows and are no relations: pg_proc, pg_type and pg_largeobject_metadata.
const (
	routines     = 'P'
	types        = 'T'
	largeObjects = 'L'
)

var manyKinds = map[byte]catalog.Kind{routines: catalog.Routine, types: catalog.Type}

func (i *inspection) readRoutines(rows pgx.Rows) error {
	var a acls
	named := routineNames{types: map[uint32]catalog.TypeName{}}
	err := wire.EachRow(func(row gen.RoutinesRow) {
		if row.Kind == "t" {
			named.types[row.Oid] = catalog.TypeName{Schema: row.Schema, Name: row.Name, Array: row.DefaultAcl}
			return
		}
		key := objectKey{routines, row.Oid}
		if i.objects[key] == nil {
			o := i.newObject(catalog.Routine, row.Schema, row.Name, row.Oid, row.Owner, row.DefaultAcl)
			o.Relkind = row.Kind
			if row.AsOwner {
				o.Code = catalog.SecurityDefiner
			}
			i.objects[key] = o
			named.add(o, row.Arguments)
		}
		i.readItemOf(&a, key, row.Grantee, row.Grantor, row.Privilege, row.Grantable)
	})(rows)
	i.addItems(&a)
	if err == nil {
		err = named.finish(i.catalog.Objects)
	}
	return err
}

func (i *inspection) newObject(kind catalog.Kind, schema, name string, oid, owner uint32, hasDefault bool) *catalog.Object {
	o := &catalog.Object{ID: catalog.ObjectID{Kind: kind, Schema: schema, Name: name}, OID: oid, Owner: i.roles.name(owner)}
	if hasDefault {
		o.ACL = i.defaultACL(kind, o.Owner)
	}
	return o
}

// readItemOf reads the ACL item in an object's own row, if there is one.
func (i *inspection) readItemOf(a *acls, key objectKey, grantee, grantor uint32, privilege string, grantable bool) {
	if privilege != "" {
		i.readItem(a, itemKey{key, ""}, gen.ItemsRow{Grantee: grantee, Grantor: grantor, Privilege: privilege, Grantable: grantable})
	}
}

// routineNames are routines whose argument types are known by OID until all types are read.
type routineNames struct {
	types     map[uint32]catalog.TypeName
	routines  []*catalog.Object
	arguments [][]uint32
}

func (n *routineNames) add(o *catalog.Object, arguments []uint32) {
	n.routines, n.arguments = append(n.routines, o), append(n.arguments, arguments)
}

// addText adds a routine whose argument types are given as a text.
func (n *routineNames) addText(o *catalog.Object, text string) error {
	var arguments []uint32
	for word := range strings.FieldsSeq(text) {
		oid, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return err
		}
		arguments = append(arguments, uint32(oid))
	}
	n.add(o, arguments)
	return nil
}

// finish names all routines by the types of their arguments.
func (n *routineNames) finish(objects map[catalog.ObjectID]*catalog.Object) error {
	for at, o := range n.routines {
		names := make([]catalog.TypeName, len(n.arguments[at]))
		for j, oid := range n.arguments[at] {
			name, known := n.types[oid]
			if !known {
				return fmt.Errorf("the server does not say what the type %d is, which an argument of %s has", oid, o.ID)
			}
			names[j] = name
		}
		o.ID.Arguments = catalog.Arguments(names)
		objects[o.ID] = o
	}
	return nil
}

func (i *inspection) readTypes(rows pgx.Rows) error {
	var a acls
	err := wire.EachRow(func(row gen.TypesRow) {
		key := objectKey{types, row.Oid}
		if i.objects[key] == nil {
			o := i.newObject(catalog.Type, row.Schema, row.Name, row.Oid, row.Owner, row.DefaultAcl)
			i.describeType(o, row.Kind)
			if row.TableOid != 0 {
				if table := i.objects[objectKey{'r', row.TableOid}]; table != nil {
					o.OwnedBy = cmp.Or(table.OwnedBy, table.ID) // a sequence goes with its table
				}
			}
			i.objects[key], i.catalog.Objects[o.ID] = o, o
		}
		i.readItemOf(&a, key, row.Grantee, row.Grantor, row.Privilege, row.Grantable)
	})(rows)
	i.addItems(&a)
	return err
}

// describeType notes whether a type is a domain, say. From 17 on a multirange has no ACL of its own.
// https://www.postgresql.org/docs/17/release-17.html
func (i *inspection) describeType(o *catalog.Object, kind string) {
	if o.Relkind = kind; kind == "m" && i.catalog.Server.Major() >= 17 {
		o.Refused = "it has what its range type has, on which it is to be granted"
	}
}

// namedLargeObjects are the large objects that a scope names. Others are read only if something was granted on them.
func (i *inspection) namedLargeObjects() []uint32 {
	named := []uint32{}
	for _, id := range i.scope.Objects {
		if oid, err := strconv.ParseUint(id.Name, 10, 32); err == nil && id.Kind == catalog.LargeObject {
			named = append(named, uint32(oid))
		}
	}
	return named
}

func (i *inspection) readLargeObjects(rows pgx.Rows) error {
	var a acls
	err := wire.EachRow(func(row gen.LargeObjectsRow) {
		key := objectKey{largeObjects, row.Oid}
		if i.objects[key] == nil {
			o := i.newObject(catalog.LargeObject, "", strconv.FormatUint(uint64(row.Oid), 10), row.Oid, row.Owner, row.DefaultAcl)
			i.objects[key], i.catalog.Objects[o.ID] = o, o
		}
		i.readItemOf(&a, key, row.Grantee, row.Grantor, row.Privilege, row.Grantable)
	})(rows)
	i.addItems(&a)
	return err
}
