package resolve

import (
	"iter"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// findPrivilegeRoles notes, with the declarations on an object, which privilege roles its ACL and those of its columns
// name for them. An ACL is sorted, so they come in order.
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

// joinPrivilegeRoles adds the members of privilege roles to those who are wanted in each role. A member stays in the
// privilege role that it has; others get the first that is not costly to grant.
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

// keepInPrivilegeRoles adds those who are members of a privilege role already to those wanted in it, and gives the
// others.
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

// decidesMembersOf tells whether the spec decides who of its roles is a member of a role. One of what is in a single
// database decides that of those privilege roles which have something there, or are named so.
func (r *resolver) decidesMembersOf(role string) bool {
	if r.spec.Local {
		return r.names.IsLocal(role) || catalog.IsOwnRole(role) && r.withSomethingHere()[role]
	}
	return !r.isOfOtherDatabase(role)
}

// isOfOtherDatabase tells whether a role is a privilege role of another database: what it is for can not be seen from
// here, so its members are left alone. A role that has something that can be seen from here is not, whatever its name
// says: anyone who may create roles may choose it.
func (r *resolver) isOfOtherDatabase(role string) bool {
	return r.names.IsOfOther(role) && !r.withSomethingHere()[role] && r.withMore()[role] == ""
}

// listWithSomethingHere gives the roles that own something or are granted something in this database.
func (r *resolver) listWithSomethingHere() map[string]bool {
	here := map[string]bool{}
	for id, object := range r.current.Objects {
		if id.Kind.Info().Shared {
			continue
		}
		here[object.Owner] = true
		for item := range itemsOf(object) {
			here[item.Grantee] = true
		}
	}
	return here
}

// itemsOf gives the items of an object's ACL and of those of its columns.
func itemsOf(object *catalog.Object) iter.Seq[catalog.Item] {
	return func(yield func(catalog.Item) bool) {
		for _, acl := range append(slices.Collect(maps.Values(object.Columns)), object.ACL) {
			for _, item := range acl {
				if !yield(item) {
					return
				}
			}
		}
	}
}
