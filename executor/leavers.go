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

// noteElsewhere notes in which other databases that one can connect to something depends on roles that are to be gone.
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

// hasLeavers tells whether a role is there that is to be absent. What it has in another database than the connected
// one a look does not show.
func (p *planning) hasLeavers(c *catalog.Catalog) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(p.spec.Absent())), func(name string) bool { return c.Roles[name] != nil })
}

// withOthersInTheWay adds to why the connected database can not be planned what keeps roles from being dropped in the
// others, so that it is all named at once. What else is wrong there may come of what is not planned here.
func (r *databasesRun) withOthersInTheWay(ctx context.Context, err error) error {
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
