package catalog

import "slices"

// EventTrigger is one that is enabled and runs when a command begins or ends, within its transaction. What it does
// nobody can foresee. https://www.postgresql.org/docs/current/event-trigger-definition.html
type EventTrigger struct {
	Name, Owner string
	// Function is what it runs, as the server writes it.
	Function string
	// AtTheEnd tells that it runs when a command has been done, so that it can add to that.
	AtTheEnd bool
	// Tags are the commands for which it runs, CREATE SCHEMA for one; none: all.
	Tags []string
}

// Fires tells whether it runs for a command. Empty is one for which no event trigger runs.
func (t EventTrigger) Fires(tag string) bool {
	return tag != "" && (len(t.Tags) == 0 || slices.Contains(t.Tags, tag))
}

// MayAddToSchemas tells whether an event trigger runs when a schema has been made, which may give something on it.
func (c *Catalog) MayAddToSchemas() bool {
	return slices.ContainsFunc(c.EventTriggers, func(t EventTrigger) bool { return t.AtTheEnd && t.Fires("CREATE SCHEMA") })
}
