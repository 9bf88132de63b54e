package planner

import (
	"fmt"
	"slices"
	"sync"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// changeDefaultPrivileges sets all default privileges. It comes after the plan has created roles and schemas, since
// their ACLs depend on the default privileges before. Those that only memberships of this plan allow to change wait for
// the section LaterDefaultPrivileges. Those that take a temporary membership do not wait, because it may be impossible
// then.
func (b *builder) changeDefaultPrivileges(section script.Section) {
	actor := sync.OnceValue(func() *access.Actor { return access.NewActor(b.working) })
	after := sync.OnceValue(func() *access.Actor { return access.NewActor(b.desired) })
	for _, f := range b.changedFutures() {
		isLater := section == script.LaterDefaultPrivileges
		if !isLater && !actor().MayActFor(f.Owner) && (after().HasPrivilegesOf(after().Name, f.Owner) || after().CanSetRole(after().Name, f.Owner)) {
			continue
		}
		changes, as := b.defaultChanges(f), ""
		switch now := actor(); {
		case !isLater:
			as = b.actAsCreator(f, changes)
		case !now.HasPrivilegesOf(now.Name, f.Owner):
			as = f.Owner
		}
		for _, s := range changes {
			b.addStatement(section, as, s.Change, s.Reason)
		}
	}
}

// defaultChanges gives the statements that make default privileges as they are desired, with their reasons alone.
func (b *builder) defaultChanges(f catalog.Future) (out []script.Statement) {
	have, want := b.working.FutureACL(f), b.desired.FutureACL(f)
	for _, g := range lacking(have, want) {
		for _, parts := range mergeByPrivileges(g.of) {
			change := catalog.GrantDefault{Privileges: parts.privileges, Future: f, Grantees: parts.grantees, WithOption: g.key.grantable}
			out = append(out, script.Statement{Change: change, Reason: grantDefaultReason(f, parts.grantees)})
		}
	}
	for _, g := range excess(have, want) {
		for _, parts := range mergeByPrivileges(g.of) {
			change := catalog.RevokeDefault{Privileges: parts.privileges, Future: f, Grantees: parts.grantees, OptionOnly: g.key.optionOnly}
			out = append(out, script.Statement{Change: change, Reason: revokeReason(g.key, f.Owner)})
		}
	}
	return out
}

// changedFutures lists, in order, the default privileges that differ between the working and the desired catalog.
func (b *builder) changedFutures() []catalog.Future {
	var changed []catalog.Future
	lists.Both(b.working.DefaultPrivileges, b.desired.DefaultPrivileges, func(f catalog.Future, _, _ catalog.ACL) {
		if !slices.Equal(b.working.FutureACL(f), b.desired.FutureACL(f)) {
			changed = append(changed, f)
		}
	})
	slices.SortFunc(changed, catalog.Future.Compare)
	return changed
}

func grantDefaultReason(f catalog.Future, grantees []string) string {
	if slices.Contains(grantees, f.Owner) {
		return "default privileges for nobody at all would count as the built-in ones, which PUBLIC may be among"
	}
	if slices.Contains(grantees, catalog.Public) {
		return givenToEveryone
	}
	return "declared"
}

// actAsCreator gives the role to act as to alter a role's default privileges; empty: the connecting role. The server
// asks for that role's privileges, before 16 for a membership.
// https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
func (b *builder) actAsCreator(f catalog.Future, changes []script.Statement) string {
	a, role := b.authority, f.Owner
	b.about = subject{future: f}
	switch {
	case a.IsSuperuser(), a.HasPrivilegesOf(a.Name, role), !b.server.MembershipsHaveOptions() && a.IsMember(a.Name, role):
		return ""
	case a.CanSetRole(a.Name, role):
		return role
	case a.join(role):
		if a.inheritsTemporarily(role) || !b.server.MembershipsHaveOptions() {
			return ""
		}
		return role
	}
	act := intent{fmt.Sprintf("change the default privileges of role %q on %s", role, f.Kind), changes[0].Change}
	why := fmt.Sprintf("role %q may not act for role %q", a.Name, role)
	b.refuse(act, why, denial{rights: inheriting(role), subject: b.about})
	return ""
}
