package resolve

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

func (r *resolver) sortedLeft() []catalog.Left {
	slices.SortFunc(r.left, func(x, y catalog.Left) int {
		return cmp.Or(cmp.Compare(x.Role, y.Role), cmp.Compare(x.What, y.What))
	})
	return slices.Compact(r.left)
}

// leftNotes notes what mode add leaves: what the desired catalog has beyond wanted, which mode sync would lead to.
type leftNotes struct {
	*resolver
	wanted *catalog.Catalog
	// viaRole tells what members of privilege roles have by way of these in the wanted catalog.
	viaRole func() map[memberHolding]bool
}

// memberHolding is a role, and what it has by way of a privilege role.
type memberHolding struct {
	member string
	held   catalog.Held
}

// noteLeft notes all that the desired catalog has beyond what the spec wants.
func (r *resolver) noteLeft(wanted *catalog.Catalog) {
	l := leftNotes{resolver: r, wanted: wanted}
	l.viaRole = sync.OnceValue(l.listViaRoles)
	for name, want := range wanted.Roles {
		if now := r.desired.Roles[name]; now != want {
			l.role(now, want)
		}
	}
	for role, now := range r.desired.Members {
		if want := wanted.Members[role]; !catalog.SameMemberships(now, want) {
			l.members(role, now, want)
		}
	}
	for id, now := range r.desired.Objects {
		if want := wanted.Objects[id]; want != now {
			l.object(now, want)
		}
	}
	lists.Both(r.desired.DefaultPrivileges, wanted.DefaultPrivileges, func(f catalog.Future, _, _ catalog.ACL) {
		l.items(r.desired.FutureACL(f), wanted.FutureACL(f), fmt.Sprintf("new %s of role %q%s", f.Kind, f.Owner, f.InSchema()), nil)
	})
}

func (l leftNotes) note(role, format string, args ...any) {
	l.left = append(l.left, catalog.Left{Role: role, What: fmt.Sprintf(format, args...)})
}

func (l leftNotes) listViaRoles() map[memberHolding]bool {
	out := map[memberHolding]bool{}
	for role, rows := range l.wanted.Members {
		known := l.wanted.Roles[role]
		if known == nil || known.Holds == nil {
			continue
		}
		for _, m := range rows {
			if m.Inherit {
				out[memberHolding{m.Member, *known.Holds}] = true
			}
		}
	}
	return out
}

// has tells whether the wanted catalog gives a role a privilege, directly or by way of a privilege role.
func (l leftNotes) has(role string, held catalog.Held) bool {
	object := l.wanted.Objects[held.Object]
	if object != nil && (object.ACL.Has(role, held.Privilege) || object.ACLOf(held.Column).Has(role, held.Privilege)) {
		return true
	}
	onAll := held
	onAll.Column = ""
	return l.viaRole()[memberHolding{role, held}] || l.viaRole()[memberHolding{role, onAll}]
}

func (l leftNotes) role(now, want *catalog.Role) {
	name := now.Name
	if now.Attributes.Login && !want.Attributes.Login {
		l.note(name, "its login")
	} else if now.Verifier == "" && want.Verifier != "" {
		l.note(name, "its password, which can not be read to be compared")
	} else if now.Verifier != want.Verifier {
		l.note(name, "its password")
	}
	if !catalog.SameMoment(now.ValidUntil, want.ValidUntil) {
		l.note(name, "the end of its password, which is to be another one")
	}
	catalog.ChangesOf(now.Attributes, want.Attributes).Each(func(word catalog.AttributeWord, yes bool) {
		if !yes {
			l.note(name, "%s", word)
		}
	})
	if limit := want.Attributes.ConnectionLimit; limit != now.Attributes.ConnectionLimit {
		l.note(name, "CONNECTION LIMIT %d, which is to be %d", now.Attributes.ConnectionLimit, limit)
	}
	if now.Comment != want.Comment {
		l.note(name, "its comment")
	}
	for _, s := range now.Settings {
		if !slices.Contains(want.Settings, s) {
			l.note(name, "the setting %s%s", s.Name, inDatabase(s.Database))
		}
	}
}

func inDatabase(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" in database %s", name)
}

// members notes the members of a role that are not to be members, or not to have an option that they have.
func (l leftNotes) members(role string, now, want []catalog.Membership) {
	has, keeps := l.optionsOf(now), l.optionsOf(want)
	var held *catalog.Held
	if known := l.desired.Roles[role]; known != nil {
		held = known.Holds
	}
	for _, member := range slices.Sorted(maps.Keys(has)) {
		o, keep := has[member], keeps[member]
		_, stays := keeps[member]
		switch {
		case !stays && held != nil:
			l.left = append(l.left, catalog.Left{Role: member, What: held.String(), Otherwise: l.has(member, *held)})
		case !stays:
			l.note(member, "the membership in %s", l.desired.RoleInWords(role))
		default:
			for _, option := range []struct {
				word     string
				has, was bool
			}{{"ADMIN", keep.Admin, o.Admin}, {"INHERIT", keep.Inherit, o.Inherit}, {"SET", keep.Set, o.Set}} {
				isOfMember := option.word == "INHERIT" && !l.desired.Server.MembershipsHaveOptions()
				if option.was && !option.has && !isOfMember {
					l.note(member, "%s OPTION of its membership in %s", option.word, l.desired.RoleInWords(role))
				}
			}
		}
	}
}

func (l leftNotes) object(now, want *catalog.Object) {
	l.items(now.ACL, want.ACL, now.ID.String(), &catalog.Held{Object: now.ID})
	for column, acl := range now.Columns {
		l.items(acl, want.Columns[column], catalog.InColumn(column)+now.ID.String(), &catalog.Held{Object: now.ID, Column: column})
	}
}

// items notes the items of an ACL that are not to be there, one note for each grantee. Where about is given, the role
// may still get the same by a privilege role, which the note says.
func (l leftNotes) items(now, want catalog.ACL, on string, about *catalog.Held) {
	type key struct {
		grantee               string
		optionOnly, otherwise bool
	}
	lost := map[key][]catalog.Privilege{}
	for _, item := range now.Without(want) {
		k := key{grantee: item.Grantee, optionOnly: want.Has(item.Grantee, item.Privilege)}
		if k.optionOnly && (!item.Grantable || want.HasOption(item.Grantee, item.Privilege)) {
			continue
		}
		if about != nil {
			k.otherwise = !k.optionOnly && l.has(item.Grantee, catalog.Held{Privilege: item.Privilege, Object: about.Object, Column: about.Column})
		}
		lost[k] = lists.AppendNew(lost[k], item.Privilege)
	}
	for k, privileges := range lost {
		what := catalog.JoinPrivileges(privileges) + " on " + on
		if k.optionOnly {
			what = "the grant option for " + what
		}
		l.left = append(l.left, catalog.Left{Role: k.grantee, What: what, Otherwise: k.otherwise})
	}
}
