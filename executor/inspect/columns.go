package inspect

import (
	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// askMore lists the queries that only some scopes need. They need the objects to be read.
func (i *inspection) askMore() []wire.Query {
	var all []wire.Query
	if len(i.scope.Columns) > 0 || len(i.scope.ContentColumns) > 0 {
		all = append(all, i.askColumnNames())
	}
	if i.scope.Extensions {
		all = append(all, wire.Query{Doing: "reading what belongs to extensions", SQL: gen.ExtensionMembers, Args: []any{i.acting()}, Read: i.readExtensionMembers})
	}
	return append(all, i.askLeavers()...)
}

// askColumnNames asks for the columns of the relations on whose columns something is to be granted.
func (i *inspection) askColumnNames() wire.Query {
	schemas, names := []string{}, []string{}
	asked := make(map[catalog.ObjectID]bool, len(i.scope.Columns))
	for _, id := range i.scope.Columns {
		if !asked[id] && wire.CanExist(id.Name) && wire.CanExist(id.Schema) {
			asked[id] = true
			schemas, names = append(schemas, id.Schema), append(names, id.Name)
		}
	}
	return wire.Query{
		Doing: "reading the names of columns", SQL: gen.ColumnNames, Args: []any{schemas, names, wire.Names(i.scope.ContentColumns)},
		Read: wire.EachRow(func(row gen.ColumnNamesRow) {
			if o := i.objects[objectKey{'r', row.Relation}]; o != nil {
				o.AllColumns = row.Columns
			}
		}),
	}
}

// readExtensionMembers marks the objects that belong to extensions.
func (i *inspection) readExtensionMembers(rows pgx.Rows) error {
	members := map[gen.ExtensionMembersRow]bool{}
	err := wire.EachRow(func(member gen.ExtensionMembersRow) { members[member] = true })(rows)
	for _, o := range i.catalog.Objects {
		o.OfExtension = members[gen.ExtensionMembersRow{Catalog: o.ID.Kind.Info().Catalog, Oid: o.OID}]
	}
	return err
}
