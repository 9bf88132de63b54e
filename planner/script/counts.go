package script

import (
	"fmt"
	"reflect"
	"strings"

	"pgsr/planner/catalog"
)

// kinds of changes, in the order in which they are counted out, with what one and what many are called.
var kindsOfChanges = []struct {
	change    catalog.Change
	one, many string
}{
	{catalog.CreateRole{}, "role created", "roles created"},
	{catalog.DropRole{}, "role dropped", "roles dropped"},
	{catalog.AlterRole{}, "login changed", "logins changed"},
	{catalog.CommentOnRole{}, "comment", "comments"},
	{catalog.CreateSchema{}, "schema created", "schemas created"},
	{catalog.DropSchema{}, "schema dropped", "schemas dropped"},
	{catalog.SetOwner{}, "owner changed", "owners changed"},
	{catalog.Grant{}, "grant of privileges", "grants of privileges"},
	{catalog.Revoke{}, "revocation of privileges", "revocations of privileges"},
	{catalog.GrantRole{}, "grant of membership", "grants of membership"},
	{catalog.RevokeRole{}, "revocation of membership", "revocations of membership"},
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
	for _, kind := range kindsOfChanges {
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
