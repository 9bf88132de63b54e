package executor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/spec"
)

// TestLoginsWithManyMembershipsAreWarnedOf: above a thousand, their own and those of the roles that they are members
// of, in one line for any number of them. Nothing is said of roles that do not log in, and of a plan that gives
// nobody more.
func TestLoginsWithManyMembershipsAreWarnedOf(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	var thousand []string
	c.exec(`CREATE ROLE "one more"`)
	for i := range 1000 {
		c.exec(fmt.Sprintf(`CREATE ROLE "team %04d"`, i))
		thousand = append(thousand, fmt.Sprintf("team %04d", i))
	}
	member := func(name string, login bool, of ...string) spec.Role {
		role := spec.Role{Name: name, MemberOf: spec.Memberships(of...)}
		if login {
			role.Login = &spec.Login{}
		}
		return role
	}
	most := member("most", true, thousand...)
	if w := c.apply(&spec.Spec{Roles: []spec.Role{most, member("all", false, append(thousand, "one more")...)}}); len(w) != 0 {
		t.Errorf("warned of a thousand, or of a role that does not log in: %q", w)
	}
	alice := member("alice", true, append(thousand, "one more")...)
	w := c.apply(&spec.Spec{Roles: []spec.Role{alice}})
	if len(w) != 1 {
		t.Fatalf("warnings: %q", w)
	}
	saysAll(t, errors.New(w[0]), `role "alice", 1001 memberships`, "connects slowly", "direct_grants:", "member_of")
	if w := c.warnings(&spec.Spec{Roles: []spec.Role{alice}}); len(w) != 0 {
		t.Errorf("warned of what does not change: %q", w)
	}
	if w := c.warnings(&spec.Spec{Roles: []spec.Role{member("all", true, append(thousand, "one more")...)}}); len(w) != 1 {
		t.Errorf("not warned of a role that comes to log in: %q", w)
	}
	half := thousand[:600:600]
	c.apply(&spec.Spec{Roles: []spec.Role{member("half", false, half...)}})
	if w := c.warnings(&spec.Spec{Roles: []spec.Role{member("twice", true, append(half, "half")...)}}); len(w) != 0 {
		t.Errorf("memberships that are had in two ways are counted twice: %q", w)
	}
	many := &spec.Spec{}
	for i := range 9 {
		many.Roles = append(many.Roles, member(fmt.Sprintf("clerk %d", i), true, "all"))
	}
	w = c.warnings(many)
	if len(w) != 1 || strings.Count(w[0], "1002 memberships") != 5 {
		t.Fatalf("warnings: %q", w)
	}
	saysAll(t, errors.New(w[0]), `role "clerk 0", 1002 memberships`, "4 more")
}

// TestNewLoginWithManyPrivilegesIsWarnedOf: also where all is new, so that the privilege roles are created with their
// members.
func TestNewLoginWithManyPrivilegesIsWarnedOf(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE SCHEMA s`, `DO $$ BEGIN FOR i IN 1..1001 LOOP EXECUTE format('CREATE TABLE s.t%s ()', i); END LOOP; END $$`)
	for _, test := range []struct {
		spec   string
		warned bool
	}{
		{`{login: {}, grants: [SELECT ON ALL TABLES IN SCHEMA s]}`, true},
		{`{grants: [SELECT ON ALL TABLES IN SCHEMA s]}`, false},
		{`{login: {}, direct_grants: [SELECT ON ALL TABLES IN SCHEMA s]}`, false},
	} {
		w := slices.DeleteFunc(c.warnings(parse(t, "version: 1\nroles:\n  newcomer: "+test.spec)), func(w string) bool {
			return strings.Contains(w, "take 1001 privilege roles") // which is said of grants, with or without login
		})
		if warned := len(w) == 1 && strings.Contains(w[0], `role "newcomer", 1001 memberships`); warned != test.warned || !warned && len(w) > 0 {
			t.Errorf("%s: warnings: %q", test.spec, w)
		}
	}
}
