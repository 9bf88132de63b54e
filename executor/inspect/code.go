package inspect

import (
	"pgsr/executor/wire"
	"pgsr/gen"
)

// askCode asks what of tables runs with its owner's rights, after the tables.
func (i *inspection) askCode(sql string) wire.Query {
	return wire.Query{Doing: "reading what runs with its owner's rights", SQL: sql, Read: wire.EachRow(func(row gen.CodeRow) {
		if o := i.objects[objectKey{'r', row.Relation}]; o != nil {
			o.Code = row.Letter
		}
	})}
}
