package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// Scope says which part of a cluster has to be known to resolve the spec.
func Scope(s *spec.Spec) catalog.Scope {
	b := newScopeBuilder()
	b.roles(s)
	for _, role := range s.Roles {
		b.targets(role.Grants)
		b.targets(role.DirectGrants)
		for i := range role.Owns {
			b.target(&role.Owns[i].Target)
		}
		for _, schema := range role.PreserveInSchemas {
			b.schema(schema)
		}
	}
	b.targets(s.Public.Grants)
	b.targets(s.Public.Revokes)
	return b.scope
}

// ScopeOfRoles gives a scope without objects, which is worked out sooner. It is enough where everything is read. It may
// name something twice.
func ScopeOfRoles(s *spec.Spec) catalog.Scope {
	b := newScopeBuilder()
	b.roles(s)
	return b.scope
}

// scopeBuilder adds each object and each mentioned role to a scope once, in the order of the spec.
type scopeBuilder struct {
	scope     catalog.Scope
	mentioned map[string]bool
	objects   map[catalog.ObjectID]bool
	contents  map[catalog.Contents]bool
}

func newScopeBuilder() *scopeBuilder {
	return &scopeBuilder{mentioned: map[string]bool{}, objects: map[catalog.ObjectID]bool{}, contents: map[catalog.Contents]bool{}}
}

// roles asks for the roles of a spec, for those that it names, and for what belongs to roles alone.
func (b *scopeBuilder) roles(s *spec.Spec) {
	for _, grants := range [][]spec.Grant{s.Public.Grants, s.Public.Revokes} {
		b.creators(grants)
		b.columns(grants)
	}
	b.scope.Everyone = !s.Public.IsEmpty()
	b.scope.DefaultPrivileges = b.scope.DefaultPrivileges || b.scope.Everyone
	for i := range s.Roles {
		b.role(&s.Roles[i], s.Local)
	}
	b.scope.Extensions = slices.ContainsFunc(s.Ignore, func(i spec.Ignored) bool { return i.ExtensionMembers })
}

func (b *scopeBuilder) role(role *spec.Role, isLocal bool) {
	b.scope.Roles = append(b.scope.Roles, role.Name)
	for _, memberships := range [][]spec.Membership{role.MemberOf, role.Members} {
		for _, m := range memberships {
			b.mention(m.Role)
		}
	}
	if role.IsAbsent() {
		b.leaver(role)
		return
	}
	b.creators(role.DirectGrants)
	b.decided(role)
	b.scope.Passwords = b.scope.Passwords || !isLocal && (role.Login == nil || !role.Login.Password.IsZero())
	b.columns(role.Grants)
	b.columns(role.DirectGrants)
}

func (b *scopeBuilder) mention(role string) {
	if !b.mentioned[role] {
		b.mentioned[role] = true
		b.scope.Mentioned = append(b.scope.Mentioned, role)
	}
}

// leaver asks for an absent role, and for the heir that it names.
func (b *scopeBuilder) leaver(role *spec.Role) {
	if heir := role.Absent.ReassignTo; heir != "" {
		b.mention(heir)
	}
	b.scope.Leavers, b.scope.Owners = append(b.scope.Leavers, role.Name), true
}

// creators asks for default privileges where FUTURE phrases are about them, and for the roles of FOR ROLE.
func (b *scopeBuilder) creators(grants []spec.Grant) {
	for i := range grants {
		if future := grants[i].Target.Future; future != nil {
			b.scope.DefaultPrivileges = true
			for _, creator := range future.Creators {
				b.mention(creator)
			}
			b.scope.Holders = b.scope.Holders || future.AnyCreator
		}
	}
}

// columns asks for the names of columns where some are granted.
func (b *scopeBuilder) columns(grants []spec.Grant) {
	for i := range grants {
		if g := &grants[i]; g.Columns != nil {
			b.scope.Columns = append(b.scope.Columns, g.Target.Objects...)
			b.scope.ContentColumns = append(b.scope.ContentColumns, g.Target.Schemas...)
		}
	}
}

// decided asks for a role's members and settings where the spec decides over them, and for the parameters that it
// names.
func (b *scopeBuilder) decided(role *spec.Role) {
	b.scope.Owners = b.scope.Owners || role.Owns != nil
	if role.Members != nil {
		b.scope.MembersOf = append(b.scope.MembersOf, role.Name)
	}
	if role.Settings != nil || len(role.In) > 0 {
		b.scope.SettingsOf = append(b.scope.SettingsOf, role.Name)
	}
	b.settings(role.Settings)
	for _, in := range role.In {
		b.settings(in.Settings)
	}
}

func (b *scopeBuilder) settings(settings []spec.Setting) {
	for _, s := range settings {
		if name := catalog.SettingKey(s.Name); !slices.Contains(b.scope.Settings, name) {
			b.scope.Settings = append(b.scope.Settings, name)
		}
	}
}

func (b *scopeBuilder) targets(grants []spec.Grant) {
	for i := range grants {
		b.target(&grants[i].Target)
	}
}

func (b *scopeBuilder) target(t *spec.Target) {
	b.scope.Databases = b.scope.Databases || len(t.Schemas) == 0 && t.Matching != nil
	for _, id := range t.Objects {
		b.scope.System = b.scope.System || isSystem(id)
		if isNew := b.object(id); isNew && id.Schema != "" {
			b.schema(id.Schema)
		}
	}
	if t.Future != nil {
		for _, schema := range t.Future.Schemas {
			b.schema(schema)
			if t.Future.AnyCreator {
				b.contentsOf(t.Kind, schema)
			}
		}
		b.scope.Everything = b.scope.Everything || t.Future.AnyCreator && len(t.Future.Schemas) == 0
	}
	for _, schema := range t.Schemas {
		b.schema(schema)
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
	return id.Kind == catalog.Type && id.Name != "" || (id.Kind == catalog.Type || id.Kind == catalog.Routine) && id.IsServers()
}

func (b *scopeBuilder) schema(name string) {
	b.object(catalog.ObjectID{Kind: catalog.Schema, Name: name})
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
