package resolve

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// declaredAt is [Resolution.DeclaredAt].
func (r *resolver) declaredAt(change catalog.Change) spec.Position {
	switch ch := change.(type) {
	case catalog.Grant:
		return r.aclItemAt(ch.Object, ch.Column, ch.Privileges, ch.Grantees)
	case catalog.Revoke:
		return r.aclItemAt(ch.Object, ch.Column, ch.Privileges, ch.Grantees)
	case catalog.GrantDefault:
		return r.futureAt(ch.Future, ch.Privileges, ch.Grantees)
	case catalog.RevokeDefault:
		return r.futureAt(ch.Future, ch.Privileges, ch.Grantees)
	case catalog.GrantRole:
		return r.membershipAt(ch.Roles, ch.Members)
	case catalog.RevokeRole:
		return r.membershipAt(ch.Roles, ch.Members)
	case catalog.CreateSchema:
		return cmp.Or(r.ownershipAt(catalog.ObjectID{Kind: catalog.Schema, Name: ch.Name}, ch.Owner), r.roleAt(ch.Owner))
	case catalog.SetOwner:
		return cmp.Or(r.ownershipAt(ch.Object, ch.Owner), r.roleAt(ch.From), r.roleAt(ch.Owner))
	case catalog.CreateRole:
		return r.creationAt(ch)
	}
	return r.attributeAt(change)
}

// attributeAt gives where the spec asks for a change of what a role has by itself.
func (r *resolver) attributeAt(change catalog.Change) spec.Position {
	switch ch := change.(type) {
	case catalog.AlterRole:
		return cmp.Or(r.alterationAt(ch), r.roleAt(ch.Name))
	case catalog.CommentOnRole:
		return cmp.Or(r.specRole(ch.Name).CommentAt, r.roleAt(ch.Name))
	case catalog.AlterRoleSet:
		return r.settingAt(catalog.SettingOf{Role: ch.Role, Database: ch.Database, Name: ch.Name})
	case catalog.AlterRoleReset:
		return r.settingAt(ch.SettingOf)
	case catalog.AlterPolicy:
		gone := lists.Filter(ch.Before, func(role string) bool { return !slices.Contains(ch.Roles, role) })
		return cmp.Or(r.firstRoleAt(gone), r.firstRoleAt(ch.Roles))
	case catalog.DropOwned:
		return r.roleAt(ch.Role)
	case catalog.EndSessions:
		return r.roleAt(ch.Role)
	case catalog.DropRole:
		return r.roleAt(ch.Name)
	}
	return spec.Position{}
}

// specRole gives a role of the spec that is to be there; an empty one if there is none of that name.
func (r *resolver) specRole(name string) *spec.Role {
	if at, in := r.scope[name]; in {
		return &r.spec.Roles[at]
	}
	return &spec.Role{}
}

// roleAt gives where a role of the spec stands: of one that is to be absent, where it says so.
func (r *resolver) roleAt(name string) spec.Position {
	if l, is := r.leavers[name]; is {
		return l.at
	}
	return r.specRole(name).At
}

func (r *resolver) firstRoleAt(names []string) spec.Position {
	for _, name := range names {
		if at := r.roleAt(name); at != (spec.Position{}) {
			return at
		}
	}
	return spec.Position{}
}

// aclItemAt gives where the spec says what grantees have of an object, or of one of its columns. A privilege role has
// what the phrases of others ask for.
func (r *resolver) aclItemAt(object catalog.ObjectID, column string, privileges []catalog.Privilege, grantees []string) spec.Position {
	for _, privilege := range privileges {
		held := catalog.Held{Privilege: privilege, Object: object, Column: column}
		for _, grantee := range grantees {
			at := spec.Position{}
			switch {
			case grantee == catalog.Public:
				at = r.phraseAt(slices.Concat(r.spec.Public.Grants, r.spec.Public.Revokes), held)
			case r.inScope(grantee):
				at = r.phraseAt(r.specRole(grantee).DirectGrants, held)
			case r.isPrivilegeRole(grantee):
				at = r.heldAt(held)
			}
			if at != (spec.Position{}) {
				return at
			}
		}
	}
	return r.firstRoleAt(grantees)
}

func (r *resolver) isPrivilegeRole(name string) bool {
	role := r.desired.Roles[name]
	return role != nil && role.Holds != nil
}

// heldAt gives the first phrase that asks for what a privilege role holds.
func (r *resolver) heldAt(held catalog.Held) spec.Position {
	d := r.declared[held.Object].of(held.Column, held.Privilege)
	if d == nil || len(d.viaRole) == 0 {
		return spec.Position{}
	}
	return r.phraseAt(r.spec.Roles[d.viaRole[0]].Grants, held)
}

