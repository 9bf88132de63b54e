package inspect

import (
	"context"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// EventTriggers reads those of the connected database that are enabled.
func EventTriggers(ctx context.Context, s wire.Session) (found []catalog.EventTrigger, err error) {
	err = s.RoundTrip(ctx, append(wire.Begin(s.Conn, script.ReadOnly), wire.Queries(askEventTriggers(&found), wire.End)...)...)
	if err != nil {
		_ = wire.Rollback(s.Conn)
	}
	return found, err
}

func askEventTriggers(found *[]catalog.EventTrigger) wire.Query {
	return wire.Query{Doing: "reading event triggers", SQL: gen.EventTriggers, Read: func(rows pgx.Rows) error {
		return wire.EachRow(rows, func(row gen.EventTriggersRow) { *found = append(*found, catalog.EventTrigger(row)) })
	}}
}
