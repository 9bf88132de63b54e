// Package access answers who can do what, and by which path, from a catalog alone. It follows the rules by which the server itself
// decides (has_privs_of_role, member_can_set_role and is_admin_of_role in its acl.c), and tests ask a real server whether it agrees.
// https://www.postgresql.org/docs/current/role-membership.html
package access

import (
	"slices"

	"pgsr/planner/catalog"
)

// Reach knows which roles each role reaches by membership, in one state of a catalog.
type Reach struct {
	catalog *catalog.Catalog
	// up lists, by member, the memberships that it has.
	up map[string][]edge
}

// edge is a membership seen from its member.
type edge struct {
	role string
	catalog.Options
}

// NewReach indexes the memberships of a catalog.
func NewReach(c *catalog.Catalog) *Reach {
	r := &Reach{catalog: c, up: map[string][]edge{}}
	for role, members := range c.Members {
		for _, m := range members {
			r.up[m.Member] = append(r.up[m.Member], edge{role, m.Options})
		}
	}
	for _, edges := range r.up {
		slices.SortFunc(edges, func(a, b edge) int {
			if a.role < b.role {
				return -1
			}
			return 1
		})
	}
	return r
}

// walk lists the roles that are reached from a role by memberships that follow accepts, itself first, nearest first.
func (r *Reach) walk(from string, follow func(catalog.Options) bool) []string {
	reached := []string{from}
	seen := map[string]bool{from: true}
	for i := 0; i < len(reached); i++ {
		for _, e := range r.up[reached[i]] {
			if !seen[e.role] && follow(e.Options) {
				seen[e.role] = true
				reached = append(reached, e.role)
			}
		}
	}
	return reached
}

func inherits(o catalog.Options) bool { return o.Inherit }
func sets(o catalog.Options) bool     { return o.Set }
func either(catalog.Options) bool        { return true }

// Inherited lists the roles whose privileges a role has without SET ROLE, itself first.
func (r *Reach) Inherited(role string) []string { return r.walk(role, inherits) }

// HasPrivilegesOf tells whether a member has all privileges of a role without SET ROLE.
func (r *Reach) HasPrivilegesOf(member, role string) bool {
	return r.catalog.IsSuperuser(member) || slices.Contains(r.walk(member, inherits), role)
}

// CanSetRole tells whether a member may SET ROLE to a role.
func (r *Reach) CanSetRole(member, role string) bool {
	return r.catalog.IsSuperuser(member) || slices.Contains(r.walk(member, sets), role)
}

// IsMember tells whether a member reaches a role by any membership, whatever its options.
func (r *Reach) IsMember(member, role string) bool {
	return slices.Contains(r.walk(member, either), role)
}

// HasAdmin tells whether a member may alter a role by an ADMIN OPTION, its own or one that it reaches (16 and later).
func (r *Reach) HasAdmin(member, role string) bool {
	return r.catalog.IsSuperuser(member) || r.admin(r.walk(member, either), role) != ""
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
	return r.admin(r.walk(member, inherits), role)
}

// admin gives the first of the roles that has ADMIN OPTION on a role.
func (r *Reach) admin(roles []string, role string) string {
	for _, candidate := range roles {
		for _, e := range r.up[candidate] {
			if e.role == role && e.Admin {
				return candidate
			}
		}
	}
	return ""
}

// HasPrivilege tells whether a role has a privilege on an object: as a superuser, by its own ACL items or PUBLIC's, or by those of
// a role whose privileges it has. An owner has what the ACL gives it: by default, everything.
func (r *Reach) HasPrivilege(role string, privilege catalog.Privilege, object *catalog.Object) bool {
	if r.catalog.IsSuperuser(role) || object.ACL.Has(catalog.Public, privilege) {
		return true
	}
	return slices.ContainsFunc(r.Inherited(role), func(grantee string) bool {
		return object.ACL.Has(grantee, privilege)
	})
}
