package planner

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// inParts divides a plan that takes more locks than one transaction has room for. It plans each part anew from what
// those before it leave, unless the plan's statements can just be divided. After has at least what the plan creates.
func inParts(whole *Plan, after *catalog.Catalog, build func(from, to *catalog.Catalog) (*Plan, error)) (*Plan, error) {
	if whole.Locks() <= whole.Server.Locks.Room() {
		return whole, nil
	}
	d := &division{build: build, server: whole.Server, state: whole.From.Clone()}
	if whole.keepsStatements() {
		d.build = nil
	}
	if err := d.divide(unitsOf(whole, after)); err != nil {
		return nil, err
	}
	whole.setParts(d.parts)
	return whole, nil
}

// setParts makes a plan of several transactions.
func (p *Plan) setParts(parts []script.Part) {
	p.Parts, p.Statements = parts, lists.Concat(parts, func(part script.Part) []script.Statement { return part.Statements })
}

// division makes parts of units. Each part is a plan from one state to the next, so it takes and gives back by itself
// the temporary memberships that it needs.
type division struct {
	// build makes the plan of a part; nil: it has the statements of the whole plan.
	build  func(from, to *catalog.Catalog) (*Plan, error)
	server catalog.Server
	// state is what the parts so far lead to.
	state *catalog.Catalog
	parts []script.Part
}

// divide takes as many units as fit into each part.
func (d *division) divide(units []unit) error {
	for len(units) > 0 {
		n, err := d.next(units, d.fitting(units))
		if err != nil {
			return err
		}
		units = units[n:]
	}
	return nil
}

// fitting counts how many of the first units fit into one part by their own locks: at least one.
func (d *division) fitting(units []unit) int {
	room, sum, all := d.server.Locks.Room(), 0, catalog.Locks{}
	for i, u := range units {
		sum += all.Add(u.locks(d.server))
		if sum > room {
			return max(1, i)
		}
	}
	return len(units)
}

// next makes a part of the first n units, or of fewer, as temporary grants take locks as well. It gives how many it
// took.
func (d *division) next(units []unit, n int) (int, error) {
	for {
		part, err := d.part(units[:n])
		if err != nil {
			return 0, err
		}
		needed, room := part.Locks(), d.server.Locks.Room()
		switch {
		case needed <= room:
			d.add(part)
			return n, nil
		case n == 1:
			return 0, &LockTableError{What: units[0].String(), Locks: needed, Table: d.server.Locks}
		}
		n = min(n-1, max(1, n*room/needed))
	}
}

// part makes a plan of units from the state so far.
func (d *division) part(units []unit) (*Plan, error) {
	if d.build == nil {
		return &Plan{Server: d.server, Statements: inPlanOrder(units), From: d.state}, nil
	}
	to := d.state.Clone()
	to.Apply(changesOf(lists.Map(placedIn(units), placed.statement)))
	return d.build(d.state, to)
}

// add adds a part, with the states of what it touches. Whole states of all parts would take memory that grows with the
// square of the plan.
func (d *division) add(part *Plan) {
	if part.IsEmpty() {
		return
	}
	touched := part.touched()
	before := touched.in(d.state)
	part.Apply(d.state)
	d.parts = append(d.parts, script.Part{Statements: part.Statements, ReliesOn: before, LeadsTo: touched.in(d.state)})
}

// keepsStatements tells whether a plan can be divided between its statements: it has no temporary ones, and none that
// would be cut into pieces. That is so with most large plans, which are first applies.
func (p *Plan) keepsStatements() bool {
	return !slices.ContainsFunc(p.Statements, func(s script.Statement) bool {
		switch ch := s.Change.(type) {
		case catalog.GrantRole:
			return len(ch.Roles) > 1 || s.Section != script.Memberships
		case catalog.RevokeRole:
			return true // in what order it is best done depends on what is left
		}
		return s.Section.IsTemporary()
	})
}

// inPlanOrder gives the statements of units in the order of the plan that they are from.
func inPlanOrder(units []unit) []script.Statement {
	all := placedIn(units)
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(cmp.Compare(x.Section, y.Section), cmp.Compare(x.place, y.place))
	})
	return lists.Map(all, placed.statement)
}

func placedIn(units []unit) []placed {
	return lists.Concat(units, func(u unit) []placed { return u.statements })
}

func (s placed) statement() script.Statement { return s.Statement }
