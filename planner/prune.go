package planner

import (
	"fmt"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Prune works out the statements that drop roles that nothing refers to any more. The error is a [*Refusal].
func Prune(current *catalog.Catalog, unused []string) (*Plan, error) {
	b := &builder{server: current.Server, working: current.Clone(), desired: current}
	b.authority = newAuthority(b)
	for _, role := range unused {
		if b.working.Roles[role] == nil {
			continue // dropped by someone else in the meantime
		}
		b.authority.mayAlter(role, fmt.Sprintf("drop role %q", role))
		b.do(script.Pruning, "", catalog.DropRole{Name: role}, "the object that it was for is gone")
	}
	if len(b.refused) > 0 {
		return nil, &Refusal{Reasons: b.refused}
	}
	return &Plan{Server: current.Server, Statements: b.statements, before: current}, nil
}
