package planner

import (
	"fmt"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// authority finds out how the connecting role can run what a plan needs: as itself, as another role, or with a
// temporary membership, which it adds to the plan. It refuses what the connecting role cannot run.
type authority struct {
	*access.Actor
	b *builder
	// joined are the temporary memberships, by role.
	joined map[string]joining
	// order is the order of joined.
	order []string
	// isClosed tells whether a role cannot be joined any more, from the step on that changes memberships; nil: before it.
	isClosed func(role, grantor string) bool
}

// joining is a temporary membership of the connecting role.
type joining struct {
	// prior is the membership of the same grantor before; nil: there was none.
	prior *catalog.Membership
	row   catalog.Membership
	// noted points to the options in the statement, which may still change.
	noted *catalog.Options
}

// newAuthority looks at the working catalog after the plan's roles are created: from 16 on a role may grant the roles
// that it has created.
func newAuthority(b *builder) *authority {
	return &authority{Actor: access.NewActor(b.working), b: b, joined: map[string]joining{}}
}

func (a *authority) hasJoined(role string) bool {
	_, joined := a.joined[a.Joined(role)]
	return joined
}

// ensurePrivilegesOf lets the connecting role inherit a role's privileges, by a temporary membership if it has to. It
// gives false if that cannot be.
func (a *authority) ensurePrivilegesOf(role string) bool {
	return a.HasPrivilegesOf(a.Name, role) || a.joinWithInherit(role)
}

// mayOn tells whether a role has a privilege on an object. For the connecting role, temporary memberships count, too.
func (a *authority) mayOn(role string, privilege catalog.Privilege, object *catalog.Object) bool {
	if a.HasPrivilege(role, privilege, object) {
		return true
	}
	return role == a.Name && slices.ContainsFunc(a.order, func(joined string) bool {
		return a.inheritsTemporarily(joined) && a.HasPrivilege(joined, privilege, object)
	})
}

// ensureSetRole lets the connecting role SET ROLE to a role, by a temporary membership if it has to. It gives false if
// that cannot be.
func (a *authority) ensureSetRole(role string) bool {
	return a.CanSetRole(a.Name, role) || a.join(role)
}

// join makes the connecting role a member of a role until the end of the plan, so that it can SET ROLE to it. If others
// inherit from the connecting role, it joins without INHERIT. They would otherwise have the owner's privileges, and
// REVOKE ... CASCADE takes nothing from a role that has these.
func (a *authority) join(role string) bool {
	return a.joinAs(role, a.InheritsOnJoining() && !(a.b.server.MembershipsHaveOptions() && a.isInherited()))
}

// isInherited tells whether a role has the connecting role's privileges.
func (a *authority) isInherited() bool {
	return slices.ContainsFunc(a.b.working.Members[a.Name], func(m catalog.Membership) bool { return m.Inherit })
}

// joinWithInherit makes the connecting role a member that inherits.
func (a *authority) joinWithInherit(role string) bool {
	if !a.InheritsOnJoining() || !a.joinAs(role, true) {
		return false
	}
	role = a.Joined(role)
	if joined := a.joined[role]; !joined.row.Inherit {
		joined.row.Inherit = true
		a.joined[role] = joined
		joined.noted.Inherit = true
	}
	return true
}

// inheritsTemporarily tells whether the connecting role inherits from a role by a temporary membership.
func (a *authority) inheritsTemporarily(role string) bool {
	joined, is := a.joined[a.Joined(role)]
	return is && joined.row.Inherit
}

// hasTemporarily tells whether a member has all privileges of a role, also by way of the connecting role's temporary
// memberships.
func (a *authority) hasTemporarily(member, role string) bool {
	if a.HasPrivilegesOf(member, role) || !a.HasPrivilegesOf(member, a.Name) {
		return a.HasPrivilegesOf(member, role)
	}
	willInherit := !a.b.server.MembershipsHaveOptions() && a.InheritsOnJoining() && a.MayJoin(role)
	return willInherit || slices.ContainsFunc(a.order, func(joined string) bool {
		return a.inheritsTemporarily(joined) && a.HasPrivilegesOf(joined, role)
	})
}

func (a *authority) joinAs(role string, inherits bool) bool {
	if a.hasJoined(role) {
		return true
	}
	role = a.Joined(role)
	grantor := a.Grantor(a.Name, role)
	prior := a.membership(role, grantor)
	if !a.MayJoin(role) || a.isClosed != nil && a.isClosed(role, grantor) || prior != nil && !a.b.server.MembershipsHaveOptions() {
		return false
	}
	options := catalog.Options{Admin: prior != nil && prior.Admin, Inherit: inherits, Set: true}
	change := catalog.GrantRole{Roles: []string{role}, Members: []string{a.Name}, Grantor: grantor, GrantedBy: a.mustName(grantor)}
	if a.b.server.MembershipsHaveOptions() {
		change.Options = &options
	}
	a.joined[role] = joining{prior, catalog.Membership{Member: a.Name, Grantor: grantor, Options: options}, &options}
	a.order = append(a.order, role)
	a.b.addTemporary(script.ActingFor, change, fmt.Sprintf("to act for %s until the end of this script", catalog.QuoteIfNeeded(role)))
	return true
}

// membership gives the membership that joining a role would change; nil if there is none.
func (a *authority) membership(role, grantor string) *catalog.Membership {
	for _, m := range a.b.working.Members[role] {
		if m.Member == a.Name && (m.Grantor == grantor || !a.b.server.MembershipsHaveOptions()) {
			return &m
		}
	}
	return nil
}

// giveBack ends the temporary memberships. A membership that existed before gets its options back, or those that the
// spec wants if the plan changes it.
func (a *authority) giveBack() { a.giveBackAll(script.GivingBack, a.order) }

func (a *authority) giveBackAll(section script.Section, roles []string) {
	for _, role := range slices.Backward(roles) {
		if a.b.working.Roles[role] == nil {
			continue // dropped on a way back, and the membership with it
		}
		joined := a.joined[role]
		grantor, members := joined.row.Grantor, []string{a.Name}
		var change catalog.Change
		switch want := a.membership(role, grantor); {
		case want == nil && joined.prior == nil:
			change = catalog.RevokeRole{Roles: []string{role}, Members: members, Grantor: grantor, GrantedBy: a.mustName(grantor)}
		case want == nil, want.Options == joined.row.Options:
			continue // revoked by the plan, or granted just so
		default:
			change = catalog.GrantRole{Roles: []string{role}, Members: members, Options: &want.Options, Grantor: grantor, GrantedBy: a.mustName(grantor)}
		}
		a.b.addTemporary(section, change, "no longer acting for "+catalog.QuoteIfNeeded(role))
	}
}

// actAs gives the role to act as so that the server records the given grantor for a GRANT or REVOKE on an object;
// empty: the connecting role. A superuser counts as the owner. For other roles the server looks at the role itself and
// those it inherits from. It takes the first with all grant options that are needed, which need not be the owner.
// https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-OBJECTS
func (a *authority) actAs(grantor string, object *catalog.Object, act intent, change catalog.Change) string {
	asOwner := grantor == object.Owner
	switch {
	case a.IsSuperuser() && asOwner, !a.IsSuperuser() && grantor == a.Name:
		return ""
	case asOwner && !hasOtherGrantors(object) && a.HasPrivilegesOf(a.Name, grantor):
		return ""
	case a.CanSetRole(a.Name, grantor):
		return grantor
	case a.join(grantor):
		if asOwner && !hasOtherGrantors(object) && a.inheritsTemporarily(grantor) {
			return ""
		}
		return grantor
	}
	a.refuseActing(grantor, object, act, change)
	return ""
}

// hasOtherGrantors tells whether others than the owner have grant options, so that the server may record one of them.
func hasOtherGrantors(object *catalog.Object) bool {
	for _, item := range object.Items() {
		if item.Grantable && item.Grantee != object.Owner {
			return true
		}
	}
	return false
}

// refuseActing refuses a statement because the connecting role may not act for a role. It says who owns the object.
func (a *authority) refuseActing(role string, object *catalog.Object, act intent, change catalog.Change) {
	why := fmt.Sprintf("%s belongs to role %q, and role %q may not act for it", object.ID, object.Owner, a.Name)
	if role != object.Owner {
		why = fmt.Sprintf("it was granted by role %q, and role %q may not act for it (%s belongs to role %q)", role, a.Name, object.ID, object.Owner)
	}
	inherits := role == object.Owner && (change == nil || !hasOtherGrantors(object))
	needs := right{kind: memberOf, role: role, options: catalog.Options{Inherit: inherits, Set: !inherits}}
	a.b.refuse(act, why, denial{rights: []right{needs}, change: change, subject: a.b.about})
}

// mustName tells whether a GRANT or REVOKE of a role has to say GRANTED BY. Without it the server prefers the current
// user, if that may grant the role. For a superuser it takes the bootstrap superuser.
func (a *authority) mustName(grantor string) bool {
	server := a.b.server
	if !server.MembershipsHaveOptions() { // a way back names who granted it before, which only a superuser may
		return a.IsSuperuser() && grantor != a.Name && a.b.working.Roles[grantor] != nil
	}
	return grantor != a.Name && !(a.IsSuperuser() && grantor == server.Bootstrap)
}

// actAsAdministrator gives the grantor as the role to act as, if it is an administrator role. That takes far less time
// than GRANTED BY. Empty: the connecting role.
func (a *authority) actAsAdministrator(grantor string) string {
	if a.NeedsAdministrators() && a.MayActAsAdministrator(grantor) && a.ensureSetRole(grantor) {
		return grantor
	}
	return ""
}

// administratorsOf gives the administrator role of each role that has one.
func (b *builder) administratorsOf(roles []string) map[string]string {
	out := make(map[string]string, len(roles))
	for _, role := range roles {
		out[role] = b.authority.AdministratorOf(role)
	}
	return out
}

// requireMayAlter refuses ALTER ROLE of a role that the connecting role may not alter.
func (a *authority) requireMayAlter(role string, act intent) {
	if a.MayAlter(role) {
		return
	}
	if a.IsReservedForSuperusers(role) && !a.b.working.IsSuperuser(role) {
		why := fmt.Sprintf("role %q has REPLICATION, and before PostgreSQL 16 only superusers may change that role", role)
		a.b.refuse(act, why, denial{subject: subject{role: role}})
		return
	}
	a.requireMayChange(role, act)
}

// requireMayChange refuses an act on a role that the connecting role may not change.
func (a *authority) requireMayChange(role string, act intent) {
	denied, why := denial{subject: subject{role: role}}, ""
	switch {
	case a.MayChange(role):
		return
	case a.b.working.IsSuperuser(role):
		why = fmt.Sprintf("role %q is a superuser, and only superusers may change that role", role)
	case !a.MayCreateRoles():
		why = fmt.Sprintf("role %q has no CREATEROLE", a.Name)
		denied.rights = []right{{kind: creatingRoles}}
	default:
		why = a.noAdminOption(role)
		denied.rights = []right{{kind: administering, role: role}}
	}
	a.b.refuse(act, why, denied)
}

func (a *authority) noAdminOption(role string) string {
	return fmt.Sprintf("role %q has no ADMIN OPTION on role %q", a.Name, role)
}

// requireMayGrant refuses to change the members of a role that the connecting role may not grant.
// https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-DESCRIPTION-ROLES
func (a *authority) requireMayGrant(role string, act func() intent, change catalog.Change) bool {
	if a.MayGrant(role) {
		return true
	}
	denied, why := denial{change: change, subject: subject{members: role}}, ""
	switch {
	case a.b.working.IsSuperuser(role):
		why = fmt.Sprintf("role %q is a superuser, and only superusers may change who is a member of it", role)
	default:
		why = a.noAdminOption(role)
		if !a.b.server.MembershipsHaveOptions() {
			why = fmt.Sprintf("role %q has no CREATEROLE, and no ADMIN OPTION on role %q", a.Name, role)
		}
		denied.rights = []right{{kind: administering, role: role}}
	}
	a.b.refuse(act(), why, denied)
	return false
}
