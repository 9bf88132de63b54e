package inspect

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// newSchemas stands for the catalog of what default privileges give to a role's new schemas; the OID is the role's.
const newSchemas = 'N'

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

// words keeps one copy of each word that comes again and again: privileges, schemas.
type words map[string]string

func (w words) once(word string) string {
	known, there := w[word]
	if !there {
		w[word], known = word, word
	}
	return known
}

func (i *inspection) readObjects(rows pgx.Rows) error {
	var row gen.ObjectsRow
	fields := []any{
		&row.Class, &row.Oid, &row.Schema, &row.Name, &row.Owner, &row.DefaultAcl, &row.OwnerDefault, &row.Relkind, &row.TableSchema, &row.TableName,
		&row.Code,
	}
	_, err := pgx.ForEachRow(rows, fields, func() error {
		kind, err := kindOf(row.Class[0], row.Relkind, row.Name)
		row.Schema, row.Relkind = i.words.once(row.Schema), i.words.once(row.Relkind)
		o := &catalog.Object{
			ID:  catalog.ObjectID{Kind: kind, Schema: row.Schema, Name: row.Name},
			OID: row.Oid, Owner: i.roles.name(row.Owner), Relkind: row.Relkind, Code: i.words.once(row.Code),
		}
		if row.TableName != "" {
			o.OwnedBy = catalog.ObjectID{Kind: catalog.Table, Schema: row.TableSchema, Name: row.TableName}
		}
		if row.DefaultAcl || row.OwnerDefault {
			o.ACL = i.defaultACL(o.ID.Kind, o.Owner)
		}
		i.objects[objectKey{row.Class[0], row.Oid}] = o
		return err
	})
	return err
}

// kindOf gives the kind of what the server names by the letter of acldefault() and, if it is a relation, by its
// relkind. What nobody here knows must not be taken for something else.
func kindOf(letter byte, relkind, name string) (catalog.Kind, error) {
	kind, known := catalog.FindKind(letter, relkind)
	if !known {
		return "", fmt.Errorf("the server has an object of an unknown kind: %q, of class %q and relkind %q", name, letter, relkind)
	}
	return kind, nil
}

// readItems reads ACLs.
func (i *inspection) readItems(rows pgx.Rows) error {
	i.finishObjects()
	var row gen.ItemsRow
	var a acls
	fields := []any{&row.Class, &row.Object, &row.ColumnName, &row.Grantee, &row.Grantor, &row.Privilege, &row.Grantable}
	err := wire.Each(rows, fields, func() {
		i.readItem(&a, itemKey{objectKey{row.Class[0], row.Object}, row.ColumnName}, row)
	})
	i.addItems(&a)
	return err
}

// acls are ACLs in the reading, whose items come one after the other.
type acls struct {
	last itemKey
	// object is the one whose ACL it is; nil: it is not shown.
	object *catalog.Object
	items  []catalog.Item
}

func (i *inspection) readItem(a *acls, key itemKey, row gen.ItemsRow) {
	if key != a.last {
		i.addItems(a)
		a.last, a.object, a.items = key, i.objects[key.objectKey], a.items[:0]
	}
	privilege := catalog.Privilege(i.words.once(row.Privilege))
	a.items = append(a.items, catalog.Item{
		Grantee: i.roles.nameIn(&key, row.Grantee), Grantor: i.roles.nameIn(&key, row.Grantor),
		Privilege: privilege, Grantable: row.Grantable,
	})
	if a.object != nil && key.column == "" && row.Grantee != 0 {
		i.roles.hold(row.Grantee, a.object, privilege, row.Grantable)
	}
}

// addItems adds items to an ACL of an object, if that is still there.
func (i *inspection) addItems(a *acls) {
	o, column := a.object, a.last.column
	switch {
	case a.last.class == newSchemas:
		i.catalog.NewSchemas[i.roles.name(a.last.oid)] = catalog.NewACL(a.items...)
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

// defaultACL gives what NULL stands for, and of a relation what its owner has, worked out once for each kind and owner.
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

// finishObjects puts the objects into the catalog, while the server goes on to their ACLs.
func (i *inspection) finishObjects() {
	i.catalog.Objects = make(map[catalog.ObjectID]*catalog.Object, len(i.objects))
	for _, o := range i.objects {
		i.catalog.Objects[o.ID] = o
	}
}
