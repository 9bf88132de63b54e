package planner

import (
	"cmp"
	"maps"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// isPlain tells whether the plan can be divided by dividing its statements: none of them is only for the moment, and
// none has to be made of the pieces of several. So are most that are large: a first apply.
func (p *Plan) isPlain() bool {
	return !slices.ContainsFunc(p.Statements, func(s script.Statement) bool {
		switch ch := s.Change.(type) {
		case catalog.GrantRole:
			return len(ch.Roles) > 1 || s.Section != script.Memberships
		case catalog.RevokeRole:
			return true // in what order it is best done depends on what is left
		}
		return s.Section.IsLending()
	})
}

// plain makes a part of moves as they are. It keeps of the states before and after it only what it touches: whole
// ones would, all together, take memory that grows with the square of the plan.
func (d *division) plain(moves []move) error {
	part := &Plan{Server: d.server, Statements: inPlace(moves), base: d.before, earlier: d.parts[:len(d.parts):len(d.parts)]}
	if needed := part.Locks(); needed > d.server.Locks.Room() {
		return &LockTableError{What: moves[0].String(), Locks: needed, Table: d.server.Locks}
	}
	part.before = d.state
	touched := part.touched()
	part.before = touched.of(d.state)
	part.Apply(d.state)
	for id := range touched.objects {
		d.share(id, d.state)
	}
	part.after = touched.of(d.state)
	d.parts = append(d.parts, part)
	return nil
}

// inPlace gives the statements of moves in the order of the plan that they are from.
func inPlace(moves []move) []script.Statement {
	var all []placed
	for _, m := range moves {
		all = append(all, m.statements...)
	}
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(cmp.Compare(x.Section, y.Section), cmp.Compare(x.place, y.place))
	})
	statements := make([]script.Statement, len(all))
	for i, s := range all {
		statements[i] = s.Statement
	}
	return statements
}

// of gives what is touched of a catalog.
func (t *touched) of(c *catalog.Catalog) *catalog.Catalog {
	return c.Part(slices.Collect(maps.Keys(t.roles)), slices.Collect(maps.Keys(t.members)), slices.Collect(maps.Keys(t.objects)))
}

// start gives the whole catalog that the plan was worked out from. Of a part it is made anew.
func (p *Plan) start() *catalog.Catalog {
	if p.base == nil {
		return p.before
	}
	c := p.base.Clone()
	for _, part := range p.earlier {
		part.Apply(c)
	}
	return c
}
