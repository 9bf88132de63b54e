package inspect

import (
	"slices"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// narrowScope is how many things a scope names at most for which one plan is good.
const narrowScope = 1000

// isNarrow tells whether a scope names so little that all is found by index, with the same plans as for any other
// such scope.
func isNarrow(s catalog.Scope) bool { return isSmall(s) && len(s.Contents) == 0 }

// isSmall tells whether a scope names so little.
func isSmall(s catalog.Scope) bool {
	return isPlain(s) && len(s.Roles) < largeScope && len(s.Objects)+len(s.Mentioned) <= narrowScope
}

// narrowly lists the questions for a narrow scope, which the session keeps.
func (i *inspection) narrowly() []wire.Query {
	mentioned := wire.Names(i.scope.Mentioned)
	all := []wire.Query{
		{SQL: gen.NarrowStart},
		{SQL: gen.NarrowScope, Args: []any{wire.Names(i.scope.Roles)}},
		{SQL: gen.ScopeGranted},
		{SQL: gen.ScopeReach, Args: []any{mentioned}},
		{SQL: gen.NarrowObjects, Args: i.objectArgs()},
		{SQL: gen.ScopeDoers, Args: []any{false}},
		{SQL: gen.ScopeGrantors},
		{SQL: gen.ScopeMemberships, Args: []any{mentioned}},
		{SQL: gen.ScopeRoles, Args: []any{mentioned, false}},
		{SQL: gen.ScopeLone},
	}
	for at := range all {
		all[at].Doing = workingOut
	}
	reading := slices.DeleteFunc(i.reading(), func(q wire.Query) bool { return q.SQL == gen.ScopeByEstimate })
	all = append(all, reading...)
	for at := range all {
		all[at].Prepared = true
	}
	return all
}
