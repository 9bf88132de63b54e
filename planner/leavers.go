package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// leavers lists the roles that are to be gone, by name.
func (b *builder) leavers() []string {
	return lists.Keys(b.desired.Leavers, strings.Compare, func(name string, _ *catalog.Leaver) bool {
		return b.desired.IsLeaving(name) && b.working.Roles[name] != nil
	})
}

// loseLeaversLogins takes the login first from roles that are to be gone, so that nobody is left inside.
func (b *builder) loseLeaversLogins() {
	for _, name := range b.leavers() {
		if b.working.Roles[name].Attributes.Login {
			b.authority.requireMayAlter(name, fmt.Sprintf("take the login from role %q", name))
			b.addStatement(script.LosingLogin, "", catalog.AlterRole{Name: name, Login: new(bool)}, "it is to be gone, and nobody logs in meanwhile")
		}
	}
}

// departingReason says why a role goes, and what goes with it that no statement names.
func (b *builder) departingReason(name string) string {
	reason := "it is to be absent"
	var with []string
	groups := lists.Keys(b.working.Members, strings.Compare, func(role string, rows []catalog.Membership) bool {
		return role != name && slices.ContainsFunc(rows, func(m catalog.Membership) bool { return m.Member == name })
	})
	if len(groups) > 0 {
		with = append(with, "its memberships in "+nameGrantees(groups))
	}
	var members []string
	for _, m := range b.working.Members[name] {
		if m.Member != b.server.CurrentUser && !b.desired.IsLeaving(m.Member) {
			members = append(members, m.Member)
		}
	}
	if slices.Sort(members); len(members) > 0 {
		with = append(with, "the memberships of "+nameGrantees(slices.Compact(members))+" in it")
	}
	if settings := b.settingsInWords(name); settings != "" {
		with = append(with, settings)
	}
	if len(with) > 0 {
		reason += "; with it go " + strings.Join(with, ", ")
	}
	return reason
}

// settingsInWords says which settings go with a role: those in other databases by name, as nobody who looks here sees
// them; empty: it has none.
func (b *builder) settingsInWords(name string) string {
	role := b.working.Roles[name]
	if len(role.Settings) == 0 {
		return ""
	}
	var elsewhere []string
	for _, s := range role.Settings {
		if s.Database != "" && s.Database != b.server.Database {
			elsewhere = append(elsewhere, s.Database)
		}
	}
	switch elsewhere = slices.Compact(elsewhere); len(elsewhere) {
	case 0:
		return "its settings"
	case 1:
		return "its settings, also those in database " + elsewhere[0]
	}
	return "its settings, also those in databases " + nameGrantees(elsewhere)
}

// changePolicies says anew for whom policies are. Only the owner of the table may, who it is by now.
// https://www.postgresql.org/docs/current/sql-alterpolicy.html
func (b *builder) changePolicies() {
	for _, id := range slices.SortedFunc(maps.Keys(b.desired.Policies), catalog.PolicyID.Compare) {
		now, want := b.working.Policies[id], b.desired.Policies[id]
		if slices.Equal(now.Roles, want.Roles) {
			continue
		}
		object := b.working.Objects[id.Table]
		act := fmt.Sprintf("change for whom %s is", id)
		b.about = subject{object: id.Table}
		if !b.authority.ensurePrivilegesOf(object.Owner) {
			b.authority.refuseActing(object.Owner, object, act, nil)
		}
		b.letLookUp(object, "", script.Policies, act)
		b.addStatement(script.Policies, "", catalog.AlterPolicy{Policy: id, Roles: want.Roles, Before: now.Roles}, policyReason(now.Roles, want.Roles))
	}
	b.revokeTemporary(script.Policies)
}

// policyReason says who goes or comes.
func policyReason(before, after []string) string {
	gone := lists.Filter(before, func(role string) bool { return !slices.Contains(after, role) })
	if len(gone) > 0 {
		return "it is no longer for " + nameGrantees(gone) + ", which is to be gone"
	}
	come := lists.Filter(after, func(role string) bool { return !slices.Contains(before, role) })
	return "it was for " + nameGrantees(come) + ", too"
}

// withoutLeavers leaves out the memberships of roles that are to be gone, which go with them.
func (b *builder) withoutLeavers(rows []catalog.Membership) []catalog.Membership {
	if len(b.desired.Leavers) == 0 {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(m catalog.Membership) bool { return b.desired.IsLeaving(m.Member) })
}

// losingInitial lists the roles that are to lose what the scripts of extensions have granted them in the connected
// database, by name.
func losingInitial(current, desired *catalog.Catalog) []string {
	return lists.Keys(desired.Leavers, strings.Compare, func(name string, l *catalog.Leaver) bool {
		return !l.HasInitial() && current.Leavers[name].HasInitial()
	})
}

// dropInitialPrivileges takes from roles that are to be gone what the scripts of extensions have granted them, which
// keeps the server from dropping them from 17 on. It comes when nothing else is left of them.
// https://www.postgresql.org/docs/17/sql-drop-owned.html
func (b *builder) dropInitialPrivileges() {
	for _, name := range losingInitial(b.working, b.desired) {
		act := fmt.Sprintf("drop what extensions have granted role %q", name)
		b.requireMayProve(act)
		if !b.authority.ensurePrivilegesOf(name) {
			why := fmt.Sprintf("role %q may not act for it", b.authority.Name)
			b.refuse(act, why, denial{rights: inheriting(name), subject: subject{role: name}})
		}
		b.addStatement(script.Departing, "", catalog.DropOwned{Role: name}, "what the scripts of extensions have granted it no other statement takes away")
	}
}

// requireMayProve refuses DROP OWNED to who may not lock pg_shdepend, without which what comes in between is dropped.
// Reading it is enough to know what there is, but only MAINTAIN allows the lock, from 17 on.
// https://www.postgresql.org/docs/17/sql-lock.html
func (b *builder) requireMayProve(act string) {
	if b.authority.IsSuperuser() || b.authority.HasPrivilegesOf(b.authority.Name, maintain) {
		return
	}
	me := b.authority.Name
	why := fmt.Sprintf("role %q may not lock pg_shdepend, without which nobody can prove that DROP OWNED drops nothing else: "+
		"have a superuser grant it %s for the time being, or run this", me, maintain)
	b.refuse(act, why, denial{})
}

// maintain is the predefined role that may lock any table.
const maintain = "pg_maintain"
