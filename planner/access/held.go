package access

import (
	"cmp"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// HeldChange is privileges that each of some roles comes to hold, or no longer: by an ACL item of its own or by a
// privilege role, whichever it is. What it then has from other roles, from PUBLIC or as owner is not lost.
type HeldChange struct {
	Roles []string `json:"roles"` // catalog.Public for PUBLIC
	// Lost tells that they hold them no longer.
	Lost bool `json:"lost,omitempty"`
	// AfterSetRole tells that they hold them from now on by a membership that passes nothing on.
	AfterSetRole bool                `json:"after_set_role,omitempty"`
	Privileges   []catalog.Privilege `json:"privileges,omitempty"`
	// Columns are those of each of the objects that the privileges are confined to; empty: they are on the objects.
	Columns []string           `json:"columns,omitempty"`
	Objects []catalog.ObjectID `json:"objects,omitempty"`
	// Unknown counts privilege roles that are joined or left, and of which the catalog does not say what they hold.
	Unknown int `json:"unknown,omitempty"`
	// Attributes are those in words that these roles have, whatever they hold: nobody gives any to a privilege role.
	Attributes string `json:"attributes,omitempty"`
}

// compareHeld adds what roles hold and what not any more, and counts what they hold in another way than before.
func (e *Effect) compareHeld(before, after *catalog.Catalog) {
	c := &heldComparison{
		before:  heldIn{catalog: before, members: map[string]map[string]catalog.Options{}},
		after:   heldIn{catalog: after, members: map[string]map[string]catalog.Options{}},
		targets: targets{places: map[catalog.Held]int{}}, touched: map[string][]int{}, unknown: map[heldUnknown]int{},
	}
	c.touchACLs()
	lists.Both(c.before.catalog.Members, c.after.catalog.Members, c.touchMembers)
	e.Held, e.Moved = c.changes()
}

// heldComparison is what roles hold in two states of a catalog.
type heldComparison struct {
	before, after heldIn
	// targets are what may be held in one of the states only.
	targets
	// touched lists, by role, the targets that it may hold in one of the states only, some of them twice.
	touched map[string][]int
	unknown map[heldUnknown]int
	// heldBefore and heldAfter are who holds each target.
	heldBefore, heldAfter []heldAt
	// reach knows whose privileges roles have afterwards, but for those of privilege roles; nil until it is asked for.
	reach *Reach
}

type heldUnknown struct {
	role       string
	lost       bool
	attributes string
}

func (c *heldComparison) touch(role string, held catalog.Held) {
	c.touched[role] = append(c.touched[role], c.place(held))
}

// touchACLs finds what is in an ACL of one of the states only.
func (c *heldComparison) touchACLs() {
	lists.Both(c.before.catalog.Objects, c.after.catalog.Objects, func(id catalog.ObjectID, was, is *catalog.Object) {
		none := &catalog.Object{ID: id}
		switch {
		case was == is:
			return
		case was != nil && is != nil && was.Owner != is.Owner && !catalog.IsOwnRole(was.Owner):
			c.touchOldOwner(was.Owner, is.ACL, catalog.Held{Object: id})
			for column, acl := range is.Columns {
				c.touchOldOwner(was.Owner, acl, catalog.Held{Object: id, Column: column})
			}
		}
		c.touchObject(cmp.Or(was, none), cmp.Or(is, none))
	})
}

func (c *heldComparison) touchObject(before, after *catalog.Object) {
	keepsOwner := before.Owner == after.Owner // a new one takes the place of the old in all items
	c.touchACL(before.ACL, after.ACL, catalog.Held{Object: before.ID}, keepsOwner)
	lists.Both(before.Columns, after.Columns, func(column string, was, is catalog.ACL) {
		c.touchACL(was, is, catalog.Held{Object: before.ID, Column: column}, keepsOwner)
	})
}

// touchOldOwner finds what an owner keeps that is none any more.
func (c *heldComparison) touchOldOwner(owner string, acl catalog.ACL, on catalog.Held) {
	for _, item := range slices.Concat(acl.Of(owner), ofPrivilegeRoles(acl)) {
		on.Privilege = item.Privilege
		c.touch(owner, on)
	}
}

func (c *heldComparison) touchACL(before, after catalog.ACL, on catalog.Held, keepsOwner bool) {
	for _, item := range append(before.Without(after), after.Without(before)...) {
		on.Privilege = item.Privilege
		if before.Has(item.Grantee, item.Privilege) && after.Has(item.Grantee, item.Privilege) && !(keepsOwner && isGrantedAnew(item, before)) {
			continue
		}
		if !catalog.IsOwnRole(item.Grantee) {
			c.touch(item.Grantee, on)
			continue
		}
		for _, state := range []*heldIn{&c.before, &c.after} {
			for member := range state.membersOf(item.Grantee) {
				c.touch(member, on)
			}
		}
	}
}

// isGrantedAnew tells whether an item is of a grantor who had granted nothing of the kind, and not only with another
// option.
func isGrantedAnew(item catalog.Item, before catalog.ACL) bool {
	return !slices.ContainsFunc(before.Of(item.Grantee), func(had catalog.Item) bool { return had.Privilege == item.Privilege && had.Grantor == item.Grantor })
}

// touchMembers finds who is a member of a privilege role in one of the states only, or otherwise.
func (c *heldComparison) touchMembers(role string, before, after []catalog.Membership) {
	if !catalog.IsOwnRole(role) || catalog.IsAdministratorName(role) || same(before, after) {
		return
	}
	holds := append(c.before.heldBy(role), c.after.heldBy(role)...)
	was, is := c.before.membersOf(role), c.after.membersOf(role)
	var attributes string
	if known := cmp.Or(c.after.catalog.Roles[role], c.before.catalog.Roles[role]); known != nil {
		attributes = lists.Join(known.Attributes.Powers(), func(word catalog.AttributeWord) string { return string(word) })
	}
	note := func(member string, lost bool) {
		for _, held := range holds {
			c.touch(member, held)
		}
		if len(holds) == 0 || attributes != "" {
			c.unknown[heldUnknown{member, lost, attributes}]++
		}
	}
	lists.Both(was, is, func(member string, before, after catalog.Options) {
		_, had := was[member]
		if _, has := is[member]; had != has || before != after {
			note(member, !has)
		}
	})
}

// changes gives what each role that was touched holds in one of the states only, roles with the same together, and how
// many privileges are held in another way than before.
func (c *heldComparison) changes() (out []HeldChange, moved int) {
	order := c.sort()
	c.heldBefore, c.heldAfter = lists.Map(c.all, c.before.at), lists.Map(c.all, c.after.at)
	alike := map[string]int{}
	var classes []heldClass
	for role, touched := range c.touched {
		class := heldClass{}
		moved += c.compareAll(role, touched, order, &class)
		key := class.key()
		if key == "" {
			continue
		}
		at, isNew := lists.Place(alike, key)
		if isNew {
			classes = append(classes, class)
		}
		classes[at].roles = append(classes[at].roles, role)
	}
	for _, class := range classes {
		slices.Sort(class.roles)
		out = append(out, c.grouped(class)...)
	}
	for of, n := range c.unknown {
		out = append(out, HeldChange{Roles: []string{of.role}, Lost: of.lost, Unknown: n, Attributes: of.attributes})
	}
	slices.SortFunc(out, HeldChange.compare)
	return out, moved
}

// compareAll adds to a class what a role holds in one of the states only, and gives how much it holds in both.
func (c *heldComparison) compareAll(role string, touched, order []int, class *heldClass) (moved int) {
	for i, at := range touched {
		touched[i] = order[at]
	}
	slices.Sort(touched)
	for _, at := range slices.Compact(touched) {
		moved += c.compare(role, at, class)
	}
	return moved
}

// compare gives 1 if the role holds a target in both states.
func (c *heldComparison) compare(role string, at int, class *heldClass) int {
	before, after := &c.heldBefore[at], &c.heldAfter[at]
	if after.isOwner(role) && !before.isOwner(role) {
		return 0 // that it is the owner now says it
	}
	was, is := before.level(role), after.level(role)
	if after.object != nil && before.isOwner(role) && !after.isOwner(role) {
		was = notHeld // that it no longer is, too
	}
	switch {
	case was == is:
		if is == notHeld {
			return 0
		}
		return 1
	case is == isHeld:
		class.gained = append(class.gained, at)
	case is == isHeldAfterSetRole && was == notHeld:
		class.afterSetRole = append(class.afterSetRole, at)
	case c.hasOtherwise(role, at):
		return 1
	case is == isHeldAfterSetRole:
		class.noLongerInherited = append(class.noLongerInherited, at)
	default:
		class.lost = append(class.lost, at)
	}
	return 0
}

// heldClass is roles with the same differences.
type heldClass struct {
	roles []string
	// The last two are gained and lost by memberships that pass nothing on.
	lost, gained, afterSetRole, noLongerInherited []int
}

// key tells classes apart; empty: nothing differs.
func (h heldClass) key() string {
	var key []byte
	for kind, targets := range [][]int{h.lost, h.gained, h.afterSetRole, h.noLongerInherited} {
		for _, at := range targets {
			key = append(key, byte(kind), byte(at>>24), byte(at>>16), byte(at>>8), byte(at))
		}
	}
	return string(key)
}

// grouped brings together the objects on which the same is different.
func (c *heldComparison) grouped(class heldClass) []HeldChange {
	out := c.groupedAs(class.lost, HeldChange{Roles: class.roles, Lost: true})
	out = append(out, c.groupedAs(class.noLongerInherited, HeldChange{Roles: class.roles, Lost: true, AfterSetRole: true})...)
	out = append(out, c.groupedAs(class.gained, HeldChange{Roles: class.roles})...)
	return append(out, c.groupedAs(class.afterSetRole, HeldChange{Roles: class.roles, AfterSetRole: true})...)
}

func (c *heldComparison) groupedAs(targets []int, as HeldChange) []HeldChange {
	var out []HeldChange
	at := map[string]int{}
	for len(targets) > 0 {
		object, n := c.all[targets[0]].Object, 1
		for n < len(targets) && c.all[targets[n]].Object == object {
			n++
		}
		for _, on := range c.onObject(targets[:n]) {
			key := string(object.Kind) + "\x00" + catalog.JoinPrivileges(on.Privileges) + "\x00" + strings.Join(on.Columns, "\x00")
			i, isNew := lists.Place(at, key)
			if isNew {
				as.Privileges, as.Columns = on.Privileges, on.Columns
				out = append(out, as)
			}
			out[i].Objects = append(out[i].Objects, object)
		}
		targets = targets[n:]
	}
	return out
}

// onObject gives what there is on one object: privileges on itself, and those that are on the same columns together.
func (c *heldComparison) onObject(targets []int) []HeldChange {
	var out []HeldChange
	columns := map[catalog.Privilege][]string{}
	var onColumns []catalog.Privilege
	for _, at := range targets {
		held := c.all[at]
		switch {
		case held.Column != "":
			if columns[held.Privilege] == nil {
				onColumns = append(onColumns, held.Privilege)
			}
			columns[held.Privilege] = append(columns[held.Privilege], held.Column)
		case len(out) == 0:
			out = append(out, HeldChange{Privileges: []catalog.Privilege{held.Privilege}})
		default:
			out[0].Privileges = append(out[0].Privileges, held.Privilege)
		}
	}
	slices.SortFunc(onColumns, func(a, b catalog.Privilege) int { return comparePrivileges(catalog.Table, a, b) })
	for _, privilege := range onColumns {
		same := func(h HeldChange) bool { return slices.Equal(h.Columns, columns[privilege]) }
		if i := slices.IndexFunc(out, same); i >= 0 {
			out[i].Privileges = append(out[i].Privileges, privilege)
			continue
		}
		out = append(out, HeldChange{Privileges: []catalog.Privilege{privilege}, Columns: columns[privilege]})
	}
	return out
}

// compare orders them by role, losses first, and then by object.
func (h HeldChange) compare(other HeldChange) int {
	if order := cmp.Or(cmp.Compare(h.Roles[0], other.Roles[0]), lists.CompareBools(other.Lost, h.Lost), lists.CompareBools(h.AfterSetRole, other.AfterSetRole), cmp.Compare(h.Unknown, other.Unknown), cmp.Compare(h.Attributes, other.Attributes)); order != 0 || h.Unknown > 0 {
		return order
	}
	return cmp.Or(
		h.Objects[0].Compare(other.Objects[0]),
		slices.Compare(h.Columns, other.Columns),
		comparePrivileges(h.Objects[0].Kind, h.Privileges[0], other.Privileges[0]),
	)
}
