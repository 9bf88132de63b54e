package executor

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// lossesElsewhere gives what roles lose in other databases where they leave a role that is named as a privilege role
// and has something there, too, and notes it for warnings: a database that was made with another one as its template
// has its ACLs, and whoever owns a table can grant on it to any role. A run of several databases counts what there is.
func (p *planning) lossesElsewhere(ctx context.Context, from catalogReader, plan *planner.Plan) (losses access.Losses, err error) {
	p.lostElsewhere = nil
	left := leftRoles(plan)
	if len(left) == 0 {
		return losses, nil
	}
	memberships := 0
	err = from.RoundTrip(ctx, wire.Query{
		Doing: "looking for what is lost in other databases", SQL: gen.HeldElsewhere, Args: []any{slices.Sorted(maps.Keys(left))},
		Read: wire.EachRow(func(row gen.HeldElsewhereRow) {
			memberships += len(lists.Concat(row.Roles, func(role string) []string { return left[role] }))
			p.lostElsewhere = append(p.lostElsewhere, lossIn(row, left))
		}),
	})
	if p.reached == nil && !p.spec.Local {
		losses = access.Losses{Memberships: memberships, Lines: p.lostElsewhere}
	}
	return losses, err
}

func lossIn(row gen.HeldElsewhereRow, left map[string][]string) string {
	const few = 5
	members := lists.Concat(row.Roles, func(role string) []string { return left[role] })
	slices.Sort(members)
	members = slices.Compact(members)
	return fmt.Sprintf("leaving %s, these lose what they have by that in database %q, too: %s. "+
		"To keep it, run pgsr apply --mode add there first. Otherwise run pgsr there next",
		lists.Counted(len(row.Roles), "privilege role that is in use in both databases", "privilege roles that are in use in both databases"),
		row.Database, lists.First(lists.Quoted(members), few, len(members)))
}

// leftRoles gives those who leave roles, by roles that are named as privilege roles and are none.
func leftRoles(plan *planner.Plan) map[string][]string {
	left := map[string][]string{}
	var after *catalog.Catalog
	for _, s := range plan.Statements {
		revoke, is := s.Change.(catalog.RevokeRole)
		if !is || revoke.AdminOnly || !slices.ContainsFunc(revoke.Roles, func(role string) bool { return hasMoreThanOne(plan.From, role) }) {
			continue
		}
		if after == nil {
			after = plan.After()
		}
		for _, role := range revoke.Roles {
			if hasMoreThanOne(plan.From, role) {
				left[role] = append(left[role], lists.Filter(revoke.Members, func(member string) bool { return hasLeft(after, role, member) })...)
			}
		}
	}
	maps.DeleteFunc(left, func(_ string, members []string) bool { return len(members) == 0 })
	return left
}

func hasMoreThanOne(c *catalog.Catalog, role string) bool {
	known := c.Roles[role]
	return catalog.IsOwnRole(role) && !catalog.IsAdministratorName(role) && known != nil && known.Holds == nil
}

// hasLeft tells whether a role that stays is no member any more.
func hasLeft(after *catalog.Catalog, role, member string) bool {
	return after.Roles[member] != nil && !slices.ContainsFunc(after.Members[role], func(m catalog.Membership) bool { return m.Member == member })
}
