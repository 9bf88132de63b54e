package executor

import (
	"github.com/jackc/pgx/v5"

	"pgsr/gen"
)

// askMembersOutside counts the members that the spec's roles have outside of it.
func (p *planning) askMembersOutside() question {
	roles := make([]string, len(p.spec.Roles))
	for i := range p.spec.Roles {
		roles[i] = p.spec.Roles[i].Name
	}
	return question{what: "counting members outside the spec", sql: gen.MembersOutside, args: []any{names(roles)}, read: func(rows pgx.Rows) error {
		p.membersOutside = map[string]int{}
		var role string
		var members int
		return each(rows, []any{&role, &members}, func() { p.membersOutside[role] = members })
	}}
}
