package resolve_test

import (
	"fmt"
	"testing"

	"pgsr/planner/resolve"
)

// The scope has each name once: the roles, and those that they are to be members of; objects with their schemas and
// with what of another kind may have the name; schemas whose contents are meant; and passwords where one is set or
// taken away.
func TestScope(t *testing.T) {
	const text = `roles:
  alice:
    login: {}
    member_of: [readers, writers]
    grants: [SELECT ON sales.orders, "SELECT ON SEQUENCE sales.orders"]
    direct_grants: [SELECT ON ALL TABLES IN SCHEMA sales]
    owns: [SCHEMA staging]
    preserve_in_schemas: [scratch]
  bob: {login: {}, member_of: [readers]}
`
	s, _ := readSpec(t, text, "")
	const format = "roles [alice bob], mentioned [readers writers], contents %v, passwords false, objects %v"
	scope := resolve.Scope(s)
	got := fmt.Sprintf("roles %v, mentioned %v, contents %v, passwords %v, objects %v", scope.Roles, scope.Mentioned, scope.Contents, scope.Passwords, scope.Objects)
	want := fmt.Sprintf(format, "[{TABLE sales}]", "[TABLE sales.orders SCHEMA sales SEQUENCE sales.orders SCHEMA staging SCHEMA scratch]")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, withPassword := range []string{"{}", "{login: {password: {env: X}}}"} {
		if s, _ := readSpec(t, "roles: {alice: "+withPassword+"}", ""); !resolve.ScopeOfRoles(s).Passwords {
			t.Errorf("%s: the password is not asked for", withPassword)
		}
	}
}
