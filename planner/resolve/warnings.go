package resolve

import (
	"fmt"
	"maps"
	"slices"

	"pgsr/planner/catalog"
)

// warnings say what the spec can not change and people should know.
func (r *resolver) warnings() []string {
	slices.Sort(r.keptTogether)
	return slices.Concat(r.lockouts, r.superuserWarnings(), r.adminWarnings(), r.noInheritWarnings(), r.privilegeRoleWarnings(), r.unclaimedWarnings(), r.referenceWarnings(), r.keptTogether,
		r.leaverWarnings(), r.creatorWarnings(), r.publicWarnings(), r.exceptionWarnings())
}

// superuserWarnings names the spec's superusers, for whom GRANT and REVOKE change nothing.
func (r *resolver) superuserWarnings() []string {
	var out []string
	if r.spec.Local {
		return nil // which is said once
	}
	for _, role := range r.spec.Roles {
		if r.desired.IsSuperuser(role.Name) {
			out = append(out, fmt.Sprintf("role %q is a superuser: it can do everything, whatever the spec says", role.Name))
		}
	}
	return out
}

// noInheritWarnings names NOINHERIT roles with grants by way of privilege roles. Before 16 they can use these only
// after SET ROLE. https://www.postgresql.org/docs/15/role-membership.html
func (r *resolver) noInheritWarnings() []string {
	if r.desired.Server.MembershipsHaveOptions() {
		return nil // privilege roles are granted so that they are inherited from: see mustInherit
	}
	var out []string
	for _, role := range r.spec.Roles {
		if r.anyLasts(role.Grants) && !r.desired.Roles[role.Name].Attributes.Inherit {
			out = append(out, role.At.Before(fmt.Sprintf(
				"role %q is NOINHERIT, so that before PostgreSQL 16 it can not use what it has under grants: list that under direct_grants", role.Name)))
		}
	}
	return out
}

// noteAdmin notes who can grant a privilege role because this member has ADMIN OPTION on it.
func (r *resolver) noteAdmin(role, member string) {
	known := r.desired.Roles[role]
	if known == nil || known.Holds == nil {
		return
	}
	givers, isKnown := r.givers[member]
	if !isKnown {
		givers = r.actor.GivesAway(member)
		r.givers[member] = givers
	}
	for _, giver := range givers {
		r.givenAway[giver] = append(r.givenAway[giver], role)
	}
}

// adminWarnings names roles that can grant themselves, or anybody, the privilege roles of the spec's roles: a line for
// each.
func (r *resolver) adminWarnings() []string {
	var out []string
	for _, giver := range slices.Sorted(maps.Keys(r.givenAway)) {
		if held := r.heldInUse(r.givenAway[giver]); len(held) > 0 {
			out = append(out, fmt.Sprintf("role %q can give itself %s, and so can its members: it has ADMIN OPTION on the privilege roles", giver, firstFew(held)))
		}
	}
	return out
}

// heldInUse says what some privilege roles hold, leaving out those that have no role of the spec as a member.
func (r *resolver) heldInUse(roles []string) []string {
	var out []string
	for _, role := range roles {
		if slices.ContainsFunc(r.desired.Members[role], func(m catalog.Membership) bool { return r.inScope(m.Member) }) {
			held := r.desired.Roles[role].Holds
			out = append(out, held.String())
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
