package planner

import (
	"errors"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// Remedied adds remedies to the error of a plan, if it is a [*Refusal]. Plan works out what is desired of a catalog,
// and the error of planning that.
//
// Remedies are worked out on a copy of the catalog. What was refused is remedied there and planned again, until nothing
// is refused any more.
func Remedied(err error, current *catalog.Catalog, plan func(*catalog.Catalog) (*catalog.Catalog, error)) error {
	if !errors.As(err, new(*Refusal)) {
		return err
	}
	s := &remedySearch{plan: plan, banned: map[string]bool{}, plansLeft: bisectingPlans}
	for {
		s.begin(current)
		if refusal, done := s.work(); done {
			return refusal
		}
	}
}

// bisectingPlans limits the plans that find out which of many remedies the spec contradicts. Remedies that are still
// together after that, and contradict it, are all left out.
const bisectingPlans = 100

// remedySearch works out remedies in batches, with a plan after each.
type remedySearch struct {
	plan func(*catalog.Catalog) (*catalog.Catalog, error)
	// remediedCatalog has the remedies so far, before those without the last batch.
	remediedCatalog
	before remediedCatalog
	// last are the remedies of the last batch.
	last []remedy
	batch
	// reasons are all reasons so far, in order.
	reasons []Reason
	// tried are the options that were tried since the search began again. Banned are remedies that the plan would undo or
	// the spec contradicts: they stay banned.
	tried  map[attempt]bool
	banned map[string]bool
	// done are the acts that remedies of this batch do themselves. Nothing else is lacking for them.
	done      []string
	plansLeft int
	// actor is the connecting role in the catalog with the remedies; nil: it was not worked out yet. Then is what roles
	// reach in the last desired catalog.
	actor *access.Actor
	then  *access.Reach
}

// remediedCatalog is a catalog to which remedies were applied.
type remediedCatalog struct {
	have     *catalog.Catalog
	remedies []remedy
}

func (r remediedCatalog) clone() remediedCatalog {
	return remediedCatalog{r.have.Clone(), slices.Clone(r.remedies)}
}

// attempt is an option for a reason: one of its rights by number, or that a superuser does the act.
type attempt struct {
	Reason
	option int
}

const bySuperuser = -1

// remedy is a statement for a superuser, to be run as another role; empty: as itself.
type remedy struct {
	change catalog.Change
	as     string
}

// begin starts from a catalog without remedies. It forgets everything except what is banned.
func (s *remedySearch) begin(current *catalog.Catalog) {
	s.remediedCatalog, s.last, s.reasons, s.tried, s.actor = remediedCatalog{have: current.Clone()}, nil, nil, map[attempt]bool{}, nil
}

// work finds remedies until nothing is refused, or nothing helps. It gives false if the plan would undo a remedy, which
// is banned then.
func (s *remedySearch) work() (*Refusal, bool) {
	for {
		desired, err := s.plan(s.have)
		var refusal *Refusal
		switch {
		case err == nil || isLimit(err):
			return s.result(nil), true
		case !errors.As(err, &refusal): // the spec contradicts a remedy
			if len(s.last) == 0 {
				return s.result(s.reasons), true
			}
			s.goBack(s.before)
			of := s.batch
			s.bisect(of, 0, of.size)
			s.last = nil
			continue
		case s.banUndone(refusal):
			return nil, false
		}
		s.reasons = lists.AppendNew(s.reasons, refusal.Reasons...)
		s.before, s.last, s.done, s.then = s.remediedCatalog.clone(), nil, nil, access.NewReach(desired)
		s.remedy(refusal, desired)
		if len(s.last) == 0 {
			return s.result(refusal.Reasons), true
		}
	}
}

// batch is what one plan tries: rights to give, or acts for a superuser to do.
type batch struct {
	size int
	// take adds the remedies of a part of it. Drop makes sure that this part is not tried again.
	take, drop func(from, to int)
}

// bisect takes the remedies of a part of a batch, except those that the spec contradicts.
func (s *remedySearch) bisect(of batch, from, to int) {
	if to-from == 1 || s.plansLeft <= 0 {
		of.drop(from, to)
		return
	}
	middle := (from + to) / 2
	for _, half := range [][2]int{{from, middle}, {middle, to}} {
		before := s.remediedCatalog.clone()
		of.take(half[0], half[1])
		s.plansLeft--
		if _, err := s.plan(s.have); contradicts(err) {
			s.goBack(before)
			s.bisect(of, half[0], half[1])
		}
	}
}

func (s *remedySearch) goBack(to remediedCatalog) { s.remediedCatalog, s.actor = to, nil }

// contradicts tells whether planning failed by something else than a lack of rights.
func contradicts(err error) bool {
	return err != nil && !isLimit(err) && !errors.As(err, new(*Refusal))
}

// isLimit tells whether a plan fails only by the size of the server's lock table.
func isLimit(err error) bool {
	return errors.As(err, new(*LockTableError))
}

// result gives the refusal with its remedies, and marks the reasons that are left.
func (s *remedySearch) result(left []Reason) *Refusal {
	refusal := &Refusal{Reasons: slices.Clone(s.reasons)}
	for i, reason := range refusal.Reasons {
		refusal.Reasons[i].Superuser = slices.Contains(left, reason)
	}
	for _, r := range s.remedies {
		refusal.Remedies = append(refusal.Remedies, script.Remedy(r.change, r.as, s.have.Server)...)
	}
	return refusal
}

// ban bans remedies. It tells whether there are any.
func (s *remedySearch) ban(remedies []remedy) bool {
	for _, r := range remedies {
		s.banned[s.key(r)] = true
	}
	return len(remedies) > 0
}

func (s *remedySearch) key(r remedy) string {
	return r.as + "\x00" + script.Masked(r.change, s.have.Server)
}

// banUndone bans remedies that the plan would take away again, as it may if the connecting role is in the spec.
func (s *remedySearch) banUndone(refusal *Refusal) bool {
	return s.ban(slices.DeleteFunc(slices.Clone(s.remedies), func(r remedy) bool {
		return !slices.ContainsFunc(refusal.denials, func(l denial) bool { return l.undoes(r.change) })
	}))
}

// remedy finds remedies for a refusal: rights first and, if there are none to give, acts for a superuser to do. These
// depend on what is desired, and so on the rights.
func (s *remedySearch) remedy(refusal *Refusal, desired *catalog.Catalog) {
	var reasons []Reason
	var left []denial
	for i, reason := range refusal.Reasons {
		if s.give(reason, refusal.denials[i]) || s.tried[attempt{reason, bySuperuser}] {
			continue
		}
		reasons, left = append(reasons, reason), append(left, refusal.denials[i])
	}
	if given := s.last; len(given) > 0 {
		s.batch = batch{len(given), func(from, to int) { s.addAll(given[from:to]) }, func(from, to int) { s.ban(given[from:to]) }}
		return
	}
	drop := func(from, to int) {
		for _, reason := range reasons[from:to] {
			s.tried[attempt{reason, bySuperuser}] = true
		}
	}
	take := func(from, to int) {
		s.addAll(slices.DeleteFunc(remediesBySuperuser(s.have, desired, left[from:to]), s.isThere))
	}
	s.batch = batch{len(left), func(from, to int) { drop(from, to); take(from, to) }, drop}
	take(0, len(left))
}

// isThere tells whether a remedy has been taken already: it does not help a second time.
func (s *remedySearch) isThere(r remedy) bool {
	key := s.key(r)
	return slices.ContainsFunc(s.remedies, func(other remedy) bool { return s.key(other) == key })
}

// give takes the next right that would help, and tells whether there is one.
func (s *remedySearch) give(reason Reason, l denial) bool {
	if slices.Contains(s.done, reason.Act) || len(s.last) > 0 && s.hasAny(l) {
		return true // as another one asked for, perhaps
	}
	for i, option := range s.options(l) {
		this := attempt{reason, i}
		if r, helps := option(); helps && !s.tried[this] && !s.banned[s.key(r)] {
			s.tried[this] = true
			s.add(r)
			if l.isDoneBy(r) {
				s.done = append(s.done, reason.Act)
			}
			return true
		}
	}
	return false
}

// addAll adds remedies, but for those that are banned.
func (s *remedySearch) addAll(remedies []remedy) {
	for _, r := range remedies {
		if !s.banned[s.key(r)] {
			s.add(r)
		}
	}
}

// add adds a remedy. It replaces a remedy for the same membership with fewer options.
func (s *remedySearch) add(r remedy) {
	r.change.Apply(s.have)
	s.actor, s.last = nil, append(s.last, r)
	if at := slices.IndexFunc(s.remedies, r.isMoreThan); at >= 0 {
		s.remedies[at] = r
	} else {
		s.remedies = append(s.remedies, r)
	}
}

func (r remedy) isMoreThan(other remedy) bool {
	now, grants := r.change.(catalog.GrantRole)
	before, granted := other.change.(catalog.GrantRole)
	return grants && granted && r.as == other.as && slices.Equal(now.Roles, before.Roles) && slices.Equal(now.Members, before.Members) &&
		now.Grantor == before.Grantor && now.Options != nil && before.Options != nil && before.Options.With(*now.Options) == *now.Options
}

// acting gives the connecting role in the catalog with the remedies.
func (s *remedySearch) acting() *access.Actor {
	if s.actor == nil {
		s.actor = access.NewActor(s.have)
	}
	return s.actor
}
