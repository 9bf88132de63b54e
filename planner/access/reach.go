// Package access answers who can do what, and by which path, from a catalog alone. It follows the rules by which the server itself
// decides (has_privs_of_role, member_can_set_role and is_admin_of_role in its acl.c), and tests ask a real server whether it agrees.
// https://www.postgresql.org/docs/current/role-membership.html
package access

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
)

// Reach knows which roles each role reaches by membership, in one state of a catalog.
type Reach struct {
	catalog *catalog.Catalog
	// up lists, by member, the memberships that it has.
	up    map[string][]edge
	walks map[walkKey]*walk
}

// edge is a membership seen from its member.
type edge struct {
	role string
	catalog.Options
}

// NewReach indexes the memberships of a catalog.
func NewReach(c *catalog.Catalog) *Reach {
	r := &Reach{catalog: c, up: map[string][]edge{}, walks: map[walkKey]*walk{}}
	for role, members := range c.Members {
		for _, m := range members {
			r.up[m.Member] = append(r.up[m.Member], edge{role, m.Options})
		}
	}
	if owner := databaseOwner(c); owner != "" {
		r.up[owner] = append(r.up[owner], edge{databaseOwners, r.ownersOptions(owner)})
	}
	for _, edges := range r.up {
		slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(a.role, b.role) })
	}
	return r
}

// databaseOwners has the owner of the connected database as its one member, without a row in pg_auth_members.
// https://www.postgresql.org/docs/current/predefined-roles.html
const databaseOwners = "pg_database_owner"

func databaseOwner(c *catalog.Catalog) string {
	database := c.Objects[catalog.ObjectID{Kind: catalog.Database, Name: c.Server.Database}]
	if database == nil {
		return ""
	}
	return database.Owner
}

// ownersOptions are those of the membership without a row: before 16 it passes privileges on as the member's others do.
func (r *Reach) ownersOptions(owner string) catalog.Options {
	return catalog.Options{Inherit: r.catalog.Server.GrantorsMatter() || r.catalog.DefaultOptions(owner).Inherit, Set: true}
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

// Grantor gives the role that the server records when a member grants a role: the bootstrap superuser for a superuser, else the member itself or
// the nearest role whose privileges it has and that has ADMIN OPTION. Empty: it may not grant it.
// Before 16 it is the member, whatever it may do.
func (r *Reach) Grantor(member, role string) string {
	server := r.catalog.Server
	switch {
	case !server.GrantorsMatter():
		return member
	case r.catalog.IsSuperuser(member):
		return server.Bootstrap
	}
	return r.admin(r.walk(member, inheriting).roles, role)
}

// admin gives the first of the roles that has ADMIN OPTION on a role.
func (r *Reach) admin(roles []string, role string) string {
	admins := map[string]bool{}
	for _, m := range r.catalog.Members[role] {
		admins[m.Member] = admins[m.Member] || m.Admin
	}
	for _, candidate := range roles {
		if admins[candidate] {
			return candidate
		}
	}
	return ""
}

// HasPrivilege tells whether a role has a privilege on an object, as the server's has_table_privilege and its like do. An owner has what the ACL
// gives it: by default, everything.
func (r *Reach) HasPrivilege(role string, privilege catalog.Privilege, object *catalog.Object) bool {
	return r.has(r.walk(role, inheriting), what{object, "", privilege})
}
