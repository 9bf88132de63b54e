package executor

import (
	"slices"

	"pgsr/planner"
	"pgsr/planner/catalog"
)

// Result says what a run did in one database. Nothing in it is secret, but for the verifiers of passwords in the Plan,
// which print masked.
type Result struct {
	// Plan is what was run; an empty one if nothing was left to do, before or under the lock.
	Plan *planner.Plan
	// Applied tells whether anything was written.
	Applied bool
	// Attempts counts the transactions: 0 if none was needed, more than 1 if others were in the way.
	Attempts int
	Summary
	// digest is that of a saved plan, which has it; nil: it is worked out.
	digest func() string
}

// Digest names the plan, as every form of it does: see [planner.Plan.Digest].
func (r *Result) Digest() string {
	if r == nil || r.Plan == nil {
		return ""
	}
	if r.digest != nil {
		return r.digest()
	}
	return r.Plan.Digest()
}

// Summary is what a run came to. Of a saved plan nothing is known to be missing.
type Summary struct {
	// Missing is what the spec names and does not exist, where it says [spec.WarnOfMissing].
	Missing []Missing
	// Skipped is what was left out because it does not exist: what of Missing is not among Created, and what IF EXISTS
	// passes over.
	Skipped []Missing
	// Created is what there was not before.
	Created Created
	// Statements is how many were run and committed.
	Statements int
}

// Created is what a run has made, each in the order in which that was done.
type Created struct {
	// Roles are those of the spec, and those of which roles are to be members.
	Roles []string
	// PrivilegeRoles are those that hold a privilege, or administer such roles.
	PrivilegeRoles []string
	Schemas        []string
}

func createdBy(plan *planner.Plan) (c Created) {
	for _, s := range plan.Statements {
		switch change := s.Change.(type) {
		case catalog.CreateRole:
			if catalog.IsOwnRole(change.Name) {
				c.PrivilegeRoles = append(c.PrivilegeRoles, change.Name)
			} else {
				c.Roles = append(c.Roles, change.Name)
			}
		case catalog.CreateSchema:
			c.Schemas = append(c.Schemas, change.Name)
		}
	}
	return c
}

// resultOf gives the result of a plan that was run, or was not because it is empty.
func resultOf(plan *planner.Plan, applied bool, attempts int) *Result {
	r := &Result{Plan: plan, Applied: applied, Attempts: attempts}
	if applied {
		r.Created, r.Statements = createdBy(plan), len(plan.Statements)
	}
	return r
}

// summarized adds to a result what the spec names and does not exist.
func (p *planning) summarized(r *Result) *Result {
	if p != nil && r != nil {
		r.Missing, r.Skipped = p.missing, p.skipped
	}
	return r
}

// leftOut gives those that are not made where they are missing.
func leftOut(missing []Missing) []Missing {
	return slices.DeleteFunc(slices.Clone(missing), func(m Missing) bool { return m.Group != "" })
}

// with adds what another database, or step, came to.
func (s Summary) with(other Summary) Summary {
	s.Missing, s.Skipped = slices.Concat(s.Missing, other.Missing), slices.Concat(s.Skipped, other.Skipped)
	s.Created.Roles = slices.Concat(s.Created.Roles, other.Created.Roles)
	s.Created.PrivilegeRoles = slices.Concat(s.Created.PrivilegeRoles, other.Created.PrivilegeRoles)
	s.Created.Schemas = slices.Concat(s.Created.Schemas, other.Created.Schemas)
	s.Statements += other.Statements
	return s
}
