package access

import "slices"

// walk is what a role reaches by memberships of one kind, itself first, then in the order of distance and name.
type walk struct {
	roles []string
	// at gives the place of each in roles.
	at map[string]int
	// by gives the place of the member by which each was reached first.
	by []int
}

type walkKey struct {
	from string
	kind following
}

// walk finds what is reached from a role, once for each role and kind.
func (r *Reach) walk(from string, kind following) *walk {
	key := walkKey{from, kind}
	w := r.walks[key]
	if w == nil {
		w = r.newWalk(from, kind)
		r.walks[key] = w
	}
	return w
}

func (r *Reach) newWalk(from string, kind following) *walk {
	w := &walk{at: map[string]int{}}
	r.fill(w, from, kind)
	return w
}

// fill makes a walk anew, in the room that it has.
func (r *Reach) fill(w *walk, from string, kind following) {
	clear(w.at)
	w.roles, w.by, w.at[from] = append(w.roles[:0], from), append(w.by[:0], 0), 0
	for i := 0; i < len(w.roles); i++ {
		for _, e := range r.above(w.roles[i]) {
			if kind.follows(e.Options) && !w.has(e.role) {
				w.at[e.role] = len(w.roles)
				w.roles, w.by = append(w.roles, e.role), append(w.by, i)
			}
		}
	}
}

func (w *walk) has(role string) bool {
	_, found := w.at[role]
	return found
}

// start is the role that the walk begins with.
func (w *walk) start() string { return w.roles[0] }

// way lists the roles from the first one after the start to the one at a place.
func (w *walk) way(to int) []string {
	steps := 0
	for at := to; at > 0; at = w.by[at] {
		steps++
	}
	if steps == 0 {
		return nil
	}
	way := make([]string, 0, steps)
	for ; to > 0; to = w.by[to] {
		way = append(way, w.roles[to])
	}
	slices.Reverse(way)
	return way
}
