package resolve

import (
	"cmp"
	"iter"
	"slices"

	"pgsr/planner/catalog"
)

// slot holds who is declared to have one privilege on one object, in the order of the spec. What is looked at for
// each grant comes first, so that it is in one place of memory: there may be hundreds of thousands.
type slot struct {
	privilege catalog.Privilege
	// viaRole by way of a privilege role, direct on the object's ACL.
	viaRole []roleAt
	// next is that of another privilege on the object: there are few, and an object is looked up once for all of them.
	next   *slot
	direct []roleAt
	// holders are the privilege roles that there are for it.
	holders []string
	object  catalog.ObjectID
}

// roleAt is the place of a role in the spec. There may be a million of them, and a name takes four times the room.
type roleAt uint32

func (r *resolver) nameAt(at roleAt) string { return r.spec.Roles[at].Name }

// of gives the slot of a privilege among those of an object; nil if there is none.
func (s *slot) of(privilege catalog.Privilege) *slot {
	for s != nil && s.privilege != privilege {
		s = s.next
	}
	return s
}

// compare orders slots by object and privilege.
func (s *slot) compare(other *slot) int {
	return cmp.Or(s.object.Compare(other.object), cmp.Compare(s.privilege, other.privilege))
}

// isDirect tells whether a role is declared to have the privilege directly, of an object's slots.
func (s *slot) isDirect(at roleAt, privilege catalog.Privilege) bool {
	found := s.of(privilege)
	if found == nil {
		return false
	}
	_, is := slices.BinarySearch(found.direct, at)
	return is
}

// slot gives the slot of a privilege on an object whose first slot is known, nil if there is none yet; and which is
// the first then.
func (r *resolver) slot(first *slot, id *catalog.ObjectID, privilege catalog.Privilege) (found, newFirst *slot) {
	if found = first.of(privilege); found != nil {
		return found, first
	}
	found = &slot{object: *id, privilege: privilege, next: first}
	r.slots.set(id, found)
	return found, found
}

// firstSlot gives the first slot of an object; nil if there is none.
func (r *resolver) firstSlot(id *catalog.ObjectID) *slot {
	first, _ := r.slots.get(id)
	return first
}

// eachSlot gives all slots, in no order.
func (r *resolver) eachSlot() iter.Seq[*slot] {
	return func(yield func(*slot) bool) {
		for first := range r.slots.values() {
			for s := first; s != nil; s = s.next {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// appendNew appends a role unless it was the last to be appended: the grants of a role come one after the other.
func appendNew(roles []roleAt, role roleAt) []roleAt {
	switch {
	case roles == nil:
		roles = make([]roleAt, 0, 8) // where one role has something, some others mostly have it as well
	case roles[len(roles)-1] == role:
		return roles
	}
	return append(roles, role)
}
