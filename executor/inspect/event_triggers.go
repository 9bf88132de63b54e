package inspect

import (
	"context"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// EventTriggers reads those of the connected database that are enabled.
func EventTriggers(ctx context.Context, s wire.Session) (found []catalog.EventTrigger, err error) {
	err = s.Read(ctx, askEventTriggers(&found))
	return found, err
}

func askEventTriggers(found *[]catalog.EventTrigger) wire.Query {
	return wire.Query{Doing: "reading event triggers", SQL: gen.EventTriggers, Read: wire.EachRow(func(row gen.EventTriggersRow) { *found = append(*found, catalog.EventTrigger(row)) })}
}
