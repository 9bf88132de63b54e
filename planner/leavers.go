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

// leavers lists the leavers by name.
func (b *builder) leavers() []string {
	return lists.Keys(b.desired.Leavers, strings.Compare, func(name string, _ *catalog.Leaver) bool {
		return b.desired.IsLeaving(name) && b.working.Roles[name] != nil
	})
}

// loseLeaversLogins takes the logins of leavers first, so that nobody begins a session as one.
func (b *builder) loseLeaversLogins() {
	for _, name := range b.leavers() {
		if b.working.Roles[name].Attributes.Login {
			change := catalog.AlterRole{Name: name, Login: new(bool)}
			b.authority.requireMayAlter(name, intent{fmt.Sprintf("take the login from role %q", name), change})
			b.addStatement(script.LosingLogin, "", change, "it is to be gone, and nobody logs in meanwhile")
		}
	}
}

// departingReason says why a leaver is dropped, and what DROP ROLE takes with it that no statement names.
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

// settingsInWords names the settings that go with a role. It names the databases of those that hold in others, since
// nobody sees them here; empty: it has none.
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

// changePolicies sets the roles of row security policies. Only the owner of the table may, and that may be a new owner
// by now.
// https://www.postgresql.org/docs/current/sql-alterpolicy.html
func (b *builder) changePolicies() {
	for _, id := range slices.SortedFunc(maps.Keys(b.desired.Policies), catalog.PolicyID.Compare) {
		now, want := b.working.Policies[id], b.desired.Policies[id]
		if slices.Equal(now.Roles, want.Roles) {
			continue
		}
		object := b.working.Objects[id.Table]
		change := catalog.AlterPolicy{Policy: id, Roles: want.Roles, Before: now.Roles}
		act := intent{fmt.Sprintf("change for whom %s is", id), change}
		b.about = subject{object: id.Table}
		if !b.authority.ensurePrivilegesOf(object.Owner) {
			b.authority.refuseActing(object.Owner, object, act, nil)
		}
		b.letLookUp(object, "", script.Policies, act)
		b.addStatement(script.Policies, "", change, policyReason(now.Roles, want.Roles))
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

// withoutLeavers leaves out the memberships of leavers: DROP ROLE takes them.
func (b *builder) withoutLeavers(rows []catalog.Membership) []catalog.Membership {
	if len(b.desired.Leavers) == 0 {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(m catalog.Membership) bool { return b.desired.IsLeaving(m.Member) })
}

// losingInitial lists, by name, the leavers that lose initial privileges in the connected database: what the scripts of
// extensions have granted them.
func losingInitial(current, desired *catalog.Catalog) []string {
	return lists.Keys(desired.Leavers, strings.Compare, func(name string, l *catalog.Leaver) bool {
		return !l.HasInitial() && current.Leavers[name].HasInitial()
	})
}

// dropInitialPrivileges runs DROP OWNED BY for leavers with initial privileges. From 17 on the server drops no role
// that has some. It comes when a leaver has nothing else left, for DROP OWNED takes everything.
// https://www.postgresql.org/docs/17/sql-drop-owned.html
func (b *builder) dropInitialPrivileges() {
	for _, name := range losingInitial(b.working, b.desired) {
		change := catalog.DropOwned{Role: name}
		act := intent{fmt.Sprintf("drop what extensions have granted role %q", name), change}
		b.requireMayProve(act)
		if !b.authority.ensurePrivilegesOf(name) {
			why := fmt.Sprintf("role %q may not act for it", b.authority.Name)
			b.refuse(act, why, denial{rights: inheriting(name), subject: subject{role: name}})
		}
		b.addStatement(script.Departing, "", change, "what the scripts of extensions have granted it no other statement takes away")
	}
}

// requireMayProve refuses DROP OWNED BY unless pg_shdepend can be locked. Without the lock DROP OWNED could take what
// somebody else has just given. To read the table takes no right, and to lock it takes MAINTAIN from 17 on.
// https://www.postgresql.org/docs/17/sql-lock.html
func (b *builder) requireMayProve(act intent) {
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
