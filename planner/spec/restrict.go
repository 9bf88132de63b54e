package spec

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"pgsr/planner/lists"
)

// Restrict gives a spec with only the roles of these names, in the order of the spec, and nothing of what everyone
// has; the same spec if there are no names. The error names each role that is not in the spec, and those that are
// which come nearest.
func (s *Spec) Restrict(names []string) (*Spec, error) {
	switch {
	case s == nil:
		return nil, noSpec
	case len(names) == 0:
		return s, nil
	}
	out := *s
	out.Roles, out.Public, out.leftOut = nil, Public{}, map[string]bool{}
	for _, role := range s.Roles {
		if slices.Contains(names, role.Name) {
			out.Roles = append(out.Roles, role)
		} else {
			out.leftOut[role.Name] = true
		}
	}
	var unknown []string
	for _, name := range names {
		if !slices.Contains(s.RoleNames(), name) {
			unknown = append(unknown, s.notThere(name))
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(unknown, "\n"))
	}
	return &out, nil
}

func (s *Spec) notThere(name string) string {
	there := s.RoleNames()
	if len(there) == 0 {
		return fmt.Sprintf("the spec has no role %q: it has no roles", name)
	}
	near := lists.Quoted(nearestWithin(name, there, math.MaxInt32))
	if len(near) == 1 {
		return fmt.Sprintf("the spec has no role %q: its only one is %s", name, near[0])
	}
	return fmt.Sprintf("the spec has no role %q: the nearest are %s", name, strings.Join(near, ", "))
}

// RoleNames gives the names of the roles, in order.
func (s *Spec) RoleNames() []string {
	if s == nil {
		return nil
	}
	return lists.Map(s.Roles, func(role Role) string { return role.Name })
}

// IsLeftOut tells whether a role was in the spec that this one was restricted from, and is not in this one.
func (s *Spec) IsLeftOut(role string) bool { return s != nil && s.leftOut[role] }
