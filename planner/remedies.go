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
	w := &remedying{plan: plan, banned: map[string]bool{}, plansLeft: bisectingPlans}
	for {
		w.begin(current)
		if refusal, done := w.work(); done {
			return refusal
		}
	}
}

// bisectingPlans is how often is planned to find out which of many remedies the spec contradicts. Of those that are
// found to contradict it together after that, none is taken.
const bisectingPlans = 100

// remedying works out remedies one after the other.
type remedying struct {
	plan func(*catalog.Catalog) (*catalog.Catalog, error)
	// remedied is what the remedies have come to so far, before what they had before the last round.
	remedied
	before remedied
	// last are those of the last round.
	last []remedy
	round
	// reasons are all that there were, in order.
	reasons []Reason
	// tried are options tried since the search began anew. banned are remedies that led nowhere; they stay banned when
	// it does.
	tried  map[attempt]bool
	banned map[string]bool
	// done are the acts that remedies of this round do themselves, so that nothing else is lacking for them.
	done []string
	// plansLeft is how many plans are left of bisectingPlans.
	plansLeft int
	// actor is the connecting role in the catalog as it is now; nil: to be made. Then is who reaches what by what was
	// last desired.
	actor *access.Actor
	then  *access.Reach
}

// remedied is a catalog with remedies.
type remedied struct {
	have     *catalog.Catalog
	remedies []remedy
}

func (r remedied) clone() remedied { return remedied{r.have.Clone(), slices.Clone(r.remedies)} }

// attempt is one of the ways to remedy a reason, or that a superuser does it.
type attempt struct {
	Reason
	way int
}

const bySuperuser = -1

// remedy is a statement for a superuser to run in the name of a role; empty: in its own.
type remedy struct {
	change catalog.Change
	as     string
}

// begin begins anew, but for what is banned.
func (w *remedying) begin(current *catalog.Catalog) {
	w.remedied, w.last, w.reasons, w.tried, w.actor = remedied{have: current.Clone()}, nil, nil, map[attempt]bool{}, nil
}

// work remedies until nothing is refused, or nothing helps. It is not done if the plan would undo a remedy: that is
// banned then.
func (w *remedying) work() (*Refusal, bool) {
	for {
		desired, err := w.plan(w.have)
		var refusal *Refusal
		switch {
		case err == nil || isLimit(err):
			return w.result(nil), true
		case !errors.As(err, &refusal): // the spec contradicts a remedy
			if len(w.last) == 0 {
				return w.result(w.reasons), true
			}
			w.goBack(w.before)
			of := w.round
			w.bisect(of, 0, of.size)
			w.last = nil
			continue
		case w.banUndone(refusal):
			return nil, false
		}
		w.note(refusal)
		w.before, w.last, w.done, w.then = w.remedied.clone(), nil, nil, access.NewReach(desired)
		w.remedy(refusal, desired)
		if len(w.last) == 0 {
			return w.result(refusal.Reasons), true
		}
	}
}

// round is what is tried at once: rights to give, or what a superuser is to do instead.
type round struct {
	size int
	// take remedies with some of it, drop sees to it that this is not tried again.
	take, drop func(from, to int)
}

// bisect takes, of a part of a round that the spec contradicts, the remedies that it does not contradict.
func (w *remedying) bisect(of round, from, to int) {
	if to-from == 1 || w.plansLeft <= 0 {
		of.drop(from, to)
		return
	}
	middle := (from + to) / 2
	for _, half := range [][2]int{{from, middle}, {middle, to}} {
		before := w.remedied.clone()
		of.take(half[0], half[1])
		w.plansLeft--
		if _, err := w.plan(w.have); contradicts(err) {
			w.goBack(before)
			w.bisect(of, half[0], half[1])
		}
	}
}

func (w *remedying) goBack(to remedied) { w.remedied, w.actor = to, nil }

// contradicts tells whether a plan failed by something else than a lack of rights.
func contradicts(err error) bool {
	return err != nil && !isLimit(err) && !errors.As(err, new(*Refusal))
}

// isLimit tells whether a plan may be carried out, but does not fit into the server.
func isLimit(err error) bool {
	return errors.As(err, new(*LockTableError))
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

// ban bans remedies. It tells whether there are any.
func (w *remedying) ban(remedies []remedy) bool {
	for _, r := range remedies {
		w.banned[w.key(r)] = true
	}
	return len(remedies) > 0
}

func (w *remedying) key(r remedy) string {
	return r.as + "\x00" + script.Masked(r.change, w.have.Server)
}

// banUndone bans what the plan would only take away again, as it does where the connecting role is in the spec.
func (w *remedying) banUndone(refusal *Refusal) bool {
	return w.ban(slices.DeleteFunc(slices.Clone(w.remedies), func(r remedy) bool {
		return !slices.ContainsFunc(refusal.denials, func(l denial) bool { return l.undoes(r.change) })
	}))
}

// remedy remedies what it can of a refusal: with rights first, and, if there are none to give, with what a superuser
// does itself. That is worked out from what is desired, which depends on the rights.
func (w *remedying) remedy(refusal *Refusal, desired *catalog.Catalog) {
	var reasons []Reason
	var left []denial
	for i, reason := range refusal.Reasons {
		if w.give(reason, refusal.denials[i]) || w.tried[attempt{reason, bySuperuser}] {
			continue
		}
		reasons, left = append(reasons, reason), append(left, refusal.denials[i])
	}
	if given := w.last; len(given) > 0 {
		w.round = round{len(given), func(from, to int) { w.addAll(given[from:to]) }, func(from, to int) { w.ban(given[from:to]) }}
		return
	}
	drop := func(from, to int) {
		for _, reason := range reasons[from:to] {
			w.tried[attempt{reason, bySuperuser}] = true
		}
	}
	take := func(from, to int) {
		w.addAll(slices.DeleteFunc(superusers(w.have, desired, left[from:to]), w.isThere))
	}
	w.round = round{len(left), func(from, to int) { drop(from, to); take(from, to) }, drop}
	take(0, len(left))
}

// isThere tells whether a remedy has been taken already. One that was of no help is of none again.
func (w *remedying) isThere(r remedy) bool {
	key := w.key(r)
	return slices.ContainsFunc(w.remedies, func(other remedy) bool { return w.key(other) == key })
}

// give gives the next right that would do. It tells whether there is any.
func (w *remedying) give(reason Reason, l denial) bool {
	if slices.Contains(w.done, reason.Act) || len(w.last) > 0 && w.hasAny(l) {
		return true // as another one asked for, perhaps
	}
	for i, way := range w.ways(l) {
		this := attempt{reason, i}
		if r, helps := way(); helps && !w.tried[this] && !w.banned[w.key(r)] {
			w.tried[this] = true
			w.add(r)
			if l.isDoneBy(r) {
				w.done = append(w.done, reason.Act)
			}
			return true
		}
	}
	return false
}

// addAll adds remedies, but for those that are banned.
func (w *remedying) addAll(remedies []remedy) {
	for _, r := range remedies {
		if !w.banned[w.key(r)] {
			w.add(r)
		}
	}
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
