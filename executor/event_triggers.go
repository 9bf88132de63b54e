package executor

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// nameEventTriggers adds to an error of statements the event triggers that run for them. These run in the same
// transaction, and what they do cannot be foreseen.
// https://www.postgresql.org/docs/current/event-trigger-definition.html
func nameEventTriggers(err error, found []catalog.EventTrigger, d script.Document) error {
	if failed, is := errors.AsType[*StatementError](err); is && !MayPass(err) {
		failed.EventTriggers = planner.EventTriggersFor(found, script.Document{Server: d.Server, Statements: d.Statements[:failed.Number]})
	}
	if other, is := errors.AsType[*NotAsPlannedError](err); is {
		other.EventTriggers = planner.EventTriggersFor(found, d)
	}
	if other, is := errors.AsType[*StateError](err); is {
		other.EventTriggers = planner.EventTriggersFor(found, d)
	}
	return err
}

// askEventTriggers reads the event triggers after a rollback, for an error of a saved plan.
func askEventTriggers(ctx context.Context, conn *pgx.Conn, o Options, err error, d script.Document) error {
	if ctx.Err() != nil || !errors.As(err, new(*StatementError)) && !errors.As(err, new(*StateError)) {
		return err
	}
	found, _ := inspect.EventTriggers(ctx, o.session(conn)) // without them the error is what it is
	return nameEventTriggers(err, found, d)
}

// mentionEventTriggers names event triggers that may be the reason, and says what to do; empty if there are none.
func mentionEventTriggers(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "\nEvent triggers ran, and what they do is not foreseen: " + strings.Join(lists.Quoted(names), ", ") +
		".\nIf one of them did this, run the statement that it follows by hand (CREATE SCHEMA, for one), then plan again: what it has added is seen then"
}
