package planner

import (
	"cmp"
	"slices"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// unit is a group of statements that belong together. After each unit one can stop: nobody is without access that they
// have before and after the whole plan.
type unit struct {
	unitKey
	statements []placed
}

// unitKey identifies a unit: by its stage and object or, without an object, by its role.
type unitKey struct {
	stage  stage
	object catalog.ObjectID
	role   string
}

// placed is a statement, or a piece of one, with its place in the plan.
type placed struct {
	script.Statement
	place int
}

// stage orders units. Logins are lost first, and gained when all else is there. Memberships of ordinary roles are
// gained before objects change and lost afterwards: who loses something on an object has it by another way at that
// time. An object changes together with its privilege roles and their members.
type stage int

const (
	losingLogins stage = iota
	makingRoles
	joiningRoles
	givingOnObjects // all that is gained on objects, where memberships can not be gained before others are lost
	changingRoles   // memberships of ordinary roles, in that case
	changingObjects
	changingDefaults
	droppingSchemas
	leavingRoles
	losingAttributes
	gainingLogins
	droppingRoles
)

// String names what the unit is about.
func (u unit) String() string {
	switch {
	case u.stage == changingRoles:
		return "exchanging memberships"
	case u.role != "":
		return "changing role " + u.role
	}
	return "changing " + u.object.String()
}

func (u unit) locks(server catalog.Server) catalog.Locks {
	l := catalog.Locks{}
	for _, s := range u.statements {
		s.Change.Lock(l, server)
	}
	return l
}

// grouping puts the statements of a plan into units.
type grouping struct {
	plan *Plan
	// after has at least what the plan creates.
	after *catalog.Catalog
	// revokesFirst tells whether some memberships of ordinary roles have to be revoked before others can be granted.
	// Objects that get another owner then change together with them: an owner's rights can neither be gained before nor
	// lost after.
	revokesFirst bool
	owned        map[catalog.ObjectID]bool
	units        []unit
	place        map[unitKey]int
}

// unitsOf gives the units of a plan in order, without its temporary statements. After has at least what the plan
// creates.
func unitsOf(p *Plan, after *catalog.Catalog) []unit {
	g := &grouping{plan: p, after: after, owned: map[catalog.ObjectID]bool{}, place: map[unitKey]int{}}
	g.revokesFirst = g.revokesMembershipsFirst()
	for _, statement := range p.Statements {
		if ch, owns := statement.Change.(catalog.SetOwner); owns && g.revokesFirst {
			g.owned[ch.Object] = true
		}
	}
	for place, statement := range p.Statements {
		if !statement.Section.IsTemporary() {
			g.put(placed{statement, place})
		}
	}
	units := make([]unit, 0, len(g.units))
	for _, u := range g.units {
		units = g.split(units, u)
	}
	slices.SortStableFunc(units, func(x, y unit) int {
		return cmp.Or(cmp.Compare(x.stage, y.stage), x.object.Compare(y.object))
	})
	return units
}

// revokesMembershipsFirst tells whether a plan revokes memberships of ordinary roles before it grants such: see
// [builder.wouldCycle].
func (g *grouping) revokesMembershipsFirst() bool {
	revokes := false
	for _, statement := range g.plan.Statements {
		if statement.Section != script.Memberships {
			continue
		}
		switch ch := statement.Change.(type) {
		case catalog.RevokeRole:
			revokes = revokes || g.anyOrdinary(ch.Roles)
		case catalog.GrantRole:
			if revokes && g.anyOrdinary(ch.Roles) {
				return true
			}
		}
	}
	return false
}

// anyOrdinary tells whether one of the roles is not a privilege role.
func (g *grouping) anyOrdinary(roles []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return g.held(role) == nil })
}

// put adds a statement to the units that it belongs to.
func (g *grouping) put(statement placed) {
	for _, statement.Statement = range pieces(statement.Statement) {
		g.putOne(statement)
	}
}

