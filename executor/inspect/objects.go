package inspect

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// objectKey names an object by its catalog (d: pg_database, n: pg_namespace, r: pg_class) and OID: OIDs alone may
// repeat.
type objectKey struct {
	class byte
	oid   uint32
}

// itemKey names an object's ACL, or that of a column.
type itemKey struct {
	objectKey
	column string
}

// located is a relation whose schema, and owning table, are known by OID alone.
type located struct {
	*catalog.Object
	schema     uint32
	sequenceOf *uint32
}

// readObjects reads objects. Schemas may come after what lies in them.
func (i *inspection) readObjects(rows pgx.Rows) error {
	var row gen.ObjectsRow
	var kind byte
	var relations []located
	schemas := map[uint32]string{}
	fields := []any{
		&kind, &row.Oid, &row.Schema, &row.Name, &row.Owner, &row.HasDefault, &row.SequenceOf,
	}
	_, err := pgx.ForEachRow(rows, fields, func() error {
		letter, relkind := kind, ""
		if row.Schema != nil {
			letter, relkind = 'r', string(kind)
		}
		known, err := kindOf(letter, relkind, row.Name)
		o := &catalog.Object{ID: catalog.ObjectID{Kind: known, Name: row.Name}, OID: row.Oid, Owner: i.roles.name(row.Owner), Relkind: relkind}
		if row.HasDefault {
			o.ACL = i.defaultACL(o.ID.Kind, o.Owner)
		}
		switch letter {
		case 'n':
			schemas[row.Oid] = row.Name
			if !isOfServer(row.Name) || !row.HasDefault {
				i.objects[objectKey{'n', row.Oid}] = o
			}
		case 'r':
			i.objects[objectKey{'r', row.Oid}] = o
			relations = append(relations, located{o, *row.Schema, row.SequenceOf})
		default:
			i.objects[objectKey{letter, row.Oid}] = o
		}
		return err
	})
	i.locate(relations, schemas)
	return err
}

// locate names relations by the schemas that were read, and then sets the tables that own sequences.
func (i *inspection) locate(relations []located, schemas map[uint32]string) {
	for _, r := range relations {
		r.ID.Schema = schemas[r.schema]
	}
	for _, r := range relations {
		if r.sequenceOf == nil {
			continue
		}
		if table := i.objects[objectKey{'r', *r.sequenceOf}]; table != nil {
			r.OwnedBy = table.ID
		}
	}
}

// kindOf gives the kind for a letter of acldefault() and, for a relation, its relkind. An unknown letter is an error:
// such an object must not be taken for another kind.
func kindOf(letter byte, relkind, name string) (catalog.Kind, error) {
	kind, known := catalog.FindKind(letter, relkind)
	if !known {
		return "", fmt.Errorf("the server has an object of an unknown kind: %q, of class %q and relkind %q", name, letter, relkind)
	}
	return kind, nil
}

// isOfServer tells whether a schema is a TOAST or temporary one. It matters only if something was granted on it.
func isOfServer(schema string) bool {
	return strings.HasPrefix(schema, "pg_toast") || strings.HasPrefix(schema, "pg_temp_")
}

// readItems reads ACLs.
func (i *inspection) readItems(rows pgx.Rows) error {
	i.finishObjects()
	var row gen.ItemsRow
	var class, column pgtype.Text
	var a acls
	fields := []any{&class, &row.Object, &column, &row.Grantee, &row.Grantor, &row.Privilege, &row.Grantable}
	err := wire.Each(rows, fields, func() {
		key := itemKey{objectKey{'r', row.Object}, column.String}
		if class.Valid {
			key.class = class.String[0]
		}
		i.readItem(&a, key, row)
	})
	i.addItems(&a)
	return err
}

// acls is the ACL that is being read. The items of one ACL come one after the other.
type acls struct {
	last itemKey
	// object has the ACL; nil: the object is not in the catalog.
	object *catalog.Object
	items  []catalog.Item
}

func (i *inspection) readItem(a *acls, key itemKey, row gen.ItemsRow) {
	if key != a.last {
		i.addItems(a)
		a.last, a.object, a.items = key, i.objects[key.objectKey], a.items[:0]
	}
	privilege := catalog.Privilege(row.Privilege)
	a.items = append(a.items, catalog.Item{
		Grantee: i.roles.nameIn(&key, row.Grantee), Grantor: i.roles.nameIn(&key, row.Grantor),
		Privilege: privilege, Grantable: row.Grantable,
	})
	if a.object != nil && row.Grantee != 0 {
		i.roles.hold(row.Grantee, a.object, key.column, privilege, row.Grantable)
	}
}

// addItems adds the items that were read to their object's ACL, if the object still exists.
func (i *inspection) addItems(a *acls) {
	o, column := a.object, a.last.column
	switch {
	case o == nil:
	case column == "":
		o.ACL = catalog.NewACL(append(a.items, o.ACL...)...)
	default:
		if o.Columns == nil {
			o.Columns = map[string]catalog.ACL{}
		}
		o.Columns[column] = catalog.NewACL(append(a.items, o.Columns[column]...)...)
	}
}

// defaultACL gives the built-in ACL for NULL. For relations it also gives the owner's usual items, which the query
// leaves out. It is worked out once for each kind and owner.
func (i *inspection) defaultACL(kind catalog.Kind, owner string) catalog.ACL {
	key := defaultKey{kind, owner}
	if _, known := i.defaults[key]; !known {
		i.defaults[key] = i.catalog.DefaultACL(kind, owner)
	}
	return i.defaults[key]
}

type defaultKey struct {
	kind  catalog.Kind
	owner string
}

// finishObjects puts the objects into the catalog. The server works on their ACLs meanwhile.
func (i *inspection) finishObjects() {
	i.catalog.Objects = make(map[catalog.ObjectID]*catalog.Object, len(i.objects))
	for _, o := range i.objects {
		i.catalog.Objects[o.ID] = o
	}
}
