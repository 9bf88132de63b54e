package planner

import (
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// mergeColumns makes one statement of those that say the same of several columns of a relation: what is worked out
// column by column reads as REVOKE SELECT (a, b), UPDATE (c). A statement moves up to one like it only over those that
// are about other columns, which have ACLs of their own.
// https://www.postgresql.org/docs/current/sql-grant.html
func mergeColumns(statements []script.Statement) []script.Statement {
	out := make([]script.Statement, 0, len(statements))
	for _, s := range statements {
		if at := mergesInto(out, s); at >= 0 {
			out[at].Change = mergedColumns(out[at].Change, s.Change)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// mergesInto gives the place of the statement of which another one can be a part; -1: there is none.
func mergesInto(before []script.Statement, s script.Statement) int {
	columns := columnsOf(s.Change)
	if columns == nil {
		return -1
	}
	of := s.Change.Touches(nil).Objects[0]
	for at, other := range slices.Backward(before) {
		theirs := columnsOf(other.Change)
		if theirs == nil || other.Change.Touches(nil).Objects[0] != of || meetOn(theirs, columns) {
			return -1
		}
		if other.As == s.As && other.Section == s.Section && other.Reason == s.Reason && sameButColumns(other.Change, s.Change) {
			return at
		}
	}
	return -1
}

// columnsOf gives what a change says of columns; nil: it is about none.
func columnsOf(change catalog.Change) []catalog.ColumnPrivileges {
	switch ch := change.(type) {
	case catalog.Grant:
		return ch.OnColumns()
	case catalog.Revoke:
		return ch.OnColumns()
	}
	return nil
}

func meetOn(x, y []catalog.ColumnPrivileges) bool {
	return slices.ContainsFunc(x, func(a catalog.ColumnPrivileges) bool {
		return slices.ContainsFunc(y, func(b catalog.ColumnPrivileges) bool { return a.Column == b.Column })
	})
}

// sameButColumns tells whether two changes of columns differ in these alone.
func sameButColumns(x, y catalog.Change) bool {
	switch x := x.(type) {
	case catalog.Grant:
		y, is := y.(catalog.Grant)
		return is && x.Grantor == y.Grantor && x.WithOption == y.WithOption && slices.Equal(x.Grantees, y.Grantees)
	case catalog.Revoke:
		y, is := y.(catalog.Revoke)
		return is && x.Grantor == y.Grantor && x.OptionOnly == y.OptionOnly && x.Cascade == y.Cascade && slices.Equal(x.Grantees, y.Grantees)
	}
	return false
}

// mergedColumns gives one change for two of the same kind.
func mergedColumns(x, y catalog.Change) catalog.Change {
	if grant, is := x.(catalog.Grant); is {
		grant.Also = append(slices.Clip(grant.Also), columnsOf(y)...)
		return grant
	}
	revoke := x.(catalog.Revoke)
	revoke.Also = append(slices.Clip(revoke.Also), columnsOf(y)...)
	return revoke
}
