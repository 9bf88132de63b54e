package planner

import (
	"cmp"
	"fmt"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// createRoles creates the missing roles, except privilege roles. Administrator roles come first, while the connecting
// role administers few others.
func (b *builder) createRoles() {
	names := b.roleNames()
	for _, name := range names {
		if b.isNew(name) && b.desired.Roles[name].IsAdministrator() {
			change := catalog.CreateRole{Name: name, CreateRole: true, Members: b.plainMembers(name, b.server.CurrentUser)}
			b.addStatement(script.Administrators, "", change, "creates and grants privilege roles, which takes too long for a role that administers many")
		}
	}
	for _, name := range names {
		if role := b.desired.Roles[name]; b.isNew(name) && role.Holds == nil {
			b.addStatement(script.Roles, "", catalog.CreateRole{Name: name, With: startingWith(role)}, "a role of the spec that does not exist")
		}
	}
}

// createPrivilegeRoles creates the missing privilege roles after all other roles, each with its members. From 16 on
// that costs less than to grant it afterwards. Those of one administrator role come one after the other.
func (b *builder) createPrivilegeRoles() {
	type newRole struct{ name, creator string }
	var created []newRole
	for _, name := range b.roleNames() {
		if b.isNew(name) {
			created = append(created, newRole{name, b.creator(name)})
		}
	}
	slices.SortStableFunc(created, func(x, y newRole) int { return cmp.Compare(x.creator, y.creator) })
	for _, l := range created {
		held := b.desired.Roles[l.name].Holds
		creator := cmp.Or(l.creator, b.server.CurrentUser)
		change := catalog.CreateRole{Name: l.name, Holds: held, Creator: l.creator, Members: b.plainMembers(l.name, creator)}
		b.addStatement(script.PrivilegeRoles, l.creator, change, "a privilege role: it holds "+held.String())
	}
}

func (b *builder) isNew(name string) bool { return b.working.Roles[name] == nil }

// creator gives the administrator role that is to create a role; empty: the connecting role.
func (b *builder) creator(name string) string {
	for _, m := range b.desired.Members[name] {
		if b.desired.IsCreators(m) && b.authority.MayActAsAdministrator(m.Member) && b.authority.ensureSetRole(m.Member) {
			return m.Member
		}
	}
	return ""
}

// plainMembers lists the members that CREATE ROLE ... ROLE can give a new role: those with the default options and its
// creator as grantor. More than can be interrupted are granted the role later.
func (b *builder) plainMembers(name, creator string) []string {
	grantor := b.working.GrantorOfOwn(creator)
	members := make([]string, 0, len(b.desired.Members[name]))
	for _, m := range b.desired.Members[name] {
		isPlain := m.Grantor == grantor && m.Options == b.working.DefaultOptions(m.Member)
		if isPlain && m.Member != name && b.working.Roles[m.Member] != nil {
			members = append(members, m.Member)
		}
	}
	if len(members) == 0 {
		return nil
	}
	slices.Sort(members)
	members = slices.Compact(members)
	return members[:min(len(members), b.membersAtOnce(len(members)))]
}

// startingWith gives what CREATE ROLE sets. To alter the role afterwards takes long for a role that administers many.
func startingWith(role *catalog.Role) catalog.AlterRole {
	fresh := &catalog.Role{Name: role.Name, Verifier: catalog.NoPassword, Attributes: catalog.NewAttributes()}
	with, _ := alterRole(fresh, role)
	with.Name = ""
	return with
}

// requireMayCreate refuses a plan that creates what the connecting role may not create.
func (b *builder) requireMayCreate() {
	for _, s := range b.statements {
		ch, creates := s.Change.(catalog.CreateRole)
		if !creates {
			continue
		}
		act := intent{fmt.Sprintf("create role %q", ch.Name), ch}
		if !b.authority.MayCreateRoles() {
			why := fmt.Sprintf("role %q has no CREATEROLE", b.authority.Name)
			b.refuse(act, why, denial{rights: []right{{kind: creatingRoles}}, created: ch.Name})
		}
		b.authority.requireMaySet(ch.Name, ch.With.Attributes, act)
	}
}

// decideComments sets the comments of roles.
func (b *builder) decideComments() {
	for _, name := range b.roleNames() {
		comment := b.desired.Roles[name].Comment
		if now := b.working.Roles[name]; now.Comment != comment {
			change := catalog.CommentOnRole{Name: name, Comment: comment}
			b.authority.requireMayChange(name, intent{fmt.Sprintf("comment on role %q", name), change})
			b.addStatement(script.Roles, "", change, "the comment that the spec gives")
		}
	}
}

// loseLogins takes logins before anything else.
func (b *builder) loseLogins() {
	b.alterRoles(script.LosingLogin, false, "no login in the spec")
	b.loseLeaversLogins()
}

// givenLogin is the reason of a statement that gives a login.
const givenLogin = "the login that the spec gives"

// gainLogins lets roles log in once they have all that they are to have.
func (b *builder) gainLogins() {
	b.alterRoles(script.GainingLogin, true, givenLogin)
}

func (b *builder) alterRoles(section script.Section, login bool, reason string) {
	for _, name := range b.roleNames() {
		now, want := b.working.Roles[name], b.desired.Roles[name]
		if now == want || want.Attributes.Login != login {
			continue
		}
		if change, differs := alterLogin(now, want); differs {
			b.authority.requireMayAlter(name, intent{fmt.Sprintf("change the login of role %q", name), change})
			b.addStatement(section, "", change, reason)
			b.markRefresh(now, change)
		}
	}
}

// markRefresh marks the last statement if it only sets a password that cannot be compared.
func (b *builder) markRefresh(now *catalog.Role, change catalog.AlterRole) {
	if change.Login != nil || change.SetValidUntil {
		return
	}
	last := &b.statements[len(b.statements)-1]
	switch {
	case now.Verifier == "":
		last.Refresh, last.Reason = true, "set again: the stored password can not be read, so it can not be compared"
	case change.Verifier == catalog.UnreadPassword && now.Verifier != catalog.NoPassword:
		last.Refresh, last.Reason = true, "set again: the declared password was not read, so it can not be compared"
	}
}

// alterRole gives the ALTER ROLE that turns one state of a role into another, and whether it changes anything.
func alterRole(now, want *catalog.Role) (catalog.AlterRole, bool) {
	change, differs := alterLogin(now, want)
	change.Attributes = catalog.ChangesOf(now.Attributes, want.Attributes)
	return change, differs || !change.Attributes.IsZero()
}

// alterLogin gives the part of it that the key login decides.
func alterLogin(now, want *catalog.Role) (catalog.AlterRole, bool) {
	change := catalog.AlterRole{Name: want.Name}
	if now.Attributes.Login != want.Attributes.Login {
		change.Login = &want.Attributes.Login
	}
	if want.Verifier != "" && now.Verifier != want.Verifier {
		change.Verifier = want.Verifier
	}
	if !catalog.SameMoment(now.ValidUntil, want.ValidUntil) {
		change.SetValidUntil, change.ValidUntil = true, want.ValidUntil
	}
	return change, change != catalog.AlterRole{Name: want.Name}
}
