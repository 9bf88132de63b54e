package resolve

import (
	"regexp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// ignored is what the spec's key ignore leaves alone; nil: nothing.
type ignored struct {
	objects map[catalog.ObjectID]bool
	schemas map[string]bool
	// targets are all objects of a kind in schemas, or those that match.
	targets          []spec.Target
	roles            map[string]bool
	extensionMembers bool
}

func ignoredBy(s *spec.Spec) *ignored {
	if len(s.Ignore) == 0 {
		return nil
	}
	out := &ignored{objects: map[catalog.ObjectID]bool{}, schemas: map[string]bool{}, roles: map[string]bool{}}
	for i := range s.Ignore {
		item := &s.Ignore[i]
		out.extensionMembers = out.extensionMembers || item.ExtensionMembers
		for _, role := range item.Roles {
			out.roles[role] = true
		}
		if item.Target == nil {
			continue
		}
		for _, id := range item.Target.Objects {
			if out.objects[id] = true; id.Kind == catalog.Schema {
				out.schemas[id.Name] = true
			}
		}
		if len(item.Target.Objects) == 0 {
			out.targets = append(out.targets, *item.Target)
		}
	}
	return out
}

// has tells whether an object is left alone.
func (i *ignored) has(o *catalog.Object) bool {
	if i == nil || o == nil {
		return false
	}
	anyOfName := o.ID
	anyOfName.Arguments = ""
	return i.objects[o.ID] || i.objects[anyOfName] || i.schemas[o.ID.Schema] || i.extensionMembers && o.OfExtension ||
		slices.ContainsFunc(i.targets, func(t spec.Target) bool { return covers(&t, o.ID) && isMeant(&t, o) })
}

// hasRole tells whether a role is left alone, as member and as granted role.
func (i *ignored) hasRole(role string) bool { return i != nil && i.roles[role] }

// hasSchema tells whether a schema is left alone, with all that lies in it.
func (i *ignored) hasSchema(schema string) bool { return i != nil && i.schemas[schema] }

// covers tells whether a target without names, one of ALL or of a pattern, is about an object.
func covers(t *spec.Target, id catalog.ObjectID) bool {
	return id.Kind == t.Kind && (!id.Kind.Info().InSchema() || slices.Contains(t.Schemas, id.Schema)) &&
		matches(t.Matching, id.Name) && !excepts(t.Except, id)
}

func matches(pattern *regexp.Regexp, name string) bool {
	return pattern == nil || pattern.MatchString(name)
}

// excepts tells whether an EXCEPT leaves an object out.
func excepts(e *spec.Exception, id catalog.ObjectID) bool {
	if e == nil {
		return false
	}
	if e.Matching != nil {
		return e.Matching.MatchString(id.Name)
	}
	return slices.ContainsFunc(e.Names, func(name catalog.ObjectID) bool { return isNameOf(name, id) })
}

// isNameOf tells whether a name after EXCEPT is that of an object. Without arguments it is that of all routines so
// named.
func isNameOf(name, id catalog.ObjectID) bool {
	return name.Schema == id.Schema && name.Name == id.Name && (name.Arguments == "" || name.Arguments == id.Arguments)
}

// refuseIgnoredRoles refuses roles that a spec both decides over and leaves alone.
func (r *resolver) refuseIgnoredRoles() {
	for i := range r.spec.Roles {
		role := &r.spec.Roles[i]
		if r.ignored.hasRole(role.Name) {
			r.fail(role.At, "role %q is under ignore, so that the spec can not decide over it: take one of both out", role.Name)
		}
		for _, m := range slices.Concat(role.MemberOf, role.Members) {
			if r.ignored.hasRole(m.Role) && !r.hasEnded(m.Until) {
				r.fail(m.At, "role %q is under ignore, so that its memberships can not be decided: take one of both out", m.Role)
			}
		}
	}
}
