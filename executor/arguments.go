package executor

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/lists"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// What is missing, or means nothing, is an error before anything is asked of the server.

// check refuses options that mean nothing.
func (o Options) check() error {
	bad := func(name, problem string) error { return &ArgumentError{Argument: "Options." + name, Problem: problem} }
	switch {
	case o.Missing != "" && o.Missing != spec.RefuseMissing && o.Missing != spec.WarnOfMissing:
		return bad("Missing", "is neither spec.RefuseMissing nor spec.WarnOfMissing, nor empty")
	case o.Mode != "" && o.Mode != spec.ModeSync && o.Mode != spec.ModeAdd:
		return bad("Mode", "is neither spec.ModeSync nor spec.ModeAdd, nor empty")
	case o.MaxRevokes != nil && *o.MaxRevokes < 0:
		return bad("MaxRevokes", "is less than nothing: give 0 to have nothing revoked")
	case o.Parallel < 0:
		return bad("Parallel", "is less than nothing: give 0 for the default")
	case o.EndsWithin < 0:
		return bad("EndsWithin", "is less than nothing: give 0 for the default")
	case o.LockTimeout < 0 || o.StatementTimeout < 0:
		return bad("LockTimeout or Options.StatementTimeout", "is less than nothing: give 0 for what the server has")
	case !slices.Contains([]script.Passwords{"", script.PasswordVerifiers, script.PasswordVariables, script.PasswordsOmitted}, o.Passwords):
		return bad("Passwords", "is none of the ways in which a script can hold passwords")
	}
	return nil
}

// checkCall refuses a call that has no context, no usable connection, or options that mean nothing.
func checkCall(ctx context.Context, conn *pgx.Conn, o Options) error {
	if err := wire.Usable(ctx, conn); err != nil {
		return err
	}
	return o.check()
}

// checkSpec refuses no spec, and one that says nothing at all. One that says that there are no roles says something.
func checkSpec(s *spec.Spec) error {
	switch err := checkSpecIsThere(s); {
	case err != nil:
		return err
	case s.Roles == nil && s.Public.Grants == nil && s.Public.Revokes == nil && s.Public.In == nil:
		return &ArgumentError{Argument: "the spec", Problem: "is empty: it has no role, and says nothing of what everyone has"}
	}
	return nil
}

// checkSpecIsThere refuses no spec. The one that a plan of [PlanPrune] is written with has nothing but the lock's key.
func checkSpecIsThere(s *spec.Spec) error {
	if s == nil {
		return &ArgumentError{Argument: "the spec", Problem: "is nil"}
	}
	return nil
}

// checkPlan refuses a plan that was not made here.
func checkPlan(plan *planner.Plan) error {
	switch {
	case plan == nil:
		return &ArgumentError{Argument: "the plan", Problem: "is nil"}
	case plan.From == nil:
		return &ArgumentError{Argument: "the plan", Problem: "is not one that Plan, PlanDatabases or PlanPrune gave"}
	}
	return nil
}

func checkSequence(s *planner.Sequence) error {
	if s == nil || len(s.Plans) == 0 {
		return &ArgumentError{Argument: "the sequence", Problem: "is empty: give one that PlanDatabases gave"}
	}
	return cmp.Or(lists.Map(s.Plans, checkPlan)...)
}

func checkDocument(d report.Document) error {
	if d.Server.Database == "" {
		return &ArgumentError{Argument: "the saved plan", Problem: "is empty: give one that report.ReadJSON or report.ReadPlan has read"}
	}
	return nil
}

func checkSaved(saved report.Sequence) error {
	if len(saved.Documents) == 0 {
		return checkDocument(report.Document{})
	}
	return cmp.Or(lists.Map(saved.Documents, checkDocument)...)
}

func checkTarget(on *spec.Target) error {
	if on == nil || on.Kind == "" || len(on.Objects) == 0 {
		return &ArgumentError{Argument: "the target", Problem: "names no object"}
	}
	return nil
}

func checkWriter(w io.Writer) error {
	if w == nil {
		return &ArgumentError{Argument: "the writer", Problem: "is nil"}
	}
	return nil
}
