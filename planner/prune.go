package planner

import (
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Prune works out the statements that drop roles that nothing refers to any more. The errors are those of [Build]; a
// [*Refusal] has its remedies.
func Prune(current *catalog.Catalog, unused []string) (*Plan, error) {
	pruned := without(current, unused)
	plan, err := prune(current, pruned)
	if err != nil {
		return nil, Remedied(err, current, func(c *catalog.Catalog) (*catalog.Catalog, error) {
			pruned := without(c, unused)
			_, err := prune(c, pruned)
			return pruned, err
		})
	}
	return inParts(plan, pruned, prune)
}

func without(c *catalog.Catalog, roles []string) *catalog.Catalog {
	c = c.Clone()
	c.DropRoles(roles)
	return c
}

// prune works out one transaction that drops the roles which the desired catalog does not have.
func prune(current, desired *catalog.Catalog) (*Plan, error) {
	b := newBuilder(current, desired)
	b.authority = newAuthority(b)
	b.dropSurplus(func(role *catalog.Role) (script.Section, string) { return script.Pruning, b.pruningReason(role) })
	b.authority.giveBack()
	return b.planned(current)
}

func (b *builder) pruningReason(role *catalog.Role) string {
	reason := "the object that it was for is gone"
	if role.IsAdministrator() {
		reason = "there is nothing left that it administers"
	}
	if settings := b.settingsInWords(role.Name); settings != "" {
		reason += "; with it go " + settings
	}
	return reason
}
