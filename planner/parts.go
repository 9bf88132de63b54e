package planner

import (
	"slices"

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
	d := &division{build: build, server: whole.Server, state: whole.before, after: after}
	if whole.isPlain() {
		d.build, d.state, d.before = nil, whole.before.Clone(), whole.before
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
	build  func(from, to *catalog.Catalog) (*Plan, error)
	server catalog.Server
	state  *catalog.Catalog
	// before is the state before all of them, of a plain plan, which has no build.
	before *catalog.Catalog
	// after is what all of them lead to, as far as they make something.
	after *catalog.Catalog
	parts []*Plan
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
	room, sum, all, one := d.server.Locks.Room(), 0, locks{}, locks{}
	for i, m := range moves {
		sum += all.addAll(one.of(m.changes(), d.server))
		if sum > room {
			return max(1, i)
		}
	}
	return len(moves)
}

// next makes a part of the first n moves, or of fewer where what is needed for the moment takes locks as well. It
// gives how many it took.
func (d *division) next(moves []move, n int) (int, error) {
	if d.build == nil {
		return n, d.plain(moves[:n])
	}
	room := d.server.Locks.Room()
	for {
		state := d.state.Clone()
		for _, m := range moves[:n] {
			m.make(state)
			d.share(m.object, state)
		}
		part, err := d.build(d.state, state)
		if err != nil {
			return 0, err
		}
		needed := part.Locks()
		switch {
		case needed <= room:
			if !part.IsEmpty() {
				if !part.grants() {
					part.after = state
				}
				d.parts = append(d.parts, part)
			}
			d.state = state
			return n, nil
		case n == 1:
			return 0, &LockTableError{What: moves[0].String(), Locks: needed, Table: d.server.Locks}
		}
		n = min(n-1, max(1, n*room/needed))
	}
}

// share puts an object that has become what it is to be into a state as the catalog that all leads to has it: each
// part keeps the state before it.
func (d *division) share(id catalog.ObjectID, state *catalog.Catalog) {
	now, want := state.Objects[id], d.after.Objects[id]
	if now != nil && want != nil && catalog.EqualObjects(now, want) {
		state.Objects[id] = want
	}
}

// grants tells whether memberships are granted or revoked by themselves: in which order a role then has its members
// depends on the order of the statements, which is another one in moves.
func (p *Plan) grants() bool {
	return slices.ContainsFunc(p.Statements, func(s script.Statement) bool {
		switch s.Change.(type) {
		case catalog.GrantRole, catalog.RevokeRole:
			return true
		}
		return false
	})
}
