package access

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// class are roles with the same difference. They inherit from the same roles in both states and hold nothing
// themselves; or it is a single role.
type class struct {
	roles []string
	// before and after are the walks of the class while it is looked at: to keep those of all classes takes too much
	// memory. Nil: the roles do not exist in that state.
	before, after *walk
}

// classes puts roles into classes, in the order of their first roles.
func (c *comparison) classes(roles []string) []*class {
	var out []*class
	holders := c.holders()
	type key struct {
		before, after, holder string
		holds                 bool
	}
	known := map[key]*class{}
	for _, role := range roles {
		k := key{before: c.reachBefore.standing(role), after: c.reachAfter.standing(role)}
		if holders[role] {
			k.holder, k.holds = role, true
		}
		it := known[k]
		if it == nil {
			it = &class{}
			known[k] = it
			out = append(out, it)
		}
		it.roles = append(it.roles, role)
	}
	return out
}

// open finds what a class inherits from, and close forgets it.
func (k *class) open(c *comparison) {
	k.before = c.reachBefore.start(&c.walkBefore, k.roles[0])
	if c.sameWays && k.before != nil && c.after.Roles[k.roles[0]] != nil {
		k.after = k.before
		return
	}
	k.after = c.reachAfter.start(&c.walkAfter, k.roles[0])
}

func (k *class) close() { k.before, k.after = nil, nil }

// start makes a walk to what a role inherits from; nil if there is no such role.
func (r *Reach) start(w *walk, role string) *walk {
	if role != catalog.Public && r.catalog.Roles[role] == nil {
		return nil
	}
	r.fill(w, role, inheriting)
	return w
}

// standing is a key for what a role is and inherits from directly. No name holds a NUL.
func (r *Reach) standing(role string) string {
	words := []string{fmt.Sprint(role == catalog.Public || r.catalog.Roles[role] != nil, r.catalog.IsSuperuser(role))}
	for _, e := range r.above(role) {
		if e.Inherit {
			words = append(words, e.role)
		}
	}
	return strings.Join(words, "\x00")
}

// holders are all that own or hold something themselves, in one of the states.
func (c *comparison) holders() map[string]bool {
	all := map[string]bool{catalog.Public: true}
	for _, state := range []*catalog.Catalog{c.before, c.after} {
		for _, o := range state.Objects {
			all[o.Owner] = true
			eachHolding(o, func(grantee, _ string, _ catalog.Privilege) { all[grantee] = true })
		}
	}
	return all
}

// isSuperuser tells whether the roles of a class are superusers in a state.
func (r *Reach) isSuperuser(w *walk) bool { return w != nil && r.catalog.IsSuperuser(w.start()) }

// exchanged calls do for each role that a class inherits from in one of the states only.
func (k *class) exchanged(do func(role string)) {
	if k.before != nil && k.after != nil && slices.Equal(k.before.roles, k.after.roles) {
		return
	}
	each := func(of, other *walk) {
		if of == nil {
			return
		}
		for _, role := range of.roles {
			if other == nil || !other.has(role) {
				do(role)
			}
		}
		if other == nil {
			do(catalog.Public)
		}
	}
	each(k.before, k.after)
	each(k.after, k.before)
}

// listHeld finds the targets of all that a class gains or loses as a whole, and puts all targets in their order.
func (c *comparison) listHeld(classes []*class) {
	wanted, everything := map[string]bool{}, false
	for _, k := range classes {
		k.open(c)
		k.exchanged(func(role string) { wanted[role] = true })
		everything = everything || c.reachBefore.isSuperuser(k.before) || c.reachAfter.isSuperuser(k.after)
		k.close()
	}
	if len(wanted) > 0 || everything {
		c.held = map[string][]int{}
		for _, state := range []*catalog.Catalog{c.before, c.after} {
			for _, o := range state.Objects {
				c.listObject(o, wanted, everything)
			}
		}
	}
	c.rank = c.sort()
	c.objects = lists.Map(c.all, func(t catalog.Held) [2]*catalog.Object {
		return [2]*catalog.Object{c.before.Objects[t.Object], c.after.Objects[t.Object]}
	})
}

func (c *comparison) listObject(o *catalog.Object, wanted map[string]bool, everything bool) {
	eachHolding(o, func(grantee, column string, privilege catalog.Privilege) {
		if wanted[grantee] {
			c.held[grantee] = append(c.held[grantee], c.place(catalog.Held{Privilege: privilege, Object: o.ID, Column: column}))
		}
	})
	if everything {
		for _, privilege := range privilegesOf(c.after, o.ID.Kind) {
			c.everything = append(c.everything, c.place(catalog.Held{Privilege: privilege, Object: o.ID}))
		}
	}
}

// candidates lists the targets that a class may have gained or lost, each once, in order.
func (c *comparison) candidates(k *class) []int {
	var out []int
	if c.reachBefore.isSuperuser(k.before) || c.reachAfter.isSuperuser(k.after) {
		out = append(out, c.everything...)
	}
	k.exchanged(func(role string) { out = append(out, c.held[role]...) })
	for _, w := range []*walk{k.before, k.after} {
		if w == nil {
			continue
		}
		for _, role := range w.roles {
			out = append(out, c.touched[role]...)
		}
	}
	out = append(out, c.touched[catalog.Public]...)
	for i, at := range out {
		out[i] = c.rank[at]
	}
	slices.Sort(out)
	return slices.Compact(out)
}
