package resolve

import (
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// decideOutsiders sets which roles outside the spec are members of a role that has the key members. Without that key
// they stay as they are.
func (r *resolver) decideOutsiders(role string, rows []catalog.Membership) []catalog.Membership {
	place, in := r.scope[role]
	if !in || r.spec.Roles[place].Members == nil {
		return rows
	}
	listed := map[string]*outsider{}
	for i := range r.spec.Roles[place].Members {
		m := &r.spec.Roles[place].Members[i]
		if r.isOutside(m.Role) && r.desired.Roles[m.Role] != nil {
			listed[m.Role] = &outsider{asked: askedFor{m}}
		}
	}
	kept := make([]catalog.Membership, 0, len(rows))
	for _, m := range rows {
		if row, keeps := r.keepOutsider(m, listed[m.Member]); keeps {
			kept = append(kept, row)
		}
	}
	find := r.desired.FindMember(kept, len(listed))
	for _, m := range r.spec.Roles[place].Members {
		if who := listed[m.Role]; who != nil && (!who.is || who.asked.lacks(who.has)) {
			kept = r.addMembership(kept, find, r.outsiderRow(role, m.Role, who))
		}
	}
	return kept
}

// refuseOptionsOfMembers refuses options of members outside the spec that the server does not have.
func (r *resolver) refuseOptionsOfMembers(role *spec.Role) {
	for i := range role.Members {
		if m := &role.Members[i]; r.isOutside(m.Role) && r.desired.Roles[m.Role] != nil {
			r.refuseOptions(role.Name, m.Role, m)
		}
	}
}

// isOutside tells whether a role is outside the spec. Roles under ignore are not, nor those of the spec that a run
// leaves out.
func (r *resolver) isOutside(role string) bool {
	return !r.inScope(role) && !r.spec.IsLeftOut(role) && !r.ignored.hasRole(role)
}

// outsider is a role outside the spec that is to be a member: what the spec asks of its membership, whether it is a
// member, and the options that its rows give.
type outsider struct {
	asked askedFor
	is    bool
	has   catalog.Options
}

// keepOutsider tells whether a row of a member outside the spec may stay, and how.
func (r *resolver) keepOutsider(m catalog.Membership, who *outsider) (catalog.Membership, bool) {
	isCreators := r.desired.IsCreators(m)
	switch {
	case !r.isOutside(m.Member):
		return m, true
	case who == nil:
		return m, isCreators
	case isCreators && !who.asked.isAdminAlone():
		who.has.Admin = true
		return m, true
	}
	m.Options = who.asked.lessened(m.Options)
	who.is, who.has = true, who.has.With(m.Options)
	return m, true
}

// outsiderRow gives the membership that a member outside the spec is to have beside its rows.
func (r *resolver) outsiderRow(role, member string, who *outsider) catalog.Membership {
	m := catalog.Membership{Member: member, Grantor: r.membershipGrantor(role), Options: r.desired.DefaultOptions(member)}
	if who.is {
		m.Inherit = who.has.Inherit
	}
	m.Admin = who.asked.admin() && !who.has.Admin
	return who.asked.completed(m)
}
