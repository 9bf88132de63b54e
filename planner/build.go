package planner

import (
	"maps"
	"slices"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// Build works out the statements that turn the current catalog into the desired one. Both are of one server, as
// [resolve.Resolve] gives them. The error is a [*Refusal] that lists everything that the connecting role may not do. A
// plan that ends sessions, or takes more locks than one transaction can have, comes in [Plan.Parts]. It is a
// [*LockTableError] if it cannot be divided.
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

// planOneTransaction plans without dividing the plan.
func planOneTransaction(from, to *catalog.Catalog) (*Plan, error) {
	_, plan, err := buildTryingBothOrders(from, to)
	return plan, err
}

// buildTryingBothOrders plans once more if the first plan is refused, with some memberships revoked first that go
// anyway. The connecting role cannot join a role that is a member of it.
func buildTryingBothOrders(from, to *catalog.Catalog) (*builder, *Plan, error) {
	b := newBuilder(from, to)
	plan, err := b.planAllSteps(from)
	if err == nil || len(blockingMemberships(from, to)) == 0 {
		return b, plan, err
	}
	other := newBuilder(from, to)
	other.revokesBlockingFirst = true
	if plan, again := other.planAllSteps(from); again == nil {
		return other, plan, nil
	}
	return b, nil, err
}

func newBuilder(current, desired *catalog.Catalog) *builder {
	return &builder{server: current.Server, working: current.Clone(), desired: desired, knownRefusals: map[Reason]bool{}}
}

// IsSame tells whether nothing differs, as most often. That is quick, since both catalogs share what does not differ.
func IsSame(current, desired *catalog.Catalog) bool {
	return maps.EqualFunc(current.Roles, desired.Roles, sameRole) &&
		maps.EqualFunc(current.Members, desired.Members, catalog.SameMemberships) &&
		IsSameButRoles(current, desired)
}

// IsSameButRoles tells whether nothing differs but roles and memberships.
func IsSameButRoles(current, desired *catalog.Catalog) bool {
	samePolicy := func(now, want catalog.Policy) bool { return slices.Equal(now.Roles, want.Roles) }
	return maps.EqualFunc(current.DefaultPrivileges, desired.DefaultPrivileges, slices.Equal[catalog.ACL]) &&
		maps.Equal(current.Objects, desired.Objects) &&
		maps.EqualFunc(current.Policies, desired.Policies, samePolicy) &&
		len(losingInitial(current, desired)) == 0
}

func sameRole(now, want *catalog.Role) bool {
	_, differs := alterRole(now, want)
	return now == want || now.Comment == want.Comment && !differs && slices.Equal(now.Settings, want.Settings)
}

// builder writes statements down one after the other. Each is worked out from what those before it have left: a change
// of owner, for one, rewrites the ACL from which privileges are then revoked.
type builder struct {
	server     catalog.Server
	working    *catalog.Catalog
	desired    *catalog.Catalog
	reachAfter *access.Reach
	authority  *authority
	// names are the desired roles that differ, in order: see roleNames.
	names      []string
	statements []script.Statement
	// revokesBlockingFirst tells that the memberships which keep the connecting role from joining a role are revoked
	// before it joins any.
	revokesBlockingFirst bool
	// temporary are the privileges that roles have only until they are revoked in the same plan.
	temporary []catalog.Grant
	// about is what the current step changes.
	about subject
	// refused are the acts that the connecting role may not do. Denials say what it lacks for each.
	refused []Reason
	denials []denial
	// refusals counts them, also those that were known.
	refusals int
	// knownRefusals are the same as a set.
	knownRefusals map[Reason]bool
	// crowded are the objects that come to have very many direct grantees.
	crowded []crowded
}

// addStatement adds a statement and applies it to the working catalog.
func (b *builder) addStatement(section script.Section, as string, change catalog.Change, reason string) {
	b.statements = append(b.statements, script.Statement{Change: change, As: as, Section: section, Reason: reason})
	change.Apply(b.working)
}

// addTemporary adds a statement that a later one takes back. So it is not applied to the working catalog.
func (b *builder) addTemporary(section script.Section, change catalog.Change, reason string) {
	b.statements = append(b.statements, script.Statement{Change: change, Section: section, Reason: reason})
}

// refuse notes something that the connecting role may not do, and what it lacks.
func (b *builder) refuse(act intent, why string, l denial) {
	b.refusals++
	r := Reason{Act: act.words, Why: why, about: l.about()}
	l.asked = act.change
	if !b.knownRefusals[r] {
		b.knownRefusals[r] = true
		b.refused, b.denials = append(b.refused, r), append(b.denials, l)
	}
}
