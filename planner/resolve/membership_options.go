package resolve

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// askedFor is what the spec says of a membership's options. Nil: nothing, which means SET TRUE and ADMIN FALSE.
type askedFor struct{ *spec.Membership }

// askedOptions are the options that the spec names for memberships in one role, by member.
type askedOptions map[specRoleIndex]*spec.Membership

func (a askedOptions) of(member specRoleIndex) askedFor { return askedFor{a[member]} }

func (a askedFor) admin() bool { return a.Membership != nil && a.Admin }
func (a askedFor) set() bool   { return a.Membership == nil || a.MayBecome() }

// inherit gives the INHERIT option that the spec asks for; isAsked is false if it says nothing of it.
func (a askedFor) inherit() (inherits, isAsked bool) {
	if a.Membership == nil || a.Inherit == nil {
		return false, false
	}
	return *a.Inherit, true
}

// lacks tells whether a member's options, of all its rows together, are less than the spec asks for.
func (a askedFor) lacks(has catalog.Options) bool {
	inherits, _ := a.inherit()
	return a.admin() && !has.Admin || a.set() && !has.Set || inherits && !has.Inherit
}

// lessened takes from the options of a row those that the spec does not ask for. INHERIT stays where the spec says
// nothing of it.
func (a askedFor) lessened(o catalog.Options) catalog.Options {
	inherits, isAsked := a.inherit()
	return catalog.Options{Admin: o.Admin && a.admin(), Inherit: o.Inherit && (inherits || !isAsked), Set: o.Set && a.set()}
}

// completed sets INHERIT and SET of a new row as the spec asks for them.
func (a askedFor) completed(m catalog.Membership) catalog.Membership {
	if inherits, isAsked := a.inherit(); isAsked {
		m.Inherit = inherits
	}
	m.Set = a.set()
	return m
}

// isAdminAlone tells whether the spec asks for ADMIN OPTION alone. The row that a role's creator gets is exactly that.
func (a askedFor) isAdminAlone() bool {
	inherits, _ := a.inherit()
	return a.admin() && !a.set() && !inherits
}

// askOptions notes the options that the spec names for a membership, if it names any.
func (r *resolver) askOptions(role string, at specRoleIndex, member string, m *spec.Membership) {
	if !m.Admin && m.Inherit == nil && m.Set == nil {
		return
	}
	r.refuseOptions(role, member, m)
	if r.asked[role] == nil {
		r.asked[role] = askedOptions{}
	}
	r.asked[role][at] = m
}

// noteEndOfMembership notes that a membership ends.
func (r *resolver) noteEndOfMembership(member string, m *spec.Membership) {
	if m.Until == nil {
		return
	}
	r.noteEnd(End{At: m.At, Role: member, What: fmt.Sprintf("membership in %q", m.Role), Until: *m.Until}, func() bool {
		has, is := r.currentMembers(m.Role)[member]
		return !is || askedFor{m}.lacks(has)
	})
}

// refuseOptions refuses options that no membership has before 16. There every member may SET ROLE, and INHERIT is an
// attribute of the member, so an option that says just that is allowed.
// https://www.postgresql.org/docs/15/sql-grant.html
func (r *resolver) refuseOptions(role, member string, m *spec.Membership) {
	if r.desired.Server.MembershipsHaveOptions() {
		return
	}
	const since = "memberships have this option from PostgreSQL 16 on, and this server is PostgreSQL %d"
	major := r.desired.Server.Major()
	if !m.MayBecome() {
		r.fail(m.At, "%q can not be a member of %q with set: false: "+since+", where every member may SET ROLE", member, role, major)
	}
	known := r.desired.Roles[member]
	if m.Inherit == nil || known == nil || known.Attributes.Inherit == *m.Inherit {
		return
	}
	r.fail(m.At, "%q can not be a member of %q with inherit: %t: "+since+", where it is an attribute of the member: %s",
		member, role, *m.Inherit, major, r.attributeInstead(member, *m.Inherit))
}

// attributeInstead says what to write where a member's attribute decides.
func (r *resolver) attributeInstead(member string, inherits bool) string {
	word := "INHERIT"
	if !inherits {
		word = "NOINHERIT"
	}
	if r.inScope(member) {
		return fmt.Sprintf("write attributes: [%s] for %q, with what else it is to have, or leave inherit out", word, member)
	}
	return fmt.Sprintf("%q is to be %s for that, or leave inherit out", member, word)
}
