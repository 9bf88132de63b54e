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

// nameEventTriggers says in the error of statements that failed, or had another result than was planned, which event
// triggers run for them. They run within the transaction, and what they do nobody can foresee.
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

// askEventTriggers asks for them when all is rolled back, for an error of a plan that was made elsewhere.
func askEventTriggers(ctx context.Context, conn *pgx.Conn, o Options, err error, d script.Document) error {
	if ctx.Err() != nil || !errors.As(err, new(*StatementError)) && !errors.As(err, new(*StateError)) {
		return err
	}
	found, _ := inspect.EventTriggers(ctx, o.session(conn)) // without them the error is what it is
	return nameEventTriggers(err, found, d)
}

// mentionEventTriggers says which may be the reason, and what to do; empty if there are none.
func mentionEventTriggers(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "\nEvent triggers ran, and what they do is not foreseen: " + strings.Join(lists.Quoted(names), ", ") +
		".\nIf one of them did this, run the statement that it follows by hand (CREATE SCHEMA, for one), then plan again: what it has added is seen then"
}
