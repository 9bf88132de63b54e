package resolve

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
)

// warnings say what the spec can not change and people should know.
func (r *resolver) warnings() []string {
	slices.Sort(r.mixed)
	return slices.Concat(r.superuserWarnings(), r.giverWarnings(), r.idleGrants(), r.keptWarnings(), r.mixed)
}

// superuserWarnings names the spec's roles that no grant and no revoke does anything about.
func (r *resolver) superuserWarnings() []string {
	var out []string
	for _, role := range r.spec.Roles {
		if r.current.IsSuperuser(role.Name) {
			out = append(out, fmt.Sprintf("role %q is a superuser: it can do everything, whatever the spec says", role.Name))
		}
	}
	return out
}

// noteAdmin notes that a member has ADMIN OPTION on a privilege role, unless that is nobody to warn of.
func (r *resolver) noteAdmin(role, member string) {
	known := r.desired.Roles[role]
	if known == nil || known.Holds == nil {
		return
	}
	who, asked := r.givers[member]
	if !asked {
		who = r.actor.GivesAway(member)
		if r.givers == nil {
			r.givers = map[string][]string{}
		}
		r.givers[member] = who
	}
	for _, giver := range who {
		if r.givenAway == nil {
			r.givenAway = map[string][]string{}
		}
		r.givenAway[giver] = append(r.givenAway[giver], role)
	}
}

// giverWarnings names those who can give themselves, or anybody, what privilege roles in use hold: a line each.
func (r *resolver) giverWarnings() []string {
	const most = 3
	var out []string
	for _, giver := range slices.Sorted(maps.Keys(r.givenAway)) {
		held := r.heldInUse(r.givenAway[giver])
		if len(held) == 0 {
			continue
		}
		text := strings.Join(held[:min(len(held), most)], ", ")
		if more := len(held) - most; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		out = append(out, fmt.Sprintf("role %q can give itself %s, and so can its members: it has ADMIN OPTION on the privilege roles", giver, text))
	}
	return out
}

// heldInUse says what those of some privilege roles hold that a role of the spec is a member of.
func (r *resolver) heldInUse(roles []string) []string {
	var out []string
	for _, role := range roles {
		if slices.ContainsFunc(r.desired.Members[role], func(m catalog.Membership) bool { return r.inScope(m.Member) }) {
			held := r.desired.Roles[role].Holds
			out = append(out, fmt.Sprintf("%s on %s", held.Privilege, held.Object))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
