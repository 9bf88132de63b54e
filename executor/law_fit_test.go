package executor

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"

	"pgsr/planner"
)

// fits changes most cases until they are planned: a connecting role that is no superuser, to whom most of what is
// made up is refused, is given what the refusal says would help, and what still is refused is left out of the spec.
// One in six stays as it is, so that refusals are tried, too.
func (l *lawServer) fits(c lawCase, seed uint64, actor string) lawCase {
	if rand.New(rand.NewPCG(seed, 6)).IntN(6) == 0 {
		return c
	}
	for range 8 {
		err := l.refusal(c, actor)
		var refusal *planner.Refusal
		switch {
		case err == nil:
			return c
		case errors.As(err, &refusal) && len(refusal.Remedies) > 0 && !slices.ContainsFunc(c.made(), func(s string) bool { return s == refusal.Remedies[0] }):
			c = c.with(refusal.Remedies)
			l.run(refusal.Remedies)
			if len(c.there) > 0 {
				l.at(l.other).run(refusal.Remedies)
			}
		case len(c.spec) < 2:
			return c
		default:
			c.spec = l.lesser(c, actor)
		}
	}
	return c
}

// refusal is why a case is not planned, in the state that is there.
func (l *lawServer) refusal(c lawCase, actor string) error {
	parsed, options := c.spec.parsed(l), Options{}
	if c.trusts {
		options = Options{TrustCode: true, ReassignTo: actor}
	}
	conn, err := Connect(context.Background(), l.server.URL(actor, currentDatabase, ""))
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	if len(c.there) > 0 {
		_, err = PlanDatabases(context.Background(), conn, parsed, options)
	} else {
		_, err = Plan(context.Background(), conn, parsed, options)
	}
	return err
}

// made are the statements that were run last.
func (c lawCase) made() []string {
	if len(c.earlier) > 0 {
		return c.later
	}
	return c.statements
}

// with adds statements to the state. Those that are of one database fail in the other.
func (c lawCase) with(statements []string) lawCase {
	if len(c.earlier) > 0 {
		c.later = slices.Concat(c.later, statements)
	} else {
		c.statements = slices.Concat(c.statements, statements)
	}
	if len(c.there) > 0 {
		c.there = slices.Concat(c.there, statements)
	}
	return c
}

// lesser gives the spec without a part that is refused: a key of a role, if that will do, or a role.
func (l *lawServer) lesser(c lawCase, actor string) lawSpec {
	isPlanned := func(s lawSpec) bool {
		d := c
		d.spec = s
		err := l.refusal(d, actor)
		var refusal *planner.Refusal
		return err == nil || errors.As(err, &refusal) && len(refusal.Remedies) > 0
	}
	for i := range c.spec {
		without := slices.Delete(slices.Clone(c.spec), i, i+1)
		if !isPlanned(without) {
			continue
		}
		for _, leave := range []func(*lawRole){
			func(r *lawRole) { r.ignores = nil },
			func(r *lawRole) { r.members = nil },
			func(r *lawRole) { r.attributes = nil },
			func(r *lawRole) { r.decidesOwned, r.owns = false, nil },
			func(r *lawRole) { r.elsewhere = nil },
			func(r *lawRole) { r.futures = nil },
			func(r *lawRole) { r.grants = nil },
		} {
			s := slices.Clone(c.spec)
			if leave(&s[i]); isPlanned(s) {
				return s
			}
		}
		return without
	}
	return c.spec[1:]
}
