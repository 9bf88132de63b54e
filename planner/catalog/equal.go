package catalog

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
)

// Equal tells whether two snapshots are the same in everything, so that whatever is worked out from one is what would
// be worked out from the other.
func Equal(a, b *Catalog) bool {
	return reflect.DeepEqual(a.Server, b.Server) &&
		maps.EqualFunc(a.Roles, b.Roles, equalRoles) &&
		maps.EqualFunc(a.Members, b.Members, SameMemberships) &&
		maps.EqualFunc(a.Objects, b.Objects, EqualObjects) &&
		maps.EqualFunc(a.NewSchemas, b.NewSchemas, slices.Equal[ACL])
}

// Fulfils tells whether a snapshot shows just what a desired catalog says, of everything that it says something of.
// What is not compared is what a desired catalog can not know, and what no difference can come from: the OIDs of what
// is new, a password that can not be read, sizes, and how many roles an administrator role has.
func Fulfils(desired, now *Catalog) bool {
	return reflect.DeepEqual(desired.Server, now.Server) &&
		maps.EqualFunc(desired.Roles, now.Roles, fulfilsRole) &&
		maps.EqualFunc(desired.Members, now.Members, sameMembers) &&
		maps.EqualFunc(desired.Objects, now.Objects, fulfilsObject)
}

func equalRoles(a, b *Role) bool {
	if a == b {
		return true
	}
	x, y := *a, *b
	x.ValidUntil, y.ValidUntil, x.Holds, y.Holds = nil, nil, nil, nil
	return x == y && SameValidUntil(a, b) && sameHeld(a.Holds, b.Holds)
}

func sameHeld(a, b *Held) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func fulfilsRole(desired, now *Role) bool {
	want := *desired
	want.Administers = now.Administers
	if want.OID == 0 {
		want.OID = now.OID
	}
	if now.Verifier == "" {
		want.Verifier = ""
	}
	return equalRoles(&want, now)
}

// EqualObjects tells whether two objects are the same in everything.
func EqualObjects(a, b *Object) bool {
	return a == b || a.OID == b.OID && sameObject(a, b)
}

func fulfilsObject(desired, now *Object) bool {
	return (desired.OID == 0 || desired.OID == now.OID) && sameObject(desired, now)
}

// sameObject compares all but what the server alone decides.
func sameObject(a, b *Object) bool {
	return a.ID == b.ID && a.Owner == b.Owner && a.Relkind == b.Relkind && a.Code == b.Code && a.OwnedBy == b.OwnedBy &&
		slices.Equal(a.ACL, b.ACL) && maps.EqualFunc(a.Columns, b.Columns, slices.Equal[ACL])
}

// sameMembers compares memberships in any order.
func sameMembers(a, b []Membership) bool {
	if len(a) != len(b) || SameMemberships(a, b) {
		return len(a) == len(b)
	}
	return slices.Equal(inOrder(a), inOrder(b))
}

// inOrder gives memberships by member and grantor, the same list if they are so.
func inOrder(rows []Membership) []Membership {
	compare := func(a, b Membership) int {
		return cmp.Or(cmp.Compare(a.Member, b.Member), cmp.Compare(a.Grantor, b.Grantor))
	}
	if slices.IsSortedFunc(rows, compare) {
		return rows
	}
	return slices.SortedStableFunc(slices.Values(rows), compare)
}
