package executor

import (
	"slices"

	"pgsr/gen"
	"pgsr/planner/catalog"
)

// narrowScope is how many things a scope names at most for which one plan is good.
const narrowScope = 1000

// isNarrow tells whether a scope names so little that all is found by index, with the same plans as for any other
// such scope.
func isNarrow(s catalog.Scope) bool {
	return isPlain(s) && len(s.Contents) == 0 && len(s.Roles) < largeScope && len(s.Objects)+len(s.Mentioned) <= narrowScope
}

// narrowly lists the questions for a narrow scope, which the session keeps.
func (i *inspection) narrowly() []question {
	mentioned := names(i.scope.Mentioned)
	all := []question{
		{sql: gen.NarrowStart},
		{sql: gen.NarrowScope, args: []any{names(i.scope.Roles)}},
		{sql: gen.ScopeGranted},
		{sql: gen.ScopeReach, args: []any{mentioned}},
		{sql: gen.NarrowObjects, args: i.objectArgs()},
		{sql: gen.ScopeDoers, args: []any{false}},
		{sql: gen.ScopeGrantors},
		{sql: gen.ScopeMemberships, args: []any{mentioned}},
		{sql: gen.ScopeRoles, args: []any{mentioned, false}},
		{sql: gen.ScopeLone},
	}
	for at := range all {
		all[at].what = workingOut
	}
	reading := slices.DeleteFunc(i.reading(), func(q question) bool { return q.sql == gen.ScopeByEstimate })
	all = append(all, reading...)
	for at := range all {
		all[at].kept = true
	}
	return all
}
