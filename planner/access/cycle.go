package access

import "iter"

// HasCycle tells whether memberships lead from one of some roles, or from a role that is reached from them, back to
// that role, which the server allows for no role. It looks at each role once.
func HasCycle(roles []string, next func(role string) iter.Seq[string]) bool {
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(role string) bool
	visit = func(role string) bool {
		if state[role] != 0 {
			return state[role] == open
		}
		state[role] = open
		for other := range next(role) {
			if visit(other) {
				return true
			}
		}
		state[role] = done
		return false
	}
	for _, role := range roles {
		if visit(role) {
			return true
		}
	}
	return false
}
