package inspect

import (
	"pgsr/executor/wire"
	"pgsr/gen"
)

// askCode asks which relations run code with their owner's rights. It needs the objects to be read.
func (i *inspection) askCode(sql string) wire.Query {
	return wire.Query{Doing: "reading what runs with its owner's rights", SQL: sql, Read: wire.EachRow(func(row gen.CodeRow) {
		if o := i.objects[objectKey{'r', row.Relation}]; o != nil {
			o.Code = row.Letter
		}
	})}
}
