package script

import (
	"fmt"
	"reflect"
	"strings"

	"pgsr/planner/catalog"
)

// changeType is a type of change that a plan can have: what a saved plan calls it, how it is read there, and what one
// and many are called.
type changeType struct {
	change    catalog.Change
	name      string
	decode    func([]byte) (catalog.Change, error)
	one, many string
}

// changeTypes are all of them, in the order in which they are counted out.
var changeTypes = []changeType{
	{catalog.CreateRole{}, "create_role", decodedForm[jsonCreateRole], "role created", "roles created"},
	{catalog.DropRole{}, "drop_role", decoded[catalog.DropRole], "role dropped", "roles dropped"},
	{catalog.AlterRole{}, "alter_role", decodedForm[jsonAlterRole], "role altered", "roles altered"},
	{catalog.AlterRoleSet{}, "alter_role_set", decoded[catalog.AlterRoleSet], "setting", "settings"},
	{catalog.AlterRoleReset{}, "alter_role_reset", decoded[catalog.AlterRoleReset], "setting reset", "settings reset"},
	{catalog.CommentOnRole{}, "comment_on_role", decoded[catalog.CommentOnRole], "comment", "comments"},
	{catalog.CreateSchema{}, "create_schema", decoded[catalog.CreateSchema], "schema created", "schemas created"},
	{catalog.DropSchema{}, "drop_schema", decoded[catalog.DropSchema], "schema dropped", "schemas dropped"},
	{catalog.SetOwner{}, "set_owner", decoded[catalog.SetOwner], "owner changed", "owners changed"},
	{catalog.DropOwned{}, "drop_owned", decoded[catalog.DropOwned], "role without what extensions granted it", "roles without what extensions granted them"},
	{catalog.EndSessions{}, "end_sessions", decoded[catalog.EndSessions], "role whose sessions are ended", "roles whose sessions are ended"},
	{catalog.AlterPolicy{}, "alter_policy", decoded[catalog.AlterPolicy], "policy altered", "policies altered"},
	{catalog.Grant{}, "grant", decoded[catalog.Grant], "grant of privileges", "grants of privileges"},
	{catalog.Revoke{}, "revoke", decoded[catalog.Revoke], "revocation of privileges", "revocations of privileges"},
	{catalog.GrantDefault{}, "grant_default", decoded[catalog.GrantDefault], "grant of default privileges", "grants of default privileges"},
	{catalog.RevokeDefault{}, "revoke_default", decoded[catalog.RevokeDefault], "revocation of default privileges", "revocations of default privileges"},
	{catalog.GrantRole{}, "grant_role", decodedForm[jsonGrantRole], "grant of membership", "grants of membership"},
	{catalog.RevokeRole{}, "revoke_role", decodedForm[jsonRevokeRole], "revocation of membership", "revocations of membership"},
}

// StatementCounts counts statements by kind: 3 statements: 2 roles created, 1 grant of membership.
func StatementCounts(statements []Statement) string {
	text := Count(len(statements), "statement", "statements")
	if len(statements) == 0 {
		return text
	}
	return text + ": " + strings.Join(countsByType(statements), ", ")
}

func countsByType(statements []Statement) []string {
	counts := map[reflect.Type]int{}
	for _, s := range statements {
		counts[reflect.TypeOf(s.Change)]++
	}
	var out []string
	for _, kind := range changeTypes {
		if n := counts[reflect.TypeOf(kind.change)]; n > 0 {
			out = append(out, Count(n, kind.one, kind.many))
		}
	}
	return out
}

// Count writes a number as people read it, with the noun that goes with it: 12,345 roles.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Number writes a number in groups of three digits.
func Number(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return Number(n/1000) + fmt.Sprintf(",%03d", n%1000)
}
