package inspect

import (
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// located is a relation whose schema, and the table that it belongs to, are known by OID.
type located struct {
	*catalog.Object
	schema     uint32
	sequenceOf *uint32
}

// readAllObjects does what readObjects does where everything is read. Schemas may come after what lies in them.
func (i *inspection) readAllObjects(rows pgx.Rows) error {
	var row gen.WholeObjectsRow
	var kind byte
	var code *byte
	var relations []located
	schemas := map[uint32]string{}
	fields := []any{
		&kind, &row.Oid, &row.Schema, &row.Name, &row.Owner, &row.HasDefault, &row.SequenceOf, &code,
	}
	_, err := pgx.ForEachRow(rows, fields, func() error {
		letter, relkind := kind, ""
		if row.Schema != nil {
			letter, relkind = 'r', i.words.once(string(kind))
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
			if code != nil {
				o.Code = i.words.once(string(*code))
			}
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

// locate gives relations their names, and then sequences the names of their tables.
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

// isOfServer tells whether a schema is one that the server keeps for itself: it matters only if something was granted
// on it.
func isOfServer(schema string) bool {
	return strings.HasPrefix(schema, "pg_toast") || strings.HasPrefix(schema, "pg_temp_")
}

// readAllItems does what readItems does where everything is read.
func (i *inspection) readAllItems(rows pgx.Rows) error {
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
