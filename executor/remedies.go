package executor

import (
	"maps"
	"slices"

	"pgsr/planner"
	"pgsr/planner/catalog"
)

// withRemedies adds remedies to a refusal to plan from a catalog, which has to show all that they depend on.
func (p *planning) withRemedies(err error, seen *catalog.Catalog) error {
	return planner.Remedied(err, seen, func(c *catalog.Catalog) (*catalog.Catalog, error) {
		resolution, err := p.resolve(c)
		if err != nil {
			return nil, err
		}
		_, err = p.build(c, resolution)
		return resolution.Desired, err
	})
}

// scopeForRemedies adds to a scope the roles for which the connecting role might have to act, with their memberships:
// those with something on the objects, and the grantors of the memberships that were read before.
func scopeForRemedies(scope catalog.Scope, seen *catalog.Catalog) catalog.Scope {
	grantors := map[string]bool{}
	for _, members := range seen.Members {
		for _, m := range members {
			grantors[m.Grantor] = true
		}
	}
	scope.Holders = true
	scope.Mentioned = append(slices.Clip(scope.Mentioned), slices.Sorted(maps.Keys(grantors))...)
	return scope
}
