package executor

import (
	"context"
	"strings"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/lists"
)

// eventTriggers gives those that are enabled. They run within the transaction, and what they add to what a statement
// does nobody can foresee; empty where the server does not say.
// https://www.postgresql.org/docs/current/event-trigger-definition.html
func eventTriggers(ctx context.Context, tx *transaction) []string {
	var names []string
	if tx.RoundTrip(ctx, wire.Query{Doing: "reading event triggers", SQL: gen.EventTriggers, Read: wire.Into(&names)}) != nil {
		return nil
	}
	return names
}

// mentionEventTriggers says which may be the reason, and what to do; empty if there are none.
func mentionEventTriggers(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "\nThese event triggers are enabled, and what they do is not foreseen: " + strings.Join(lists.Quoted(names), ", ") +
		".\nIf one of them did this, run the statement that it follows by hand (CREATE SCHEMA, for one), then plan again: what it has added is seen then"
}
