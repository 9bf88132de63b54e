package inspect

import (
	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// askInitPrivileges asks for what the scripts of extensions have granted, after all objects.
func (i *inspection) askInitPrivileges() wire.Query {
	return wire.Query{Doing: "reading what extensions have granted", SQL: gen.InitPrivileges, Args: []any{i.acting()}, Read: func(rows pgx.Rows) error {
		return wire.EachRow(rows, func(row gen.InitPrivilegesRow) {
			if o := i.objects[objectKey{row.Class[0], row.Oid}]; o != nil {
				item := catalog.Item{Grantee: i.roles.name(row.Grantee), Privilege: catalog.Privilege(row.Privilege), Grantable: row.Grantable}
				o.Init = catalog.NewACL(append(o.Init, item)...)
			}
		})
	}}
}
