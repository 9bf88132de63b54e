package access

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// OptionChange is privileges that a role comes to hold WITH GRANT OPTION itself, or no longer, on objects of one kind.
// Who inherits from the role may grant them, too. What owners may is not said.
type OptionChange struct {
	Role       string              `json:"role"`
	Privileges []catalog.Privilege `json:"privileges"`
	// Column is as in [Group].
	Column  string             `json:"column,omitempty"`
	Objects []catalog.ObjectID `json:"objects"`
	// Lost tells that the role may no longer grant them.
	Lost bool `json:"lost,omitempty"`
}

func (o OptionChange) compare(other OptionChange) int {
	return cmp.Or(
		lists.CompareBools(other.Lost, o.Lost),
		cmp.Compare(o.Role, other.Role),
		o.Objects[0].Compare(other.Objects[0]),
		cmp.Compare(o.Column, other.Column),
		comparePrivileges(o.Objects[0].Kind, o.Privileges[0], other.Privileges[0]),
	)
}

// optionKey is what objects have in common that are told together.
type optionKey struct {
	role, column, privileges string
	kind                     catalog.Kind
	lost                     bool
}

// optionChanges lists them, losses first.
func optionChanges(before, after *catalog.Catalog) []OptionChange {
	all := map[optionKey][]catalog.ObjectID{}
	note := func(of, other *catalog.Object, lost bool) {
		for key, privileges := range optionsOnlyOf(of, other) {
			key.kind, key.lost, key.privileges = of.ID.Kind, lost, catalog.JoinPrivileges(privileges)
			all[key] = append(all[key], of.ID)
		}
	}
	lists.Both(before.Objects, after.Objects, func(_ catalog.ObjectID, was, is *catalog.Object) {
		if was != is {
			note(was, is, true)
			note(is, was, false)
		}
	})
	var out []OptionChange
	for key, objects := range all {
		if !isOrdinary(key.role, before, after) {
			continue
		}
		slices.SortFunc(objects, catalog.ObjectID.Compare)
		out = append(out, OptionChange{Role: key.role, Privileges: apart(key.privileges), Column: key.column, Objects: objects, Lost: key.lost})
	}
	slices.SortFunc(out, OptionChange.compare)
	return out
}

// optionsOnlyOf gives, by grantee and column, what is held WITH GRANT OPTION on an object, and not on what it is in the
// other state: not held there, or nil. An owner may grant everything.
func optionsOnlyOf(o, other *catalog.Object) map[optionKey][]catalog.Privilege {
	if o == nil {
		return nil
	}
	out := map[optionKey][]catalog.Privilege{}
	for column, item := range o.Items() {
		isKept := other != nil && (other.Owner == item.Grantee || other.ACLOf(column).HasOption(item.Grantee, item.Privilege))
		if !item.Grantable || item.Grantee == o.Owner || isKept {
			continue
		}
		key := optionKey{role: item.Grantee, column: column}
		out[key] = lists.AppendNew(out[key], item.Privilege)
	}
	for key, privileges := range out {
		slices.SortFunc(privileges, func(a, b catalog.Privilege) int { return comparePrivileges(o.ID.Kind, a, b) })
		out[key] = privileges
	}
	return out
}
