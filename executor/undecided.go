package executor

import (
	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
)

// askMembersOutside counts the members that the spec's roles have outside of it.
func (p *planning) askMembersOutside() wire.Query {
	roles := make([]string, len(p.spec.Roles))
	for i := range p.spec.Roles {
		roles[i] = p.spec.Roles[i].Name
	}
	return wire.Query{Doing: "counting members outside the spec", SQL: gen.MembersOutside, Args: []any{wire.Names(roles)}, Read: func(rows pgx.Rows) error {
		p.membersOutside = map[string]int{}
		var role string
		var members int
		return wire.Each(rows, []any{&role, &members}, func() { p.membersOutside[role] = members })
	}}
}
