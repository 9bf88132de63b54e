package executor

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// noteElsewhere notes the other databases where something depends on leavers, of those that allow connections.
func (p *planning) noteElsewhere(current *catalog.Catalog) {
	p.elsewhere = map[string]bool{}
	for _, leaver := range current.Leavers {
		for _, database := range leaver.Elsewhere {
			if database.AllowsConnections && !p.reached[database.Name] && !p.spec.Local {
				p.elsewhere[database.Name] = true
			}
		}
	}
}

// hasLeavers tells whether an absent role of the spec exists. A look does not show what it has in other databases.
func (p *planning) hasLeavers(c *catalog.Catalog) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(p.spec.Absent())), func(name string) bool { return c.Roles[name] != nil })
}

// withOthersInTheWay adds to the connected database's error what keeps leavers from being dropped in the other
// databases, so that a person reads all of it at once. Other errors there are left out: they may come of the plan that
// failed here.
func (r *sequenceRun) withOthersInTheWay(ctx context.Context, err error) error {
	if r.connected.found != nil || len(r.connected.planning.spec.Absent()) == 0 {
		return err
	}
	found := []error{err}
	for _, d := range r.others {
		there := r.within(ctx, d, func(conn *pgx.Conn) error { return d.look(ctx, conn, nil, false) })
		var problems spec.Errors
		switch {
		case errors.As(there, &problems):
			inTheWay := slices.DeleteFunc(slices.Clone(problems), func(e *spec.Error) bool { return !e.InTheWay })
			if len(inTheWay) > 0 {
				found = append(found, &DatabaseError{Database: d.database.Name, Err: inTheWay})
			}
		case errors.As(there, new(*pgconn.ConnectError)):
			found = append(found, there)
		}
	}
	if len(found) == 1 {
		return err
	}
	return errors.Join(found...)
}
