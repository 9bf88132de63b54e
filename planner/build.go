package planner

import (
	"maps"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Build works out the statements that make the desired state of the current one. Both must be snapshots of the same
// server, as [resolve.Resolve] gives them. The error is a [*Refusal] that lists everything that the connecting role may
// not do. What would take more locks than one transaction can have comes in [Plan.Parts], and so does a plan that ends
// sessions; what can not be divided is a [*LockTableError].
func Build(current, desired *catalog.Catalog) (*Plan, error) {
	if IsSame(current, desired) {
		return &Plan{Server: current.Server, From: current}, nil
	}
	b, plan, err := buildTryingBothOrders(current, desired)
	if err != nil {
		return nil, err
	}
	plan.Warnings = slices.Concat(b.crowdedWarnings(), b.slowLoginWarnings(), eventTriggerWarnings(current, plan.Statements))
	if ending := sessionsToEnd(current, desired); len(ending) > 0 {
		return withSessionsEnded(plan, desired, ending)
	}
	return inParts(plan, desired, planOneTransaction)
}

// planOneTransaction works out what is one transaction.
func planOneTransaction(from, to *catalog.Catalog) (*Plan, error) {
	_, plan, err := buildTryingBothOrders(from, to)
	return plan, err
}

// buildTryingBothOrders tries two orders. What is refused at first may be allowed where memberships that go anyway go
// first: the connecting role can not join a role that is a member of it.
func buildTryingBothOrders(from, to *catalog.Catalog) (*builder, *Plan, error) {
	b := newBuilder(from, to)
	plan, err := b.planAllSteps(from)
	if err == nil || !leavesAny(from, to) {
		return b, plan, err
	}
	other := newBuilder(from, to)
	other.leavingFirst = true
	if plan, again := other.planAllSteps(from); again == nil {
		return other, plan, nil
	}
	return b, nil, err
}

func newBuilder(current, desired *catalog.Catalog) *builder {
	return &builder{server: current.Server, working: current.Clone(), desired: desired, knownRefusals: map[Reason]bool{}}
}

// IsSame tells whether there is nothing to do, as most often there is: quickly, because of what does not differ both
// catalogs have the same.
func IsSame(current, desired *catalog.Catalog) bool {
	return maps.EqualFunc(current.Roles, desired.Roles, sameRole) &&
		maps.EqualFunc(current.Members, desired.Members, catalog.SameMemberships) &&
		maps.EqualFunc(current.DefaultPrivileges, desired.DefaultPrivileges, slices.Equal[catalog.ACL]) &&
		maps.Equal(current.Objects, desired.Objects) &&
		len(losingInitial(current, desired)) == 0
}

func sameRole(now, want *catalog.Role) bool {
	_, differs := alterRole(now, want)
	return now == want || now.Comment == want.Comment && !differs && slices.Equal(now.Settings, want.Settings)
}

// builder writes statements down one after the other, each worked out from what the ones before it have left: an owner
// that changes, for one, rewrites the ACL from which privileges are then revoked.
type builder struct {
	server  catalog.Server
	working *catalog.Catalog
	desired *catalog.Catalog
	// reachAfter is nil before it is asked for.
	reachAfter *access.Reach
	authority  *authority
	// names are those of the desired roles that differ, in order: see roleNames.
	names      []string
	statements []script.Statement
	// leavingFirst tells that memberships that keep the connecting role from joining a role are revoked before it joins
	// any.
	leavingFirst bool
	// temporary is what roles have only for the moment.
	temporary []catalog.Grant
	// about is what is being changed.
	about subject
	// refused are what the connecting role may not do, with what each lacks.
	refused []Reason
	denials []denial
	// knownRefusals are the same, to have each once.
	knownRefusals map[Reason]bool
	// crowded are the objects that come to have very many direct grantees.
	crowded []crowded
}

// addStatement adds a statement and lets it take effect on the working catalog.
func (b *builder) addStatement(section script.Section, as string, change catalog.Change, reason string) {
	b.statements = append(b.statements, script.Statement{Change: change, As: as, Section: section, Reason: reason})
	change.Apply(b.working)
}

// addTemporary adds a statement that another one takes back at the end, so that it has no effect on the working
// catalog.
func (b *builder) addTemporary(section script.Section, change catalog.Change, reason string) {
	b.statements = append(b.statements, script.Statement{Change: change, Section: section, Reason: reason})
}

// refuse notes something that the connecting role may not do, and what it lacks.
func (b *builder) refuse(act, why string, l denial) {
	r := Reason{Act: act, Why: why, about: l.about()}
	if !b.knownRefusals[r] {
		b.knownRefusals[r] = true
		b.refused, b.denials = append(b.refused, r), append(b.denials, l)
	}
}
