package planner

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// revokeAdded revokes, right after CREATE SCHEMA, what an event trigger may have granted there to roles on which the
// spec decides. A REVOKE of nothing does nothing, and the server does not warn of it.
func (b *builder) revokeAdded(id catalog.ObjectID) {
	object := b.working.Objects[id]
	if object.Added == nil || len(object.Added.Decided) == 0 {
		return
	}
	change := catalog.Revoke{Privileges: id.Kind.Info().Privileges, Object: id, Grantees: object.Added.Decided, Grantor: object.Owner}
	act := intent{fmt.Sprintf("revoke what event triggers give on %s", id), change}
	as := b.authority.actAs(object.Owner, object, act, change)
	b.addStatement(script.Schemas, as, change, "what an event trigger may have given on it; what the spec lists follows")
}

// EventTriggersFor names those of some event triggers that run for a document's statements.
func EventTriggersFor(triggers []catalog.EventTrigger, d script.Document) []string {
	return lists.Map(thoseFiring(triggers, commandTags(d.Server, d.Statements)), func(t catalog.EventTrigger) string { return t.Name })
}

// thoseFiring gives those of some event triggers that run for a command of some tags.
func thoseFiring(triggers []catalog.EventTrigger, tags []string) []catalog.EventTrigger {
	return lists.Filter(triggers, func(t catalog.EventTrigger) bool { return slices.ContainsFunc(tags, t.Fires) })
}

// commandTags gives what the server calls the statements for which event triggers run, each once.
func commandTags(server catalog.Server, statements []script.Statement) []string {
	var tags []string
	for _, s := range statements {
		if tag := script.CommandTag(s.Change, server); tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// eventTriggerWarnings names, in one line, the event triggers that run for a plan's statements.
func eventTriggerWarnings(c *catalog.Catalog, statements []script.Statement) []string {
	if len(c.EventTriggers) == 0 {
		return nil
	}
	tags := commandTags(c.Server, statements)
	named := someNamed(thoseFiring(c.EventTriggers, tags), func(t catalog.EventTrigger) string {
		return fmt.Sprintf("%q of role %q, function %q, on %s", t.Name, t.Owner, t.Function, strings.Join(lists.Filter(tags, t.Fires), ", "))
	})
	if named == "" {
		return nil
	}
	return []string{"event triggers run for statements of this plan, and what they do is not foreseen (" + named + "): " +
		"if the result is not what was planned, all is rolled back"}
}
