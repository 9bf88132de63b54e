package access

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// difference is a target that a class gains, or loses, and by which path.
type difference struct {
	target, path int
	gain         bool
}

// differences compares all that a class may have gained or lost.
func (c *comparison) differences(k *class, paths *paths) []difference {
	var out []difference
	for _, at := range c.candidates(k) {
		t, objects := c.all[at], c.objects[at]
		was, is := privilegeOn{objects[0], t.Column, t.Privilege}, privilegeOn{objects[1], t.Column, t.Privilege}
		had, has := c.reachBefore.hasIn(k.before, was), c.reachAfter.hasIn(k.after, is)
		if had == has {
			continue
		}
		reach, w, p := c.reachBefore, k.before, was
		if has {
			reach, w, p = c.reachAfter, k.after, is
		}
		if t.Column == "" || !reach.has(w, p.onObject()) {
			out = append(out, difference{at, paths.place(reach.shortest(w, p)), has})
		}
	}
	return out
}

// hasIn tells whether a role has a privilege in a state in which either may not exist.
func (r *Reach) hasIn(w *walk, p privilegeOn) bool { return w != nil && p.object != nil && r.has(w, p) }

// paths keeps one copy of each path.
type paths struct {
	all    []Path
	places map[string]int
}

func (p *paths) place(path Path) int {
	at, isNew := lists.Place(p.places, path.key())
	if isNew {
		p.all = append(p.all, path)
	}
	return at
}

// bucket is what the differences of one group have in common, but for the objects.
type bucket struct {
	gain       bool
	path       int
	kind       catalog.Kind
	column     string
	privileges string
}

// groups compares all classes and brings their differences together: first, for each class, objects with the same
// difference, then roles with the same difference on the same objects.
func (c *comparison) groups(classes []*class) (gains, losses []Group) {
	type groupKey struct {
		bucket
		objects string
	}
	known := map[groupKey]*Group{}
	paths := &paths{places: map[string]int{}}
	for _, k := range classes {
		k.open(c)
		differences := c.differences(k, paths)
		k.close()
		for b, objects := range c.buckets(differences) {
			key := groupKey{b, written(objects)}
			g := known[key]
			if g == nil {
				g = c.group(b, objects, paths.all[b.path])
				known[key] = g
			}
			g.Roles = append(g.Roles, k.roles...)
		}
	}
	for key, g := range known {
		slices.Sort(g.Roles)
		if key.gain {
			gains = append(gains, *g)
		} else {
			losses = append(losses, *g)
		}
	}
	slices.SortFunc(gains, Group.compare)
	slices.SortFunc(losses, Group.compare)
	return gains, losses
}

// buckets puts the differences of a class into buckets, as lists of targets, the first for each object.
func (c *comparison) buckets(all []difference) map[bucket][]int {
	slices.SortStableFunc(all, func(a, b difference) int {
		return cmp.Or(lists.CompareBools(a.gain, b.gain), cmp.Compare(a.path, b.path))
	})
	out := map[bucket][]int{}
	var words []string
	for from := 0; from < len(all); from += len(words) {
		first := c.all[all[from].target]
		words = words[:0]
		for _, d := range all[from:] {
			t := c.all[d.target]
			if d.gain != all[from].gain || d.path != all[from].path || t.Object != first.Object || t.Column != first.Column {
				break
			}
			words = append(words, string(t.Privilege))
		}
		b := bucket{all[from].gain, all[from].path, first.Object.Kind, first.Column, strings.Join(words, ", ")}
		out[b] = append(out[b], all[from].target)
	}
	return out
}

// written makes a key of targets.
func written(targets []int) string {
	key := make([]byte, 0, 4*len(targets))
	for _, t := range targets {
		key = binary.BigEndian.AppendUint32(key, uint32(t))
	}
	return string(key)
}

func (c *comparison) group(b bucket, targets []int, path Path) *Group {
	objects := lists.Map(targets, func(t int) catalog.ObjectID { return c.all[t].Object })
	return &Group{Privileges: apart(b.privileges), Column: b.column, Objects: objects, Path: path}
}

// compare orders groups by role, object and privilege: no two begin with the same.
func (g Group) compare(other Group) int {
	return cmp.Or(
		cmp.Compare(g.Roles[0], other.Roles[0]),
		g.Objects[0].Compare(other.Objects[0]),
		cmp.Compare(g.Column, other.Column),
		comparePrivileges(g.Objects[0].Kind, g.Privileges[0], other.Privileges[0]),
	)
}
