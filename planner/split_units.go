package planner

import (
	"slices"

	"pgsr/planner/catalog"
)

// split adds a unit as it is or, if it has to be divided, as several: the grants on its object come first.
func (g *grouping) split(out []unit, u unit) []unit {
	if u.stage != changingObjects || !g.revokesFirst && u.locks(g.plan.Server).Count() <= g.plan.Server.Locks.Room() {
		return append(out, u)
	}
	gains, rest := g.takeGains(u.statements)
	for _, statement := range g.chunkGrants(gains) {
		if statement.IsPrecaution() {
			made := &out[len(out)-1]
			made.statements = append(made.statements, statement)
			continue
		}
		gain := unit{u.unitKey, []placed{statement}}
		if g.revokesFirst {
			gain.stage = givingOnObjects
		}
		out = append(out, gain)
	}
	if len(rest) > 0 {
		out = append(out, unit{u.unitKey, rest})
	}
	return out
}

// takeGains takes out the statements about an object that come before its first REVOKE. The REVOKE of what event
// triggers give on a new schema does not count: it stays with its CREATE SCHEMA. Members of privilege roles change with
// the rest, unless all grants have to come first.
func (g *grouping) takeGains(statements []placed) (gains, rest []placed) {
	first := slices.IndexFunc(statements, func(s placed) bool {
		_, revokes := s.Change.(catalog.Revoke)
		return revokes && !s.IsPrecaution()
	})
	for i, statement := range statements {
		_, joins := statement.Change.(catalog.GrantRole)
		_, leaves := statement.Change.(catalog.RevokeRole)
		_, drops := statement.Change.(catalog.DropRole)
		switch {
		case joins && g.revokesFirst, !joins && !leaves && !drops && (first < 0 || i < first):
			gains = append(gains, statement)
		default:
			rest = append(rest, statement)
		}
	}
	return gains, rest
}

// chunkGrants divides a GRANT to many grantees into several, each small enough to share a part with other statements.
func (g *grouping) chunkGrants(statements []placed) []placed {
	var out []placed
	for _, statement := range statements {
		grant, grants := statement.Change.(catalog.Grant)
		if !grants {
			out = append(out, statement)
			continue
		}
		for grantees := range slices.Chunk(grant.Grantees, max(1, g.plan.Server.Locks.Room()/4)) {
			slice := grant
			slice.Grantees = grantees
			statement.Change = slice
			out = append(out, statement)
		}
	}
	return out
}
