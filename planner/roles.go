package planner

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// createRoles creates the roles that are not there: ordinary ones first, then privilege roles.
func (b *builder) createRoles() {
	for _, name := range roleNames(b.desired) {
		if role := b.desired.Roles[name]; b.working.Roles[name] == nil {
			b.do(script.Roles, "", catalog.CreateRole{Name: name, Holds: role.Holds}, creationReason(role))
		}
	}
}

func creationReason(role *catalog.Role) string {
	if role.Holds == nil {
		return "a role of the spec that does not exist"
	}
	return fmt.Sprintf("a privilege role: it holds %s on %s", role.Holds.Privilege, role.Holds.Object)
}

// mayCreate refuses a plan that creates what the connecting role may not create.
func (b *builder) mayCreate() {
	for _, s := range b.statements {
		if ch, creates := s.Change.(catalog.CreateRole); creates && !b.authority.MayCreateRoles() {
			b.refuse(Reason{
				Act: fmt.Sprintf("create role %q", ch.Name), Why: fmt.Sprintf("role %q has no CREATEROLE", b.authority.Name),
				Remedy: b.authority.createRoleRemedy(),
			})
		}
	}
}

// decideComments sets the comments of roles.
func (b *builder) decideComments() {
	for _, name := range roleNames(b.desired) {
		comment := b.desired.Roles[name].Comment
		if now := b.working.Roles[name]; now.Comment != comment {
			b.authority.mayAlter(name, fmt.Sprintf("comment on role %q", name))
			b.do(script.Roles, "", catalog.CommentOnRole{Name: name, Comment: comment}, "the comment that the spec gives")
		}
	}
}

// loseLogins takes the login from those who should not have it, before anything else.
func (b *builder) loseLogins() {
	b.alterRoles(script.LosingLogin, false, "no login in the spec")
}

// gainLogins lets roles log in once they have all that they are to have.
func (b *builder) gainLogins() {
	b.alterRoles(script.GainingLogin, true, "the login that the spec gives")
}

func (b *builder) alterRoles(section script.Section, login bool, reason string) {
	for _, name := range roleNames(b.desired) {
		now, want := b.working.Roles[name], b.desired.Roles[name]
		if now == want || want.Attributes.Login != login {
			continue
		}
		if change, differs := alterRole(now, want); differs {
			b.authority.mayAlter(name, fmt.Sprintf("change the login of role %q", name))
			b.do(section, "", change, reason)
			b.markRefresh(now, change)
		}
	}
}

// markRefresh marks the last statement when all that it does is to set a password that can not be compared.
func (b *builder) markRefresh(now *catalog.Role, change catalog.AlterRole) {
	if change.Login == nil && !change.SetValidUntil && now.Verifier == "" {
		last := &b.statements[len(b.statements)-1]
		last.Refresh = true
		last.Reason = "set again: the stored password can not be read, so it can not be compared"
	}
}

// alterRole gives the difference between two states of a role that ALTER ROLE can bring about.
func alterRole(now, want *catalog.Role) (catalog.AlterRole, bool) {
	change := catalog.AlterRole{Name: want.Name}
	if now.Attributes.Login != want.Attributes.Login {
		change.Login = &want.Attributes.Login
	}
	if want.Verifier != "" && now.Verifier != want.Verifier {
		change.Verifier = want.Verifier
	}
	if !sameMoment(now, want) {
		change.SetValidUntil, change.ValidUntil = true, want.ValidUntil
	}
	return change, change != catalog.AlterRole{Name: want.Name}
}

func sameMoment(a, b *catalog.Role) bool {
	if a.ValidUntil == nil || b.ValidUntil == nil {
		return a.ValidUntil == b.ValidUntil
	}
	return a.ValidUntil.Equal(*b.ValidUntil)
}
