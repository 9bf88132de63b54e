package planner_test

import (
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// TestManyRolesWithManyPrivilegeRoles: some are named, the others counted, so that what else is wrong is seen.
func TestManyRolesWithManyPrivilegeRoles(t *testing.T) {
	for roles, lines := range map[int]int{0: 0, 1: 1, 4: 4, 5: 4, 200: 4} {
		s := &spec.Spec{}
		for i := range roles {
			s.Roles = append(s.Roles, spec.Role{Name: fmt.Sprintf("r%d", i), Grants: spec.MustGrants("SELECT ON ALL TABLES IN SCHEMA s")})
		}
		resolution, err := resolve.Resolve(s, cluster(18, bootstrap, 101), resolve.Means{})
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, warning := range resolution.Warnings {
			if strings.Contains(warning, "privilege roles") {
				found = append(found, warning)
			}
		}
		rest := fmt.Sprintf("the grants of %d more roles take more than 100 privilege roles each, too", roles-3)
		if len(found) != lines || roles > 4 && found[3] != rest {
			t.Errorf("%d roles: %q", roles, found)
		}
	}
}