// pieces divides a statement into those that may belong to different units: the login of a new role, and memberships in
// several roles.
func pieces(statement script.Statement) []script.Statement {
	switch ch := statement.Change.(type) {
	case catalog.CreateRole:
		login := ch.With
		login.Name, login.Attributes = ch.Name, catalog.AttributeChanges{}
		if login != (catalog.AlterRole{Name: ch.Name}) {
			ch.With = catalog.AlterRole{Attributes: ch.With.Attributes}
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
	return lists.Map(roles, func(role string) script.Statement {
		statement.Change = change([]string{role})
		return statement
	})
}

func (g *grouping) putOne(statement placed) {
	key := g.keyOf(statement.Statement)
	at, isNew := lists.Place(g.place, key)
	if isNew {
		g.units = append(g.units, unit{unitKey: key})
	}
	g.units[at].statements = append(g.units[at].statements, statement)
}

// stages gives the stage of each section, except temporary sections. A REVOKE in Memberships is of another stage.
var stages = map[script.Section]stage{
	script.LosingLogin: losingLogins, script.GainingLogin: gainingLogins,
	script.Administrators: makingRoles, script.Roles: makingRoles, script.PrivilegeRoles: makingRoles,
	script.Schemas: changingObjects, script.Owners: changingObjects, script.Policies: changingObjects, script.Privileges: changingObjects,
	script.DefaultPrivileges: changingDefaults, script.LaterDefaultPrivileges: changingDefaults, script.DroppingSchemas: droppingSchemas,
	script.Memberships: joiningRoles, script.Leaving: leavingRoles,
	script.Dropping: droppingRoles, script.Departing: droppingRoles, script.EndingSessions: losingLogins, script.Pruning: droppingRoles,
}

// keyOf gives the unit of a statement, by its section and by what it touches.
func (g *grouping) keyOf(statement script.Statement) unitKey {
	stage, of := stages[statement.Section], statement.Change.Touches(g.after)
	if _, revokes := statement.Change.(catalog.RevokeRole); revokes {
		stage = leavingRoles
	}
	if _, alters := statement.Change.(catalog.AlterRole); alters && stage == makingRoles && statement.Mark() != script.Gives {
		stage = losingAttributes
	}
	switch stage {
	case losingLogins, losingAttributes, gainingLogins:
		return unitKey{stage: stage, role: of.Roles[0]}
	case changingDefaults:
		return unitKey{stage: stage, role: of.Futures[0].Owner}
	case joiningRoles, leavingRoles:
		return g.ofMembers(of.Granted[0], stage)
	case droppingSchemas:
		return unitKey{stage: stage, object: of.Objects[0]}
	case changingObjects:
		return g.ofObject(of.Objects[0])
	}
	return g.ofRole(slices.Concat(of.Granted, of.Roles)[0], stage)
}

// ofRole gives the unit of a role: for a privilege role, that of its object.
func (g *grouping) ofRole(role string, other stage) unitKey {
	if held := g.held(role); held != nil {
		return g.ofObject(held.Object)
	}
	return unitKey{stage: other, role: role}
}

func (g *grouping) ofMembers(role string, other stage) unitKey {
	if g.revokesFirst && g.held(role) == nil {
		return unitKey{stage: changingRoles}
	}
	return g.ofRole(role, other)
}

// ofObject gives the unit of an object: for a sequence that belongs to a table, that of the table, whose owner it
// shares.
func (g *grouping) ofObject(id catalog.ObjectID) unitKey {
	if o := g.after.Objects[id]; o != nil && o.OwnedBy != (catalog.ObjectID{}) {
		id = o.OwnedBy
	}
	if g.owned[id] {
		return unitKey{stage: changingRoles}
	}
	return unitKey{stage: changingObjects, object: id}
}

// held gives what a privilege role holds before the plan or after it.
func (g *grouping) held(role string) *catalog.Held {
	if h := heldBy(g.after, role); h != nil {
		return h
	}
	return heldBy(g.plan.From, role)
}
