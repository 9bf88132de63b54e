package executor

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pgsr/planner"
	"pgsr/planner/script"
)

// Back works out the plan back to the state before a plan. A plan may be allowed and its way back not: then it gives
// nil, and the plan's warnings say why.
func Back(plan *planner.Plan) (*planner.Plan, error) {
	back, err := plan.Back()
	warning := noWayBack(err, plan.Server.CurrentUser)
	if warning == "" {
		return back, err
	}
	if !slices.Contains(plan.Warnings, warning) {
		plan.Warnings = append(slices.Clip(plan.Warnings), warning)
	}
	return nil, nil
}

// noWayBack says why a role can not go back by a plan; empty: it is for no such reason that there is none.
func noWayBack(err error, role string) string {
	var refusal *planner.Refusal
	var locks *planner.LockTableError
	switch {
	case errors.As(err, &refusal):
		var text strings.Builder
		fmt.Fprintf(&text, "there is no way back that role %q may go; a superuser would have to:", role)
		for _, reason := range refusal.Reasons {
			fmt.Fprintf(&text, "\n  %s: %s", reason.Act, reason.Why)
		}
		return text.String()
	case errors.As(err, &locks):
		return "there is no way back: " + locks.Error()
	}
	return ""
}

// addRollback adds the way back. Where there is none, a warning says why.
func addRollback(d *script.Document, plan *planner.Plan, o Options) error {
	back, err := Back(plan)
	if d.Warnings = plan.Warnings; err != nil || back == nil {
		return err
	}
	way := document(d.LockKey, back, o)
	d.Rollback = &way
	return nil
}
