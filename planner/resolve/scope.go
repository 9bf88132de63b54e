package resolve

import (
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Scope says which part of a cluster has to be known to resolve the spec.
func Scope(s *spec.Spec) catalog.Scope {
	b := scopeBuilder{scope: ScopeOfRoles(s), objects: map[catalog.ObjectID]bool{}, contents: map[string]bool{}, kinds: catalog.Kinds()}
	for _, role := range s.Roles {
		for i := range role.Grants {
			b.target(&role.Grants[i].Target)
		}
		for i := range role.DirectGrants {
			b.target(&role.DirectGrants[i].Target)
		}
		for i := range role.Owns {
			b.target(&role.Owns[i].Target)
		}
		for _, schema := range role.PreserveInSchemas {
			b.object(catalog.ObjectID{Kind: catalog.Schema, Name: schema})
		}
	}
	return b.scope
}

// ScopeOfRoles is the scope without the objects: all that there is to ask for where everything is read, and sooner
// worked out.
func ScopeOfRoles(s *spec.Spec) catalog.Scope {
	var scope catalog.Scope
	mentioned := map[string]bool{}
	name := func(role string) {
		if !mentioned[role] {
			mentioned[role] = true
			scope.Mentioned = append(scope.Mentioned, role)
		}
	}
	mention := func(all []spec.Membership) {
		for _, m := range all {
			name(m.Role)
		}
	}
	for i := range s.Roles {
		role := &s.Roles[i]
		scope.Roles = append(scope.Roles, role.Name)
		mention(role.MemberOf)
		mention(role.Members)
		for j := range role.DirectGrants {
			if future := role.DirectGrants[j].Target.Future; future != nil {
				for _, creator := range future.Creators {
					name(creator)
				}
				scope.Holders = scope.Holders || future.AnyCreator
			}
		}
		if role.Login == nil || !role.Login.Password.IsZero() {
			scope.Passwords = true
		}
	}
	return scope
}

// scopeBuilder gathers each name once, in the order of the spec.
type scopeBuilder struct {
	scope    catalog.Scope
	objects  map[catalog.ObjectID]bool
	contents map[string]bool
	kinds    []catalog.KindInfo
}

func (b *scopeBuilder) target(t *spec.Target) {
	for _, id := range t.Objects {
		if isNew := b.object(id); isNew && id.Schema != "" {
			b.object(catalog.ObjectID{Kind: catalog.Schema, Name: id.Schema})
			b.namesakes(id)
		}
	}
	if t.Future != nil {
		for _, schema := range t.Future.Schemas {
			b.object(catalog.ObjectID{Kind: catalog.Schema, Name: schema})
			if t.Future.AnyCreator {
				b.contentsOf(schema)
			}
		}
		b.scope.Everything = b.scope.Everything || t.Future.AnyCreator && len(t.Future.Schemas) == 0
	}
	for _, schema := range t.Schemas {
		b.object(catalog.ObjectID{Kind: catalog.Schema, Name: schema})
		b.contentsOf(schema)
	}
}

func (b *scopeBuilder) contentsOf(schema string) {
	if !b.contents[schema] {
		b.contents[schema] = true
		b.scope.Contents = append(b.scope.Contents, schema)
	}
}

// namesakes asks for what else may have the name, so that a wrong kind can be told from a wrong name. What was asked
// for as a namesake has all of its own in the scope already.
func (b *scopeBuilder) namesakes(id catalog.ObjectID) {
	for _, kind := range b.kinds {
		if kind.InSchema() && kind.Kind != id.Kind {
			b.object(catalog.ObjectID{Kind: kind.Kind, Schema: id.Schema, Name: id.Name})
		}
	}
}

// object asks for an object, and tells whether it was not asked for before.
func (b *scopeBuilder) object(id catalog.ObjectID) bool {
	if b.objects[id] {
		return false
	}
	b.objects[id] = true
	b.scope.Objects = append(b.scope.Objects, id)
	return true
}
