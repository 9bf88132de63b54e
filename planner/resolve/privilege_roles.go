package resolve

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// findPrivilegeRoles adds to an object's declarations the privilege roles that its ACL, and those of its columns, name.
// An ACL is sorted, so they come in order.
func (r *resolver) findPrivilegeRoles(object *catalog.Object, declared *declaration) {
	if declared == nil {
		return
	}
	r.findPrivilegeRolesIn(object.ACL, "", declared)
	for column, acl := range object.Columns {
		r.findPrivilegeRolesIn(acl, column, declared)
	}
}

func (r *resolver) findPrivilegeRolesIn(acl catalog.ACL, column string, declared *declaration) {
	for i, item := range acl {
		d := declared.of(column, item.Privilege)
		if d == nil || len(d.viaRole) == 0 || i > 0 && acl[i-1].Grantee == item.Grantee && acl[i-1].Privilege == item.Privilege {
			continue
		}
		if known := r.current.Roles[item.Grantee]; known != nil && known.Holds != nil {
			d.privilegeRoles = append(d.privilegeRoles, item.Grantee)
		}
	}
}

// createMissingPrivilegeRoles makes the privilege roles that there are none of yet, in a fixed order.
func (r *resolver) createMissingPrivilegeRoles() {
	var lacking []*declaration
	for d := range r.eachDeclaration() {
		if len(d.viaRole) > 0 && len(d.privilegeRoles) == 0 {
			lacking = append(lacking, d)
		}
	}
	slices.SortFunc(lacking, (*declaration).compare)
	for _, d := range lacking {
		d.privilegeRoles = []string{r.createPrivilegeRole(catalog.Held{Privilege: d.privilege, Object: d.object, Column: d.column})}
	}
}

// joinPrivilegeRoles adds a declaration's roles to the wanted members of its privilege roles. Who is a member of one of
// them stays there. New members get the first that is not costly to grant.
func (r *resolver) joinPrivilegeRoles(d *declaration, wanted map[string][]specRoleIndex) {
	joining := d.viaRole
	if len(d.privilegeRoles) > 1 {
		joining = r.keepInPrivilegeRoles(d, wanted)
	}
	if len(joining) == 0 {
		return
	}
	first := r.firstToGrant(d.privilegeRoles)
	if others := wanted[first]; len(others) > 0 {
		joining = slices.Concat(others, joining)
	}
	wanted[first] = slices.Clip(joining)
}

// keepInPrivilegeRoles adds existing members of privilege roles to the wanted members, and gives the roles that are in
// none.
func (r *resolver) keepInPrivilegeRoles(d *declaration, wanted map[string][]specRoleIndex) (others []specRoleIndex) {
	found := map[specRoleIndex]bool{}
	for _, role := range d.privilegeRoles {
		has := lists.Set(lists.Map(r.desired.Members[role], func(m catalog.Membership) string { return m.Member }))
		for _, member := range d.viaRole {
			if has[r.nameAt(member)] {
				wanted[role], found[member] = append(wanted[role], member), true
			}
		}
	}
	return lists.Filter(d.viaRole, func(m specRoleIndex) bool { return !found[m] })
}

// createPrivilegeRole makes a role that holds one privilege.
func (r *resolver) createPrivilegeRole(held catalog.Held) string {
	object := r.desired.Objects[held.Object]
	name := r.firstFree(func(n int) string { return r.names.PrivilegeRole(held, object.OID, n) })
	creator := r.administrator()
	if creator != "" {
		r.creators[name] = creator
	}
	catalog.CreateRole{Name: name, Holds: &held, Creator: creator}.Apply(r.desired)
	catalog.Grant{
		Privileges: []catalog.Privilege{held.Privilege}, Object: held.Object, Column: held.Column,
		Grantees: []string{name}, Grantor: r.grantor(object, held.Column, held.Privilege),
	}.Apply(r.desired)
	return name
}

// firstFree gives the first of some names that no role has.
func (r *resolver) firstFree(name func(n int) string) string {
	for n := 0; ; n++ {
		if name := name(n); r.desired.Roles[name] == nil && !r.means.Taken[name] {
			return name
		}
	}
}

// decidesMembersOf tells whether the spec decides which of its roles are members of a role. A spec about a single
// database decides over the privilege roles that have something in that database, or are named as its own.
func (r *resolver) decidesMembersOf(role string) bool {
	if r.spec.Local {
		return r.names.IsLocal(role) || catalog.IsOwnRole(role) && r.withSomethingHere()[role]
	}
	return !r.isOfOtherDatabase(role)
}

// isOfOtherDatabase tells whether a role is a privilege role of another database. Its members are left alone, since
// what it has there cannot be seen from here. A role that has something which can be seen from here is not one,
// whatever its name: anyone who may create roles can choose such a name.
func (r *resolver) isOfOtherDatabase(role string) bool {
	return r.names.IsOfOther(role) && !r.withSomethingHere()[role] && r.withMore()[role] == ""
}

// listWithSomethingHere gives the roles that own something or are granted something in this database.
func (x *currentIndex) listWithSomethingHere() map[string]bool {
	here := map[string]bool{}
	for id, object := range x.current.Objects {
		if id.Kind.Info().Shared {
			continue
		}
		here[object.Owner] = true
		for _, item := range object.Items() {
			here[item.Grantee] = true
		}
	}
	return here
}
