package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Scope says which part of a cluster has to be known to resolve the spec.
func Scope(s *spec.Spec) catalog.Scope {
	b := newScopeBuilder(ScopeOfRoles(s))
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
	for _, grants := range [][]spec.Grant{s.Public.Grants, s.Public.Revokes} {
		for i := range grants {
			b.target(&grants[i].Target)
		}
	}
	return b.scope
}

// ScopeOfRoles gives a scope without objects, which is worked out sooner. It is enough where everything is read. It may
// name something twice.
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
	creators := func(grants []spec.Grant) {
		for i := range grants {
			if future := grants[i].Target.Future; future != nil {
				scope.DefaultPrivileges = true
				for _, creator := range future.Creators {
					name(creator)
				}
				scope.Holders = scope.Holders || future.AnyCreator
			}
		}
	}
	creators(s.Public.Grants)
	creators(s.Public.Revokes)
	addColumns(&scope, s.Public.Grants)
	addColumns(&scope, s.Public.Revokes)
	scope.Everyone = !s.Public.IsEmpty()
	scope.DefaultPrivileges = scope.DefaultPrivileges || scope.Everyone
	for i := range s.Roles {
		role := &s.Roles[i]
		scope.Roles = append(scope.Roles, role.Name)
		mention(role.MemberOf)
		mention(role.Members)
		if role.IsAbsent() {
			addLeaver(&scope, role, name)
			continue
		}
		creators(role.DirectGrants)
		addDecided(&scope, role)
		if !s.Local && (role.Login == nil || !role.Login.Password.IsZero()) {
			scope.Passwords = true
		}
		addColumns(&scope, role.Grants)
		addColumns(&scope, role.DirectGrants)
	}
	scope.Extensions = slices.ContainsFunc(s.Ignore, func(i spec.Ignored) bool { return i.ExtensionMembers })
	return scope
}

// addColumns asks for the names of columns where some are granted.
func addColumns(scope *catalog.Scope, grants []spec.Grant) {
	for i := range grants {
		if g := &grants[i]; g.Columns != nil {
			scope.Columns = append(scope.Columns, g.Target.Objects...)
			scope.ContentColumns = append(scope.ContentColumns, g.Target.Schemas...)
		}
	}
}

// scopeBuilder adds each object to a scope once, in the order of the spec.
type scopeBuilder struct {
	scope    catalog.Scope
	objects  map[catalog.ObjectID]bool
	contents map[catalog.Contents]bool
}

func newScopeBuilder(scope catalog.Scope) *scopeBuilder {
	return &scopeBuilder{scope: scope, objects: map[catalog.ObjectID]bool{}, contents: map[catalog.Contents]bool{}}
}

func (b *scopeBuilder) target(t *spec.Target) {
	b.scope.Databases = b.scope.Databases || len(t.Schemas) == 0 && t.Matching != nil
	for _, id := range t.Objects {
		b.scope.System = b.scope.System || isSystem(id)
		if isNew := b.object(id); isNew && id.Schema != "" {
			b.object(catalog.ObjectID{Kind: catalog.Schema, Name: id.Schema})
		}
	}
	if t.Future != nil {
		for _, schema := range t.Future.Schemas {
			b.object(catalog.ObjectID{Kind: catalog.Schema, Name: schema})
			if t.Future.AnyCreator {
				b.contentsOf(t.Kind, schema)
			}
		}
		b.scope.Everything = b.scope.Everything || t.Future.AnyCreator && len(t.Future.Schemas) == 0
	}
	for _, schema := range t.Schemas {
		b.object(catalog.ObjectID{Kind: catalog.Schema, Name: schema})
		b.contentsOf(t.Kind, schema)
	}
}

// contentsOf asks for all objects of a kind in a schema.
func (b *scopeBuilder) contentsOf(kind catalog.Kind, schema string) {
	b.scope.System = b.scope.System || isSystem(catalog.ObjectID{Kind: kind, Schema: schema})
	if contents := (catalog.Contents{Kind: kind, Schema: schema}); !b.contents[contents] {
		b.contents[contents] = true
		b.scope.Contents = append(b.scope.Contents, contents)
	}
}

// isSystem tells whether an object is only read together with PostgreSQL's own: one in a schema of the server, or a
// named type, which may be the row type of a table.
func isSystem(id catalog.ObjectID) bool {
	return id.Kind == catalog.Type && id.Name != "" || (id.Kind == catalog.Type || id.Kind == catalog.Routine) && isServers(id)
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

// addDecided adds to a scope a role's members and settings where the spec decides over them, and the parameters that it
// names.
func addDecided(scope *catalog.Scope, role *spec.Role) {
	scope.Owners = scope.Owners || role.Owns != nil
	if role.Members != nil {
		scope.MembersOf = append(scope.MembersOf, role.Name)
	}
	if role.Settings != nil || len(role.In) > 0 {
		scope.SettingsOf = append(scope.SettingsOf, role.Name)
	}
	ask := func(settings []spec.Setting) {
		for _, s := range settings {
			if name := catalog.SettingKey(s.Name); !slices.Contains(scope.Settings, name) {
				scope.Settings = append(scope.Settings, name)
			}
		}
	}
	ask(role.Settings)
	for _, in := range role.In {
		ask(in.Settings)
	}
}
