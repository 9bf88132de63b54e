package executor

import (
	"context"
	"maps"
	"slices"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// planWithRemedies plans what was refused once more, from a catalog that shows all that remedies depend on. If it is
// refused again, the refusal has remedies.
func (p *planning) planWithRemedies(ctx context.Context, from catalogReader, seen *catalog.Catalog, effect bool) (*planner.Plan, error) {
	if p.extent != inspect.WholeCluster {
		var err error
		if seen, err = from.inspect(ctx, scopeForRemedies(p.including(p.scope(), effect), seen)); err != nil {
			return nil, err
		}
	}
	plan, err := p.planCatalog(seen)
	return plan, planner.Remedied(err, seen, func(c *catalog.Catalog) (*catalog.Catalog, error) {
		resolution, err := p.resolve(c)
		if err != nil {
			return nil, err
		}
		_, err = p.build(c, resolution)
		return resolution.Desired, err
	})
}

// scopeForRemedies adds to a scope what the roles reach that the connecting role might have to act for: who has
// something on the objects, and who has granted memberships. It was seen before who that is.
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
