package planner

import (
	"errors"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Remedied gives the error of a plan with its remedies, if it is a [*Refusal]; else as it is. Plan works out anew,
// for a catalog, what is desired of it, and the error of planning that.
//
// Remedies are worked out on a copy of the catalog: what was refused is remedied there, and planned again, until
// nothing is refused any more.
func Remedied(err error, current *catalog.Catalog, plan func(*catalog.Catalog) (*catalog.Catalog, error)) error {
	if !errors.As(err, new(*Refusal)) {
		return err
	}
	banned := map[string]bool{}
	for {
		w := &remedying{have: current.Clone(), plan: plan, banned: banned, tried: map[attempt]bool{}}
		if refusal, done := w.work(); done {
			return refusal
		}
	}
}

// remedying works out remedies one after the other.
type remedying struct {
	plan func(*catalog.Catalog) (*catalog.Catalog, error)
	// have is the catalog with the remedies so far.
	have     *catalog.Catalog
	remedies []remedy
	// last are those of the last round.
	last []remedy
	// reasons are all that there were, in order.
	reasons []Reason
	// tried are the ways that were tried. Banned are remedies that lead nowhere, which none are tried of when all
	// begins anew.
	tried  map[attempt]bool
	banned map[string]bool
	// actor is the connecting role in the catalog as it is now; nil: to be made. Then is who reaches what by what was
	// last desired.
	actor *access.Actor
	then  *access.Reach
}

// attempt is one of the ways to remedy a reason.
type attempt struct {
	Reason
	way int
}

// remedy is a statement for a superuser to run in the name of a role; empty: in its own.
type remedy struct {
	change catalog.Change
	as     string
}

// work remedies until nothing is refused, or nothing helps. It is not done if a remedy turned out to lead nowhere: it
// is banned then.
func (w *remedying) work() (*Refusal, bool) {
	for {
		desired, err := w.plan(w.have)
		var refusal *Refusal
		switch {
		case err == nil || isLimit(err):
			return w.result(nil), true
		case !errors.As(err, &refusal): // the spec contradicts a remedy
			if w.ban(w.last) {
				return nil, false
			}
			return w.result(w.reasons), true
		case w.banUndone(refusal):
			return nil, false
		}
		w.note(refusal)
		w.last, w.then = nil, access.NewReach(desired)
		w.remedy(refusal, desired)
		if len(w.last) == 0 {
			return w.result(refusal.Reasons), true
		}
	}
}

// isLimit tells whether a plan may be carried out, but does not fit into the server.
func isLimit(err error) bool {
	return errors.As(err, new(*RowTooBigError)) || errors.As(err, new(*LockTableError))
}

// note adds the reasons that are new.
func (w *remedying) note(refusal *Refusal) {
	for _, reason := range refusal.Reasons {
		if !slices.Contains(w.reasons, reason) {
			w.reasons = append(w.reasons, reason)
		}
	}
}

// result says what was refused, what remedies it, and what of it is still refused.
func (w *remedying) result(left []Reason) *Refusal {
	refusal := &Refusal{Reasons: slices.Clone(w.reasons)}
	for i, reason := range refusal.Reasons {
		refusal.Reasons[i].Superuser = slices.Contains(left, reason)
	}
	for _, r := range w.remedies {
		refusal.Remedies = append(refusal.Remedies, script.Remedy(r.change, r.as, w.have.Server)...)
	}
	return refusal
}

// ban bans those of some remedies that give something. It tells whether there are any.
func (w *remedying) ban(remedies []remedy) bool {
	any := false
	for _, r := range remedies {
		switch r.change.(type) {
		case catalog.GrantRole, catalog.Grant:
			w.banned[w.key(r)], any = true, true
		}
	}
	return any
}

func (w *remedying) key(r remedy) string {
	return r.as + "\x00" + script.Masked(r.change, w.have.Server)
}

// banUndone bans what the plan would only take away again, as it does where the connecting role is in the spec.
func (w *remedying) banUndone(refusal *Refusal) bool {
	return w.ban(slices.DeleteFunc(slices.Clone(w.remedies), func(r remedy) bool {
		return !slices.ContainsFunc(refusal.lacks, func(l lack) bool { return l.undoes(r.change) })
	}))
}

// remedy remedies what it can of a refusal: with rights first, and, if there are none to give, with what a superuser
// does itself. That is worked out from what is desired, which depends on the rights.
func (w *remedying) remedy(refusal *Refusal, desired *catalog.Catalog) {
	var left []lack
	for i, reason := range refusal.Reasons {
		if !w.give(reason, refusal.lacks[i]) {
			left = append(left, refusal.lacks[i])
		}
	}
	if len(w.last) > 0 {
		return
	}
	for _, r := range superusers(w.have, desired, left) {
		if !w.banned[w.key(r)] {
			w.add(r)
		}
	}
}

// give gives the next right that would do. It tells whether there is any.
func (w *remedying) give(reason Reason, l lack) bool {
	if len(w.last) > 0 && w.hasAny(l) {
		return true // as another one asked for, perhaps
	}
	for i, way := range w.ways(l) {
		this := attempt{reason, i}
		if r, helps := way(); helps && !w.tried[this] && !w.banned[w.key(r)] {
			w.tried[this] = true
			w.add(r)
			return true
		}
	}
	return false
}

// add adds a remedy. A membership with more options takes the place of the same one with fewer.
func (w *remedying) add(r remedy) {
	r.change.Apply(w.have)
	w.actor, w.last = nil, append(w.last, r)
	if at := slices.IndexFunc(w.remedies, r.isMoreThan); at >= 0 {
		w.remedies[at] = r
	} else {
		w.remedies = append(w.remedies, r)
	}
}

func (r remedy) isMoreThan(other remedy) bool {
	now, grants := r.change.(catalog.GrantRole)
	before, granted := other.change.(catalog.GrantRole)
	return grants && granted && r.as == other.as && slices.Equal(now.Roles, before.Roles) && slices.Equal(now.Members, before.Members) &&
		now.Grantor == before.Grantor && now.Options != nil && before.Options != nil && before.Options.With(*now.Options) == *now.Options
}

// acting gives the connecting role.
func (w *remedying) acting() *access.Actor {
	if w.actor == nil {
		w.actor = access.NewActor(w.have)
	}
	return w.actor
}
