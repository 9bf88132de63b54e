package planner

import (
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// inParts divides a plan that takes more locks than there is room for in one transaction. Each part is built anew
// from what the ones before it leave, unless the plan is plain. It takes what the plan leads to, as far as it makes
// something.
func inParts(whole *Plan, after *catalog.Catalog, build func(from, to *catalog.Catalog) (*Plan, error)) (*Plan, error) {
	if whole.Locks() <= whole.Server.Locks.Room() {
		return whole, nil
	}
	d := &division{build: build, server: whole.Server, state: whole.From.Clone()}
	if whole.isPlain() {
		d.build = nil
	}
	if err := d.divide(movesOf(whole, after)); err != nil {
		return nil, err
	}
	whole.Parts, whole.Statements = d.parts, make([]script.Statement, 0, len(whole.Statements))
	for _, part := range d.parts {
		whole.Statements = append(whole.Statements, part.Statements...)
	}
	return whole, nil
}

// division makes parts of moves: each is a plan from the state that the ones before it leave to the next, so that it
// takes and gives back by itself what the connecting role needs for the moment. Of a plain plan parts have the same
// statements.
type division struct {
	// build is nil for a plain plan.
	build  func(from, to *catalog.Catalog) (*Plan, error)
	server catalog.Server
	// state is what the parts so far lead to.
	state *catalog.Catalog
	parts []script.Part
}

// divide takes as many moves as fit into each part.
func (d *division) divide(moves []move) error {
	for len(moves) > 0 {
		n, err := d.next(moves, d.fitting(moves))
		if err != nil {
			return err
		}
		moves = moves[n:]
	}
	return nil
}

// fitting counts the first moves that fit into one part, as far as the moves tell: at least one.
func (d *division) fitting(moves []move) int {
	room, sum, all, one := d.server.Locks.Room(), 0, catalog.Locks{}, catalog.Locks{}
	for i, m := range moves {
		sum += all.Add(m.locks(one, d.server))
		if sum > room {
			return max(1, i)
		}
	}
	return len(moves)
}

// next makes a part of the first n moves, or of fewer where what is needed for the moment takes locks as well. It
// gives how many it took.
func (d *division) next(moves []move, n int) (int, error) {
	for {
		part, err := d.part(moves[:n])
		if err != nil {
			return 0, err
		}
		needed, room := part.Locks(), d.server.Locks.Room()
		switch {
		case needed <= room:
			d.add(part)
			return n, nil
		case n == 1:
			return 0, &LockTableError{What: moves[0].String(), Locks: needed, Table: d.server.Locks}
		}
		n = min(n-1, max(1, n*room/needed))
	}
}

// part makes a plan of moves from the state so far.
func (d *division) part(moves []move) (*Plan, error) {
	if d.build == nil {
		return &Plan{Server: d.server, Statements: inPlace(moves), From: d.state}, nil
	}
	to := d.state.Clone()
	to.Apply(changes(moves...))
	return d.build(d.state, to)
}

// add adds a part, of which it keeps only what it touches: whole states would, all together, take memory that grows
// with the square of the plan.
func (d *division) add(part *Plan) {
	if part.IsEmpty() {
		return
	}
	touched := part.touched()
	before := touched.in(d.state)
	part.Apply(d.state)
	d.parts = append(d.parts, script.Part{Statements: part.Statements, ReliesOn: before, LeadsTo: touched.in(d.state)})
}
