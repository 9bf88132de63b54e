package executor

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/resolve"
)

// askMembersOutside asks which members the spec's roles have outside of it.
func (p *planning) askMembersOutside() wire.Query {
	roles := make([]string, len(p.spec.Roles))
	for i := range p.spec.Roles {
		roles[i] = p.spec.Roles[i].Name
	}
	return wire.Query{Doing: "reading members outside the spec", SQL: gen.MembersOutside, Args: []any{resolve.FewNames, wire.Names(roles)}, Read: func(rows pgx.Rows) error {
		p.membersOutside = map[string]resolve.Outsiders{}
		var role string
		var members resolve.Outsiders
		return wire.Each(rows, []any{&role, &members.Count, &members.First}, func() {
			p.membersOutside[role] = resolve.Outsiders{Count: members.Count, First: slices.Clone(members.First)}
		})
	}}
}
