package access

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// becoming are the roles that a role can act as without a grant, and then those that it could act as after making
// itself a member of all roles that it may grant. It begins with the role itself, and has the shortest way to each.
// https://www.postgresql.org/docs/current/sql-set-role.html
type becoming struct {
	steps []step
	known map[standing]bool
}

// standing is a role that can be acted as by SET ROLE, or whose privileges are only inherited.
type standing struct {
	role string
	set  bool
}

// step says from which other standing one is reached, and how.
type step struct {
	standing
	by int
	// granting is the grant that the way takes: none, one to oneself by ADMIN OPTION, or one by CREATEROLE.
	granting PathKind
}

// become works out which roles a role can act as, and could.
func (r *Reach) become(role string) *becoming {
	b := &becoming{known: map[standing]bool{}}
	b.add(step{standing: standing{role, true}})
	for i := 0; i < len(b.steps); i++ {
		r.follow(b, i)
	}
	for i := 0; i < len(b.steps); i++ {
		r.follow(b, i)
		r.grantItself(b, i)
	}
	return b
}

func (b *becoming) add(s step) {
	if !b.known[s.standing] {
		b.known[s.standing] = true
		b.steps = append(b.steps, s)
	}
}

// follow goes on by the memberships of the role at a place.
func (r *Reach) follow(b *becoming, at int) {
	from := b.steps[at]
	for _, e := range r.above(from.role) {
		if e.Set && from.set {
			b.add(step{standing{e.role, true}, at, from.granting})
		}
		if e.Inherit {
			b.add(step{standing{e.role, false}, at, from.granting})
		}
	}
}

// grantItself goes on by the memberships that the first role could grant itself when it acts as the role at a place.
func (r *Reach) grantItself(b *becoming, at int) {
	from := b.steps[at]
	could := func(role string, how PathKind) {
		if r.mayJoin(b.steps[0].role, role) {
			b.add(step{standing{role, true}, at, cmp.Or(from.granting, how)})
		}
	}
	for _, e := range r.above(from.role) {
		if e.Admin {
			could(e.role, ByAdmin)
		}
	}
	if r.createsRoles(from.standing) {
		for _, role := range slices.Sorted(maps.Keys(r.catalog.Roles)) {
			could(role, ByCreateRole)
		}
	}
}

// mayJoin tells whether a role that is no superuser could grant a role to a member.
// https://www.postgresql.org/docs/current/sql-grant.html
func (r *Reach) mayJoin(member, role string) bool {
	return role != catalog.DatabaseOwners && !r.catalog.IsSuperuser(role) && !r.IsMember(role, member)
}

// createsRoles tells whether a role that can be acted as has CREATEROLE, by which it may grant all roles but superusers
// before 16. https://www.postgresql.org/docs/15/role-attributes.html
func (r *Reach) createsRoles(s standing) bool {
	role := r.catalog.Roles[s.role]
	return s.set && role != nil && role.Attributes.CreateRole && !r.catalog.Server.MembershipsHaveOptions()
}

// way lists the roles from the first one after the start to the one at a place.
func (b *becoming) way(to int) []string {
	var way []string
	for ; to > 0; to = b.steps[to].by {
		way = append(way, b.steps[to].role)
	}
	slices.Reverse(way)
	return way
}

// obtainable lists, in order, the roles that can be acted as only after a grant by ADMIN OPTION, and whose privileges
// the role has in no other way.
func (r *Reach) obtainable(b *becoming) []string {
	var out []string
	already := map[string]bool{}
	for _, s := range b.steps {
		already[s.role] = already[s.role] || s.granting == ""
	}
	for _, s := range b.steps {
		if s.granting == ByAdmin && b.steps[s.by].granting == "" && !already[s.role] && !catalog.IsOwnRole(s.role) {
			out = append(out, s.role)
		}
	}
	slices.Sort(out)
	return out
}

// couldHave gives the shortest way by which the first role could come to have a privilege that it does not have: by SET
// ROLE, by making itself a member, or by granting itself the privilege; nil: there is none.
func (r *Reach) couldHave(b *becoming, p privilegeOn) *Path {
	for at, s := range b.steps {
		has := s.set && r.catalog.IsSuperuser(s.role) || p.isHeldBy(s.role)
		if !has && !p.isGrantableBy(s.role) {
			continue
		}
		otherwise := ByGrantOption
		if has {
			otherwise = BySetRole
		}
		return &Path{Kind: cmp.Or(s.granting, otherwise), Via: b.way(at)}
	}
	return nil
}

// couldGrant says the same of a privilege WITH GRANT OPTION.
func (r *Reach) couldGrant(b *becoming, p privilegeOn) *Path {
	for at, s := range b.steps {
		if s.set && r.catalog.IsSuperuser(s.role) || p.isGrantableBy(s.role) {
			return &Path{Kind: cmp.Or(s.granting, BySetRole), Via: b.way(at)}
		}
	}
	return nil
}
