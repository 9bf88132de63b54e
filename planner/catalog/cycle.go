package catalog

// FindCycle follows the groups that roles are members of, and gives the first cycle that it comes to: each role is a
// member of the next, and the last of the first. It looks at each role once.
func FindCycle(groups map[string][]string, roles []string) []string {
	const isDone = -1
	var path []string
	places := map[string]int{} // on the path, from 1
	var follow func(member string) []string
	follow = func(member string) []string {
		if len(groups[member]) == 0 {
			return nil // as most are, of which nothing need be noted
		}
		switch at := places[member]; {
		case at == isDone:
			return nil
		case at > 0:
			return path[at-1:]
		}
		path = append(path, member)
		places[member] = len(path)
		for _, group := range groups[member] {
			if cycle := follow(group); cycle != nil {
				return cycle
			}
		}
		path, places[member] = path[:len(path)-1], isDone
		return nil
	}
	for _, role := range roles {
		if cycle := follow(role); cycle != nil {
			return cycle
		}
	}
	return nil
}
