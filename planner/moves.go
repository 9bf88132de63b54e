package planner

import (
	"cmp"
	"iter"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// move is some statements of a plan that leave a catalog as it can stay, once all moves before have been made.
type move struct {
	stage stage
	// object is what the move is about, or, where that is no object, role.
	object     catalog.ObjectID
	role       string
	statements []placed
}

// placed is a statement at its place in the plan, or a piece of it.
type placed struct {
	script.Statement
	place int
}

// stage orders moves. Who is to lose a login does so first, and who gets one does so when there is all else. In
// between come the memberships of ordinary roles that are gained, so that whatever an object takes from someone they
// have by another way before; then one object after the other, each with the privilege roles that hold something on
// it and with their members; then the memberships that are lost.
type stage int

const (
	losingLogins stage = iota
	makingRoles
	joiningRoles
	givingOnObjects // all that is gained on objects, where memberships can not be gained before others are lost
	changingRoles   // memberships of ordinary roles, in that case
	changingObjects
	droppingSchemas
	leavingRoles
	gainingLogins
	droppingRoles
)

// String names what the move is about.
func (m move) String() string {
	switch {
	case m.stage == changingRoles:
		return "exchanging memberships"
	case m.role != "":
		return "changing role " + m.role
	}
	return "changing " + m.object.String()
}

// changes gives what the statements of moves do.
func changes(moves ...move) iter.Seq[catalog.Change] {
	return func(yield func(catalog.Change) bool) {
		for _, m := range moves {
			for _, s := range m.statements {
				if !yield(s.Change) {
					return
				}
			}
		}
	}
}

// locks makes some locks those of the move.
func (m move) locks(l catalog.Locks, server catalog.Server) catalog.Locks {
	clear(l)
	for _, s := range m.statements {
		s.Change.Lock(l, server)
	}
	return l
}

// sorting puts the statements of a plan into moves.
type sorting struct {
	plan *Plan
	// after is what the plan leads to, as far as it makes something.
	after *catalog.Catalog
	// circles tells whether memberships of ordinary roles have to be lost before others can be gained. What gets
	// another owner changes together with them then, for what an owner has is neither gained before nor lost after.
	circles bool
	owned   map[catalog.ObjectID]bool
	moves   []move
	place   map[moveKey]int
	// locks are those of one move at a time.
	locks catalog.Locks
}

type moveKey struct {
	stage  stage
	object catalog.ObjectID
	role   string
}

// movesOf gives the moves of which a plan consists, in order, without what the connecting role needs only for the
// moment. It takes what the plan leads to, as far as it makes something.
func movesOf(p *Plan, after *catalog.Catalog) []move {
	s := &sorting{plan: p, after: after, owned: map[catalog.ObjectID]bool{}, place: map[moveKey]int{}, locks: catalog.Locks{}}
	s.circles = s.revokesFirst()
	for _, statement := range p.Statements {
		if ch, owns := statement.Change.(catalog.SetOwner); owns && s.circles {
			s.owned[ch.Object] = true
		}
	}
	for place, statement := range p.Statements {
		if !statement.Section.IsLending() {
			s.put(placed{statement, place})
		}
	}
	moves := make([]move, 0, len(s.moves))
	for _, m := range s.moves {
		moves = s.divided(moves, m)
	}
	slices.SortStableFunc(moves, func(x, y move) int {
		return cmp.Or(cmp.Compare(x.stage, y.stage), x.object.Compare(y.object))
	})
	return moves
}

// revokesFirst tells whether the plan revokes memberships of ordinary roles before it grants such: see
// [builder.wouldCycle].
func (s *sorting) revokesFirst() bool {
	revokes := false
	for _, statement := range s.plan.Statements {
		switch ch := statement.Change.(type) {
		case catalog.RevokeRole:
			revokes = revokes || statement.Section == script.Memberships && s.anyOrdinary(ch.Roles)
		case catalog.GrantRole:
			if revokes && statement.Section == script.Memberships && s.anyOrdinary(ch.Roles) {
				return true
			}
		}
	}
	return false
}

// anyOrdinary tells whether one of some roles is no privilege role.
func (s *sorting) anyOrdinary(roles []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return s.held(role) == nil })
}

