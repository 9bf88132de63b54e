package planner

import (
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Prune works out the statements that drop roles that nothing refers to any more. The errors are those of [Build].
func Prune(current *catalog.Catalog, unused []string) (*Plan, error) {
	pruned := current.Clone()
	for _, role := range unused {
		catalog.DropRole{Name: role}.Apply(pruned)
	}
	plan, err := prune(current, pruned)
	if err != nil {
		return nil, err
	}
	return inParts(plan, pruned, prune)
}

// prune works out one transaction that drops the roles which the desired catalog does not have.
func prune(current, desired *catalog.Catalog) (*Plan, error) {
	b := newBuilder(current, desired)
	b.authority = newAuthority(b)
	for _, role := range b.surplusRoles() {
		b.dropRole(script.Pruning, role, pruningReason(b.working.Roles[role]))
	}
	b.authority.giveBack()
	if len(b.refused) > 0 {
		return nil, &Refusal{Reasons: b.refused}
	}
	return &Plan{Server: current.Server, Statements: b.inOrder(), before: current}, nil
}

func pruningReason(role *catalog.Role) string {
	if role.IsAdministrator() {
		return "there is nothing left that it administers"
	}
	return "the object that it was for is gone"
}
