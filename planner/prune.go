package planner

import (
	"fmt"

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
	return inParts(plan, prune)
}

// prune works out one transaction that drops the roles which the desired catalog does not have.
func prune(current, desired *catalog.Catalog) (*Plan, error) {
	b := newBuilder(current, desired)
	b.authority = newAuthority(b)
	for _, role := range roleNames(current) {
		if desired.Roles[role] != nil {
			continue
		}
		b.authority.mayAlter(role, fmt.Sprintf("drop role %q", role))
		b.do(script.Pruning, "", catalog.DropRole{Name: role}, "the object that it was for is gone")
	}
	if len(b.refused) > 0 {
		return nil, &Refusal{Reasons: b.refused}
	}
	return &Plan{Server: current.Server, Statements: b.statements, before: current}, nil
}
