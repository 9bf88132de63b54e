package executor

import (
	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/resolve"
)

// askUndecided asks what the spec's roles have that is read for nothing else: members outside the spec, and objects of
// kinds that pgsr does not know.
func (p *planning) askUndecided(as catalog.As) []wire.Request {
	roles := p.spec.RoleNames()
	p.notInSpec = resolve.NotInSpec{Members: map[string]resolve.Outsiders{}, NotManaged: map[string][]string{}}
	return wire.Queries(
		wire.Query{Doing: "reading members outside the spec", SQL: gen.MembersOutside, Args: []any{resolve.FewNames, wire.Names(roles), wire.OrNull(as.CurrentUser)}, Read: wire.EachRow(func(row gen.MembersOutsideRow) {
			p.notInSpec.Members[row.Role] = resolve.Outsiders{Count: int(row.Members), First: row.First}
		})},
		askNotManaged(roles, p.notInSpec.NotManaged),
	)
}

// askNotManaged asks what roles have on objects of kinds that pgsr does not know.
func askNotManaged(roles []string, found map[string][]string) wire.Query {
	args := []any{inspect.Managed(), inspect.FutureLetters(), wire.Names(roles)}
	return wire.Query{Doing: "reading what is not managed", SQL: gen.NotManaged, Args: args, Read: func(rows pgx.Rows) error {
		clear(found) // where more turns out to be read, it is asked again
		return wire.EachRow(func(row gen.NotManagedRow) { found[row.Role] = append(found[row.Role], row.Object) })(rows)
	}}
}
