package executor

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// PlanWithEffect does what [Plan] does, and says what the plan means for people. For that it reads more: whom it
// concerns what the roles of the spec have, and what else those reach. The plan is the same, and it is still one
// round trip.
func PlanWithEffect(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (*planner.Plan, *access.Effect, error) {
	o.Effect = true
	plan, err := Plan(ctx, conn, s, o)
	if err != nil {
		return nil, nil, err
	}
	return plan, plan.Effect(), nil
}

// withEffect asks for what the effect of a plan depends on: who has the roles that it is about.
func withEffect(scope catalog.Scope, reassignTo string) catalog.Scope {
	scope.Below = append(slices.Clip(scope.Below), scope.Roles...)
	if reassignTo != "" {
		scope.Below = append(scope.Below, reassignTo)
	}
	return scope
}
