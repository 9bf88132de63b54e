package catalog

// FindCycle follows memberships from one role to the next, from members to groups or the other way round, and gives the
// first cycle that it comes to: each role leads to the next, and the last to the first. It looks at each role once.
func FindCycle(next func(role string) []string, roles []string) []string {
	const isDone = -1
	var path []string
	places := map[string]int{} // on the path, from 1
	var follow func(member string) []string
	follow = func(role string) []string {
		switch at := places[role]; {
		case at == isDone:
			return nil
		case at > 0:
			return path[at-1:]
		}
		path = append(path, role)
		places[role] = len(path)
		for _, other := range next(role) {
			if cycle := follow(other); cycle != nil {
				return cycle
			}
		}
		path, places[role] = path[:len(path)-1], isDone
		return nil
	}
	for _, role := range roles {
		if cycle := follow(role); cycle != nil {
			return cycle
		}
	}
	return nil
}