// phraseAt gives the first phrase that stands for a privilege on an object, or on one of its columns.
func (r *resolver) phraseAt(grants []spec.Grant, held catalog.Held) spec.Position {
	for g := range r.lasting(grants) {
		isColumn := held.Column == "" && g.Columns == nil || slices.Contains(g.Columns, held.Column)
		if isColumn && (g.AllPrivileges || slices.Contains(g.Privileges, held.Privilege)) && r.isIn(&g.Target, held.Object, g.At) {
			return g.At
		}
	}
	return spec.Position{}
}

// isIn tells whether an object is one of those that a target stands for.
func (r *resolver) isIn(t *spec.Target, id catalog.ObjectID, at spec.Position) bool {
	isOfAll := slices.Contains(t.Schemas, id.Schema) || len(t.Schemas) == 0 && t.Matching != nil
	switch {
	case t.Kind == id.Kind && isOfAll:
		_, is := slices.BinarySearchFunc(r.contents(*t, id.Schema).objects, id, catalog.ObjectID.Compare)
		return is
	case slices.ContainsFunc(t.Objects, func(named catalog.ObjectID) bool { return r.relation(named) == id }):
		return true
	}
	return t.Kind == id.Kind && slices.Contains(r.objectsOf(t, at), id)
}

// futureAt gives where the spec says what grantees have by default privileges.
func (r *resolver) futureAt(f catalog.Future, privileges []catalog.Privilege, grantees []string) spec.Position {
	for _, privilege := range privileges {
		for _, grantee := range grantees {
			if claim := r.futures[f][futureItem{grantee, privilege}]; claim != nil {
				return claim.grants[0].At
			}
			if revoke := r.futureRevokes[futurePrivilege{f.Owner, f.Kind, privilege}]; grantee == catalog.Public && revoke != nil {
				return revoke.At
			}
		}
	}
	return r.firstRoleAt(grantees)
}

// membershipAt gives where the spec says that a member has a role, or what a privilege role holds.
func (r *resolver) membershipAt(roles, members []string) spec.Position {
	for _, role := range roles {
		for _, member := range members {
			if at := r.memberAt(role, member); at != (spec.Position{}) {
				return at
			}
		}
	}
	return cmp.Or(r.firstRoleAt(members), r.firstRoleAt(roles))
}

func (r *resolver) memberAt(role, member string) spec.Position {
	if r.isPrivilegeRole(role) {
		return r.phraseAt(r.specRole(member).Grants, *r.desired.Roles[role].Holds)
	}
	for _, m := range r.specRole(member).MemberOf {
		if m.Role == role && !r.hasEnded(m.Until) {
			return m.At
		}
	}
	for _, m := range r.specRole(role).Members {
		if m.Role == member {
			return m.At
		}
	}
	return spec.Position{}
}

// ownershipAt gives the phrase by which a role is to own an object.
func (r *resolver) ownershipAt(id catalog.ObjectID, owner string) spec.Position {
	for _, owned := range r.specRole(owner).Owns {
		if r.isIn(&owned.Target, id, owned.At) {
			return owned.At
		}
	}
	return spec.Position{}
}

// creationAt gives where the spec asks for a new role, which may be to be a member of it.
func (r *resolver) creationAt(ch catalog.CreateRole) spec.Position {
	if ch.Holds != nil {
		return r.heldAt(*ch.Holds)
	}
	if r.inScope(ch.Name) {
		return r.roleAt(ch.Name)
	}
	for _, role := range r.spec.Roles {
		if at := r.memberAt(ch.Name, role.Name); at != (spec.Position{}) {
			return at
		}
	}
	return spec.Position{}
}

// alterationAt gives the attribute, or the login, by which a role is to be another; zero if they are left out.
func (r *resolver) alterationAt(ch catalog.AlterRole) spec.Position {
	role := r.specRole(ch.Name)
	if ch.Attributes.IsZero() {
		return role.LoginAt
	}
	for _, a := range role.Attributes {
		isChanged := a.Word == "" && ch.Attributes.ConnectionLimit != nil
		if a.Word != "" {
			isChanged = *a.Word.Info().Change(&ch.Attributes) != nil
		}
		if isChanged {
			return a.At
		}
	}
	return spec.Position{}
}

// settingAt gives where the spec says what a setting of a role is to be.
func (r *resolver) settingAt(of catalog.SettingOf) spec.Position {
	role := r.specRole(of.Role)
	settings := role.Settings
	if of.Database != "" {
		settings = lists.Concat(role.In, func(in spec.InDatabase) []spec.Setting { return in.Settings })
	}
	for _, s := range settings {
		if catalog.SettingKey(s.Name) == catalog.SettingKey(of.Name) {
			return s.At
		}
	}
	return r.roleAt(of.Role)
}