// put adds a statement to the moves that it belongs to.
func (s *sorting) put(statement placed) {
	for _, statement.Statement = range pieces(statement.Statement) {
		s.putOne(statement)
	}
}

// pieces gives what a statement is made of: the login with which a role is created is a move of its own, and
// memberships in several roles may belong to several objects.
func pieces(statement script.Statement) []script.Statement {
	switch ch := statement.Change.(type) {
	case catalog.CreateRole:
		if ch.With != (catalog.AlterRole{}) {
			login := ch.With
			login.Name, ch.With = ch.Name, catalog.AlterRole{}
			statement.Change = ch
			return []script.Statement{{Change: login, Section: script.GainingLogin, Reason: givenLogin}, statement}
		}
	case catalog.GrantRole:
		return forEach(statement, ch.Roles, func(role []string) catalog.Change { ch.Roles = role; return ch })
	case catalog.RevokeRole:
		return forEach(statement, ch.Roles, func(role []string) catalog.Change { ch.Roles = role; return ch })
	}
	return []script.Statement{statement}
}

func forEach(statement script.Statement, roles []string, change func(role []string) catalog.Change) []script.Statement {
	out := make([]script.Statement, len(roles))
	for i := range roles {
		statement.Change = change(roles[i : i+1])
		out[i] = statement
	}
	return out
}

// usualStatements is how many most moves have: a privilege role is created, and gets what it is for.
const usualStatements = 2

func (s *sorting) putOne(statement placed) {
	key := s.keyOf(statement.Statement)
	at, known := s.place[key]
	if !known {
		at = len(s.moves)
		s.place[key] = at
		s.moves = append(s.moves, move{key.stage, key.object, key.role, make([]placed, 0, usualStatements)})
	}
	s.moves[at].statements = append(s.moves[at].statements, statement)
}

// stages are those of the sections whose statements are not for the moment. In Memberships, what is lost is of another
// one.
var stages = map[script.Section]stage{
	script.LosingLogin: losingLogins, script.GainingLogin: gainingLogins,
	script.Administrators: makingRoles, script.Roles: makingRoles, script.PrivilegeRoles: makingRoles,
	script.Schemas: changingObjects, script.Owners: changingObjects, script.Privileges: changingObjects,
	script.DroppingSchemas: droppingSchemas,
	script.Memberships:     joiningRoles, script.Leaving: leavingRoles,
	script.Dropping: droppingRoles, script.Pruning: droppingRoles,
}

// keyOf says to which move a statement belongs, by its section and by what it touches.
func (s *sorting) keyOf(statement script.Statement) moveKey {
	stage, of := stages[statement.Section], statement.Change.Touches(s.after)
	if _, revokes := statement.Change.(catalog.RevokeRole); revokes {
		stage = leavingRoles
	}
	switch stage {
	case losingLogins, gainingLogins:
		return moveKey{stage: stage, role: of.Roles[0]}
	case joiningRoles, leavingRoles:
		return s.ofMembers(of.Granted[0], stage)
	case droppingSchemas:
		return moveKey{stage: stage, object: of.Objects[0]}
	case changingObjects:
		return s.ofObject(of.Objects[0])
	}
	return s.ofRole(slices.Concat(of.Granted, of.Roles)[0], stage)
}

// ofRole puts what concerns a privilege role to the object on which it holds something.
func (s *sorting) ofRole(role string, other stage) moveKey {
	if held := s.held(role); held != nil {
		return s.ofObject(held.Object)
	}
	return moveKey{stage: other, role: role}
}

func (s *sorting) ofMembers(role string, other stage) moveKey {
	if s.circles && s.held(role) == nil {
		return moveKey{stage: changingRoles}
	}
	return s.ofRole(role, other)
}

// ofObject puts a sequence that belongs to a table to the table, whose owner it shares.
func (s *sorting) ofObject(id catalog.ObjectID) moveKey {
	if o := s.after.Objects[id]; o != nil && o.OwnedBy != (catalog.ObjectID{}) {
		id = o.OwnedBy
	}
	if s.owned[id] {
		return moveKey{stage: changingRoles}
	}
	return moveKey{stage: changingObjects, object: id}
}

// held gives what a privilege role holds before the plan or after it.
func (s *sorting) held(role string) *catalog.Held {
	if h := held(s.after, role); h != nil {
		return h
	}
	return held(s.plan.From, role)
}
