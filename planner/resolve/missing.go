package resolve

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// Missing is something that a spec names and that does not exist: an object, a role that only member_of names, or
// what a pattern is to match.
type Missing struct {
	// At is where the spec names it first, and More is in how many other places it does. Role was to have something of it.
	At   spec.Position
	Role string
	More int
	// Object is what does not exist. It has no name if a Group is missing, or a match of a Pattern.
	Object catalog.ObjectID
	// Pattern is a regular expression that no name of the kind and schema of Object matches.
	Pattern string
	// Column is one that Object does not have; empty: the object itself does not exist.
	Column string
	// Excepted tells that EXCEPT names it. That refuses the run whatever the spec says of what is missing: EXCEPT with a
	// mistyped name gives more.
	Excepted bool
	// Heir is a role to which was to go what Role owns, which is to be dropped. That refuses the run, too.
	Heir string
	// Group is a role of which Role was to be a member, Member one that was to be a member of Role.
	Group, Member string
	// Creator is a role on whose new objects Role was to have something.
	Creator string
	// Database is the connected database.
	Database string
	// Hint says what may have been meant; empty if there is nothing to say.
	Hint string
	// Excerpt is the line of the file at At. Whoever has the file sets it.
	spec.Excerpt
}

// IsNeeded tells that the run does not go on without, whatever the spec says of what is missing.
func (m Missing) IsNeeded() bool { return m.Excepted || m.Heir != "" }

// String says what is missing, where it is named and what may have been meant.
func (m Missing) String() string {
	text := m.At.Before(m.what())
	switch {
	case m.More == 1:
		text += " (named in another place, too)"
	case m.More > 1:
		text += fmt.Sprintf(" (named in %d other places, too)", m.More)
	}
	if m.Hint != "" {
		text += ": " + m.Hint
	}
	return catalog.OneLine(text)
}

// Warning gives String with what the run does about it, for a run that goes on.
func (m Missing) Warning() string {
	done := "it is left out"
	switch {
	case m.IsNeeded():
		return m.String()
	case m.Group != "":
		done = "it is created"
	case m.Member != "":
		done = "it is passed over"
	case m.Pattern != "":
		done = "the pattern is left out"
	}
	return m.String() + "; " + done
}

func (m Missing) what() string {
	switch {
	case m.Excepted:
		return fmt.Sprintf("EXCEPT names %s, which matches nothing that the phrase is about", m.Object.NameInWords())
	case m.Column != "":
		return fmt.Sprintf("%s has no column %s", m.Object.String(), catalog.QuoteIfNeeded(m.Column))
	case m.Heir != "":
		return fmt.Sprintf("role %q, to which goes what role %q owns, does not exist", m.Heir, m.Role)
	case m.Group != "":
		return fmt.Sprintf("role %q, of which %q is to be a member, does not exist", m.Group, m.Role)
	case m.Member != "":
		return fmt.Sprintf("role %q, which is to be a member of %q, does not exist", m.Member, m.Role)
	case m.Creator != "":
		return fmt.Sprintf("role %q, on whose new objects %q is to have something, does not exist", m.Creator, m.Role)
	case m.Pattern != "" && m.Object.Schema == "":
		return fmt.Sprintf("nothing matches: there is no %s '%s'", m.Object.Kind, m.Pattern)
	case m.Pattern != "":
		return fmt.Sprintf("nothing matches: there is no %s '%s' in schema %s of database %q", m.Object.Kind, m.Pattern, catalog.QuoteIfNeeded(m.Object.Schema), m.Database)
	case m.Object.Kind.Info().Shared:
		return m.Object.String() + " does not exist"
	}
	return fmt.Sprintf("%s does not exist in database %q", m.Object.String(), m.Database)
}

// missingOnce gathers what is missing, each thing once.
type missingOnce struct {
	all []Missing
	// at is the index in all of each thing, whose key has no place, role and hint.
	at map[Missing]int
}

// note notes one thing, or one more place where it is named.
func (o *missingOnce) note(m Missing) {
	key := m
	key.At, key.Role, key.Hint = spec.Position{}, "", ""
	if o.at == nil {
		o.at = map[Missing]int{}
	}
	if i, isNew := lists.Place(o.at, key); isNew {
		o.all = append(o.all, m)
	} else {
		o.all[i].More++
	}
}

// inOrder gives all of it, in the order of the spec.
func (o *missingOnce) inOrder() []Missing {
	slices.SortStableFunc(o.all, func(a, b Missing) int { return comparePositions(a.At, b.At) })
	return o.all
}

