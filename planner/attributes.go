package planner

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// changeAttributes sets the attributes of existing roles. The actor is worked out anew afterwards, for attributes
// decide what a role may do and what its memberships pass on.
func (b *builder) changeAttributes() {
	isChanged := false
	for _, name := range b.roleNames() {
		now, want := b.working.Roles[name], b.desired.Roles[name]
		if now == nil {
			continue // a privilege role, which is created later
		}
		changes := catalog.ChangesOf(now.Attributes, want.Attributes)
		if changes.IsZero() {
			continue
		}
		change := catalog.AlterRole{Name: name, Attributes: changes}
		act := intent{fmt.Sprintf("change the attributes of role %q", name), change}
		if b.authority.requireMayAlterAttributes(name, changes, act) {
			b.addStatement(script.Roles, "", change, "the attributes that the spec gives")
			isChanged = true
		}
	}
	if isChanged {
		b.authority = newAuthority(b)
	}
}

// requireMayAlterAttributes refuses ALTER ROLE of attributes that the connecting role may not alter.
func (a *authority) requireMayAlterAttributes(role string, changes catalog.AttributeChanges, act intent) bool {
	before := len(a.b.refused)
	if !a.requireMaySet(role, changes, act) {
		return false
	}
	a.requireMayAlter(role, act)
	return len(a.b.refused) == before
}

// requireMaySet refuses attributes that the connecting role may not change for any role. Only superusers may change
// SUPERUSER. From 16 on a role may change REPLICATION, BYPASSRLS and CREATEDB if it has them. Before 16 only superusers
// may change the first two. https://www.postgresql.org/docs/current/sql-alterrole.html
func (a *authority) requireMaySet(role string, changes catalog.AttributeChanges, act intent) bool {
	may := true
	if a.IsSuperuser() {
		return may
	}
	refuse := func(word catalog.AttributeWord, yes bool, why string) {
		may = false
		change := catalog.AlterRole{Name: role}
		*word.Info().Change(&change.Attributes) = &yes
		a.b.refuse(intent{act.words, change}, why, denial{subject: subject{role: role, attributes: true}})
	}
	own, fromOwn := a.b.working.Roles[a.Name].Attributes, a.b.server.MembershipsHaveOptions()
	changes.Each(func(word catalog.AttributeWord, yes bool) {
		switch word {
		case catalog.Superuser:
			refuse(word, yes, fmt.Sprintf("only superusers decide over %s", word))
		case catalog.Replication, catalog.BypassRLS, catalog.CreateDB:
			switch has := *word.Info().Of(&own); {
			case fromOwn && !has:
				refuse(word, yes, fmt.Sprintf("role %q has no %s itself, and only such roles decide over it", a.Name, word))
			case !fromOwn && word != catalog.CreateDB:
				refuse(word, yes, fmt.Sprintf("before PostgreSQL 16 only superusers decide over %s", word))
			}
		}
	})
	return may
}
