package executor

import (
	"context"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// The name of a privilege role is derived from what it holds. A role that lost its privilege still has such a name, and
// somebody may have planted one. Unless all roles are read, pgsr has to ask whether a name is taken.

// planWithFreeNames plans, and again as long as a new role has the name of an existing one that was not read.
func (p *planning) planWithFreeNames(ctx context.Context, from catalogReader, current *catalog.Catalog, effect bool) (*planner.Plan, error) {
	for {
		plan, err := p.planFrom(ctx, from, current, effect)
		if err != nil || from.tx != nil { // in a transaction the statement fails, and is tried again
			return plan, err
		}
		if found, err := p.noteTaken(ctx, from); err != nil || !found {
			return plan, err
		}
	}
}

// noteTaken notes which names of the last plan's new roles are taken, and tells whether there are any.
func (p *planning) noteTaken(ctx context.Context, from catalogReader) (found bool, err error) {
	if p.last == nil || p.reading == inspect.Whole {
		return false, nil
	}
	var names []string
	for _, s := range p.last.plan.Statements {
		if role, is := s.Change.(catalog.CreateRole); is && catalog.IsOwnRole(role.Name) {
			names = append(names, role.Name)
		}
	}
	if len(names) == 0 {
		return false, nil
	}
	var taken []string
	err = from.RoundTrip(ctx, wire.Query{
		Doing: "asking which names of new roles are taken", SQL: gen.TakenNames, Args: []any{wire.Names(names)}, Read: wire.Column(&taken),
	})
	for _, name := range taken {
		p.taken[name] = true
	}
	return len(taken) > 0, err
}
