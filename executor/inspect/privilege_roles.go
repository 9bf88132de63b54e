package inspect

import (
	"slices"

	"pgsr/planner/catalog"
)

// hold notes the privilege that an ACL item gives to a role, if the role is a candidate for a privilege role.
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

// finishHoldings sets what privilege roles hold: candidates that hold one privilege and nothing else. A member of
// another role holds more than that. The server is not asked for that where everything is read, since all memberships
// are here.
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

// holdSomethingElse tells whether a candidate holds something that was not read.
func (d *roleDirectory) holdSomethingElse() bool {
	return slices.ContainsFunc(d.entries, func(e roleEntry) bool { return e.candidate && !e.member && !e.more && e.holds == nil })
}

// holding is what an ACL item gives. It points to the object, whose name is complete only when everything is read: a
// routine has its argument types last.
type holding struct {
	object    *catalog.Object
	column    string
	privilege catalog.Privilege
}
