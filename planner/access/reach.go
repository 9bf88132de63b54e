// Package access answers who can do what, and by which path, from a catalog alone. It follows the rules by which the
// server itself decides (has_privs_of_role, member_can_set_role and is_admin_of_role in its acl.c), and tests ask a
// real server whether it agrees.
// https://www.postgresql.org/docs/current/role-membership.html
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package access

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// Reach answers which roles each role reaches by membership, in one state of a catalog.
type Reach struct {
	catalog *catalog.Catalog
	// members are as they were when the index was asked for.
	members map[string][]catalog.Membership
	// owner is the owner of the database. Owning are the options of its membership in pg_database_owner.
	owner  string
	owning catalog.Options
	// up lists, by member, the memberships that it has; nil before the first walk.
	up    map[string][]edge
	walks map[walkKey]*walk
	// powers are what makes roles powerful, as far as that was asked.
	powers map[string]string
}

// edge is a membership seen from its member.
type edge struct {
	role string
	catalog.Options
}

// NewReach prepares to answer about a catalog's memberships as they are now. They are indexed at the first question
// that needs it: a million takes time.
func NewReach(c *catalog.Catalog) *Reach {
	r := &Reach{catalog: c, members: maps.Clone(c.Members), owner: c.DatabaseOwner(), walks: map[walkKey]*walk{}}
	r.owning = c.DatabaseOwnerOptions()
	return r
}

// above lists the memberships that a role has.
func (r *Reach) above(member string) []edge {
	if r.up == nil {
		r.index()
	}
	return r.up[member]
}

// index lists the memberships by member, in the order of the roles' names.
func (r *Reach) index() {
	r.up = map[string][]edge{}
	for _, role := range slices.Sorted(maps.Keys(r.members)) {
		for _, m := range r.members[role] {
			r.up[m.Member] = append(r.up[m.Member], edge{role, m.Options})
		}
	}
	if r.owner == "" {
		return
	}
	edges := append(r.up[r.owner], edge{catalog.DatabaseOwners, r.owning})
	slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(a.role, b.role) })
	r.up[r.owner] = edges
}

// following is the kind of memberships that a walk follows.
type following int

const (
	inheriting following = iota // those that pass privileges on
	setting                     // those that allow SET ROLE
	anyPath
)

func (p following) follows(o catalog.Options) bool {
	switch p {
	case inheriting:
		return o.Inherit
	case setting:
		return o.Set
	}
	return true
}

// Inherited lists the roles whose privileges a role has without SET ROLE, itself first.
func (r *Reach) Inherited(role string) []string { return r.walk(role, inheriting).roles }

// HasPrivilegesOf tells whether a member has all privileges of a role without SET ROLE.
func (r *Reach) HasPrivilegesOf(member, role string) bool {
	return r.catalog.IsSuperuser(member) || r.walk(member, inheriting).has(role)
}

// CanSetRole tells whether a member may SET ROLE to a role.
func (r *Reach) CanSetRole(member, role string) bool {
	return r.catalog.IsSuperuser(member) || r.walk(member, setting).has(role)
}

// IsMember tells whether a member reaches a role by any membership, whatever its options.
func (r *Reach) IsMember(member, role string) bool {
	return r.walk(member, anyPath).has(role)
}

// HasAdmin tells whether a member may alter a role by an ADMIN OPTION, its own or one that it reaches (16 and later).
func (r *Reach) HasAdmin(member, role string) bool {
	return r.catalog.IsSuperuser(member) || r.admin(r.walk(member, anyPath).roles, role) != ""
}

// Grantor gives the role that the server records when a member grants a role: the bootstrap superuser for a
// superuser, else the member itself or the nearest role whose privileges it has and that has ADMIN OPTION. Empty: it
// may not grant it. Before 16 it is the member, whatever it may do.
func (r *Reach) Grantor(member, role string) string {
	server := r.catalog.Server
	switch {
	case !server.MembershipsHaveOptions():
		return member
	case r.catalog.IsSuperuser(member):
		return server.Bootstrap
	}
	return r.admin(r.walk(member, inheriting).roles, role)
}

// admin gives the first of the roles that has ADMIN OPTION on a role.
func (r *Reach) admin(roles []string, role string) string {
	admins := catalog.Admins(r.catalog.Members[role])
	if at := slices.IndexFunc(roles, func(role string) bool { return admins[role] }); at >= 0 {
		return roles[at]
	}
	return ""
}

// HasPrivilege tells whether a role has a privilege on an object, as the server's has_table_privilege and its like
// do. An owner has what the ACL gives it: by default, everything.
func (r *Reach) HasPrivilege(role string, privilege catalog.Privilege, object *catalog.Object) bool {
	return r.catalog.IsSuperuser(role) || r.has(r.walk(role, inheriting), privilegeOn{object, "", privilege})
}

// ReachesAll tells whether a role is, or by any memberships reaches, a superuser or a predefined role as good as one.
func (r *Reach) ReachesAll(role string) bool {
	return slices.ContainsFunc(r.walk(role, anyPath).roles, func(reached string) bool {
		_, all := reachingAll[reached]
		return all || r.catalog.IsSuperuser(reached)
	})
}