// noteMissing notes that something is missing, and what may have been meant, or that IF EXISTS passes over it.
func (r *resolver) noteMissing(m Missing, ifExists bool, hint func() string) {
	m.Database = r.current.Server.Database
	if ifExists {
		r.skipped.note(m)
		return
	}
	m.Hint = hint()
	r.missing.note(m)
}

func noHint() string { return "" }

// noteMissingObject notes that an object of a target is missing.
func (r *resolver) noteMissingObject(id catalog.ObjectID, role string, t *spec.Target, at spec.Position) {
	r.noteMissing(Missing{At: at, Role: role, Object: id}, t.IfExists, func() string { return r.hint(id) })
}

// hint finds an object of the same name and another kind, the usual reason why a name is not found.
func (r *resolver) hint(id catalog.ObjectID) string {
	if hint := r.overloadHint(id); hint != "" {
		return hint
	}
	for _, kind := range catalog.Kinds() {
		other := catalog.ObjectID{Kind: kind.Kind, Schema: id.Schema, Name: id.Name}
		if kind.InSchema() && r.desired.Objects[other] != nil {
			return fmt.Sprintf("it is a %s: write ON %s", kind.Kind, kind.Kind)
		}
	}
	return ""
}

// noteNoMatch notes that nothing in a schema matches a pattern.
func (r *resolver) noteNoMatch(t spec.Target, schema, role string, at spec.Position) {
	m := Missing{At: at, Role: role, Object: catalog.ObjectID{Kind: t.Kind, Schema: schema}, Pattern: spec.PatternText(t.Matching)}
	r.noteMissing(m, t.IfExists, func() string {
		return patternHint(m.Pattern, r.contentsOfSchemas()[contentsKey{kind: t.Kind, schema: schema}])
	})
}

// noteMissingGroup notes that a role of member_of does not exist, and creates it where the spec allows that. A name
// that only PostgreSQL may use is refused.
func (r *resolver) noteMissingGroup(role *spec.Role, group spec.Membership) {
	at := placeOf(role, group.At)
	if !group.IfExists && catalog.IsReserved(group.Role) {
		r.fail(at, "role %q is to be a member of %q, which this server does not have and which can not be created: names that begin with pg_ are PostgreSQL's%s",
			role.Name, group.Role, r.since(group.Role))
		return
	}
	r.noteMissing(Missing{At: at, Role: role.Name, Group: group.Role}, group.IfExists, func() string {
		if r.spec.IsLeftOut(group.Role) {
			return "it is a role of the spec that this run leaves out"
		}
		return ""
	})
	if !group.IfExists && r.spec.Missing == spec.WarnOfMissing {
		r.createRole(group.Role)
	}
}

// firstMajor is the first major version that has a predefined role that takes members; 10: that one or an earlier one.
// https://www.postgresql.org/docs/current/predefined-roles.html
var firstMajor = map[string]int{
	"pg_signal_backend": 10, "pg_monitor": 10, "pg_read_all_settings": 10, "pg_read_all_stats": 10, "pg_stat_scan_tables": 10,
	"pg_read_server_files": 11, "pg_write_server_files": 11, "pg_execute_server_program": 11,
	"pg_read_all_data": 14, "pg_write_all_data": 14, "pg_checkpoint": 15, "pg_create_subscription": 16,
	"pg_use_reserved_connections": 16, "pg_maintain": 17, "pg_signal_autovacuum_worker": 18,
}

// since says with which version a predefined role comes, or which of this version's have the nearest names.
func (r *resolver) since(role string) string {
	if major, known := firstMajor[role]; known {
		return fmt.Sprintf(" (this one comes with PostgreSQL %d)", major)
	}
	major := r.current.Server.Major()
	return spec.DidYouMean(role, lists.Keys(firstMajor, strings.Compare, func(_ string, first int) bool { return first <= major }))
}

// noteMissingPreserved notes the missing schemas of preserve_in_schemas.
func (r *resolver) noteMissingPreserved() {
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		for j, schema := range role.PreserveInSchemas {
			id := catalog.ObjectID{Kind: catalog.Schema, Name: schema}
			if r.desired.Objects[id] == nil {
				r.noteMissingObject(id, role.Name, new(spec.Target), itemAt(role, role.PreservedAt, j))
			}
		}
	}
}

// itemAt gives the place of an item in a role's list. A role built in Go has no such places: then it is the role's.
func itemAt(role *spec.Role, places []spec.Position, index int) spec.Position {
	if index < len(places) {
		return places[index]
	}
	return role.At
}

// placeOf gives a place, or the role's place if that one is not known.
func placeOf(role *spec.Role, at spec.Position) spec.Position {
	if at == (spec.Position{}) {
		return role.At
	}
	return at
}
