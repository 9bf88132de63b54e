package inspect

import (
	"slices"

	"pgsr/planner/catalog"
)

// hold notes that the ACL of an object, or of one of its columns, gives a role a privilege, if the role is a candidate.
func (d *roleDirectory) hold(oid uint32, o *catalog.Object, column string, privilege catalog.Privilege, grantable bool) {
	e := &d.entries[d.indexOf(oid)]
	if !e.candidate || e.role.Name == o.Owner {
		return
	}
	held := holding{o, column, privilege}
	if e.holds == nil {
		e.holds = &held
	}
	e.more = e.more || *e.holds != held || grantable
}

// finishHoldings says what they hold to those roles that hold one privilege and nothing else. Members of other roles
// hold more: where everything is read, nobody but we can see that.
func (d *roleDirectory) finishHoldings() {
	for _, e := range d.entries {
		if e.candidate && !e.member && !e.more {
			if e.holds != nil {
				e.role.Holds = &catalog.Held{Privilege: e.holds.privilege, Object: e.holds.object.ID, Column: e.holds.column}
			}
			e.role.HoldsUnknown = e.holds == nil && e.unknown
		}
	}
}

// holdSomethingElse tells whether a candidate holds something that is not shown.
func (d *roleDirectory) holdSomethingElse() bool {
	return slices.ContainsFunc(d.entries, func(e roleEntry) bool { return e.candidate && !e.member && !e.more && e.holds == nil })
}

// holding is what an item of an ACL gives. The object has its whole name when everything is read: that of a routine has
// the types of its arguments.
type holding struct {
	object    *catalog.Object
	column    string
	privilege catalog.Privilege
}
