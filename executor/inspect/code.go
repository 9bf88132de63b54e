package inspect

import (
	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
)

// askCode asks what of tables runs with its owner's rights, after the tables.
func (i *inspection) askCode(sql string) wire.Query {
	return wire.Query{Doing: "reading what runs with its owner's rights", SQL: sql, Read: func(rows pgx.Rows) error {
		var relation uint32
		var letter string
		return wire.Each(rows, []any{&relation, &letter}, func() {
			if o := i.objects[objectKey{'r', relation}]; o != nil {
				o.Code = letter
			}
		})
	}}
}
