package access

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// createdAndDropped lists the ordinary roles that are new, and those that are gone.
func createdAndDropped(before, after *catalog.Catalog) (created, dropped []string) {
	onlyIn := func(one, other *catalog.Catalog) []string {
		return lists.Keys(one.Roles, strings.Compare, func(role string, _ *catalog.Role) bool { return isOrdinary(role, one) && other.Roles[role] == nil })
	}
	return onlyIn(after, before), onlyIn(before, after)
}

// logins lists the roles that come to log in, and those that no longer do.
func logins(before, after *catalog.Catalog) (gain, lose []string) {
	names := ordinary(before, after)
	onlyIn := func(one, other *catalog.Catalog) []string {
		return lists.Filter(names, func(role string) bool { return attributes(one, role).Login && !attributes(other, role).Login })
	}
	return onlyIn(after, before), onlyIn(before, after)
}

// endedLogins lists the roles that can still log in, but no longer by their passwords, whose end has come.
func endedLogins(before, after *catalog.Catalog) []string {
	hasEnded := func(r *catalog.Role) bool { return r.ValidUntil != nil && !r.ValidUntil.After(after.Moment) }
	return slices.DeleteFunc(ordinary(before, after), func(name string) bool {
		was, is := before.Roles[name], after.Roles[name]
		return was == nil || is == nil || !is.Attributes.Login || hasEnded(was) || !hasEnded(is)
	})
}

// attributeChanges lists the attributes that roles gain and lose. A new role gains what CREATE ROLE alone does not give
// it, and loses nothing. What a role had that is gone is not said.
func attributeChanges(before, after *catalog.Catalog) []AttributeChange {
	var out []AttributeChange
	for _, role := range ordinary(before, after) {
		was, is := catalog.NewAttributes(), after.Roles[role]
		old := before.Roles[role]
		if old != nil {
			was = old.Attributes
		}
		if is == nil || was == is.Attributes {
			continue
		}
		change := AttributeChange{Role: role}
		catalog.ChangesOf(was, is.Attributes).Each(func(word catalog.AttributeWord, yes bool) {
			if yes {
				change.Gained = append(change.Gained, word)
			} else if old != nil {
				change.Lost = append(change.Lost, word)
			}
		})
		if len(change.Gained)+len(change.Lost) > 0 {
			out = append(out, change)
		}
	}
	return out
}

// attributes are none for a role that does not exist.
func attributes(c *catalog.Catalog, role string) catalog.Attributes {
	if r := c.Roles[role]; r != nil {
		return r.Attributes
	}
	return catalog.Attributes{}
}

// memberships lists what changes of memberships, by role.
func memberships(before, after *catalog.Catalog) []MembershipChange {
	var out []MembershipChange
	lists.Both(before.Members, after.Members, func(role string, was, is []catalog.Membership) {
		if !catalog.IsOwnRole(role) && !same(was, is) {
			out = append(out, membershipsIn(role, before, after)...)
		}
	})
	slices.SortFunc(out, func(a, b MembershipChange) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Members[0], b.Members[0]))
	})
	return out
}

// membershipsIn lists the changes in one role, those that are alike together.
func membershipsIn(role string, before, after *catalog.Catalog) []MembershipChange {
	type change struct {
		had, has      bool
		before, after catalog.Options
	}
	alike := map[change][]string{}
	was, is := members(before, role), members(after, role)
	lists.Both(was, is, func(member string, before, after catalog.Options) {
		_, had := was[member]
		_, has := is[member]
		if c := (change{had, has, before, after}); had != has || before != after {
			alike[c] = append(alike[c], member)
		}
	})
	var out []MembershipChange
	for c, names := range alike {
		slices.Sort(names)
		out = append(out, MembershipChange{role, names, pointer(c.had, c.before), pointer(c.has, c.after)})
	}
	return out
}

func pointer(is bool, o catalog.Options) *catalog.Options {
	if !is {
		return nil
	}
	return &o
}

// members gives the ordinary members of a role, with the options that all their grantors gave them together. What
// PostgreSQL gives a role's creator is not counted.
func members(c *catalog.Catalog, role string) map[string]catalog.Options {
	return catalog.OptionsByMember(c.Members[role], func(m catalog.Membership) bool { return !isOrdinary(m.Member, c) || c.IsCreators(m) })
}

// ownerships lists the objects that have another owner, by owners, but for the types of tables' rows, which go with
// these.
func ownerships(before, after *catalog.Catalog) []OwnershipChange {
	type owners struct{ from, to string }
	moved := map[owners][]catalog.ObjectID{}
	lists.Both(before.Objects, after.Objects, func(id catalog.ObjectID, was, is *catalog.Object) {
		var who owners
		if was != nil {
			who.from = was.Owner
		}
		if is != nil {
			who.to = is.Owner
		}
		if who.from != who.to && cmp.Or(is, was).Relkind != catalog.RowType {
			moved[who] = append(moved[who], id)
		}
	})
	var out []OwnershipChange
	for who, objects := range moved {
		slices.SortFunc(objects, catalog.ObjectID.Compare)
		out = append(out, OwnershipChange{who.from, who.to, objects})
	}
	slices.SortFunc(out, func(a, b OwnershipChange) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return out
}
