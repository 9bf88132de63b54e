package executor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// Plan reads the catalog and works out what has to be done. It changes nothing and takes no lock. Errors:
// [spec.Errors] where the spec contradicts the catalog, [*MissingError], [*planner.Refusal], and those of the
// connection.
func Plan(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (*planner.Plan, error) {
	return run(ctx, conn, o, "plan", func(o Options) (*planner.Plan, error) {
		if err := checkSpec(s); err != nil {
			return nil, err
		}
		op, err := syncOperation(s, o)
		if err != nil {
			return nil, err
		}
		return op.planAlone(ctx, conn)
	}, saidOfPlan)
}

// syncOperation gives the operation that makes the roles of a spec be what it says.
func syncOperation(s *spec.Spec, o Options) (*operation, error) {
	p, err := newPlanning(s, o)
	if err != nil {
		return nil, err
	}
	return &operation{lockKey: lockKey(s), options: o, plan: p.plan, planning: p}, nil
}

// planning plans the same spec any number of times, with the same salts.
type planning struct {
	spec      *spec.Spec
	scope     func() catalog.Scope
	options   Options
	passwords passwords
	// taken are names of existing roles, which new roles cannot have.
	taken map[string]bool
	last  *lastPlan
	// notInSpec is what the roles have that the spec says nothing of, if the options ask for it.
	notInSpec resolve.NotInSpec
	// reading is how much is read. The first inspection decides.
	reading inspect.Reading
	// missing and skipped are what the spec names and does not exist, at the last planning that did not verify.
	missing, skipped []Missing
	verifying        bool
	// stage is the stage that is planned in the connected database: see [SyncDatabases].
	stage planner.Stage
	// reached are the other databases of a run. Elsewhere are those that it does not reach and in which something depends
	// on leavers.
	reached, elsewhere map[string]bool
	// later are the changes to roles and memberships that the connected database has made when all databases are done.
	later []catalog.Change
	// lostElsewhere warns of what the plan takes in other databases.
	lostElsewhere []string
	// encodingChecked tells that the database was asked whether it can hold the spec's texts.
	encodingChecked bool
}

func newPlanning(s *spec.Spec, o Options) (*planning, error) {
	if o.Missing != "" || o.Mode != "" {
		other := *s
		other.Missing, other.Mode = cmp.Or(o.Missing, s.Missing), cmp.Or(o.Mode, s.Mode)
		s = &other
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	o.Effect = o.Effect || o.MaxRevokes != nil // which takes as much to be known
	scope := sync.OnceValue(func() catalog.Scope { return resolve.Scope(s) })
	return &planning{spec: s, scope: scope, options: o, taken: map[string]bool{}, passwords: passwords{}}, nil
}

// plan reads the catalog and plans, unless the last plan still holds.
func (p *planning) plan(ctx context.Context, from catalogReader) (*planner.Plan, error) {
	effect := from.effect || p.options.Effect
	p.verifying = from.verifies
	if from.verifies {
		return p.verify(ctx, from, effect)
	}
	holds, err := p.last.holds(ctx, from, effect)
	if err != nil {
		return nil, err
	}
	if holds {
		*from.snapshot = p.last.snapshot
		return p.last.plan, nil
	}
	if from.tx == nil {
		from.also = append(slices.Clip(from.also), from.snapshot.query())
		if p.options.Undecided {
			from.also = append(from.also, p.askUndecided(from.as)...)
		}
	}
	current, err := p.inspect(ctx, from, effect, nil)
	if err != nil {
		return nil, err
	}
	plan, err := p.planWithFreeNames(ctx, from, current, effect)
	if err == nil {
		p.last.snapshot, p.last.effect = *from.snapshot, effect
	}
	return plan, err
}

// verify plans what is left to do after the last plan has run. It also makes sure that no CASCADE took anything from
// others.
func (p *planning) verify(ctx context.Context, from catalogReader, effect bool) (*planner.Plan, error) {
	others := p.last.cascadeCheck(p.spec)
	if others == nil {
		if seen, err := p.isSeen(ctx, from.tx); seen || err != nil {
			return &planner.Plan{Server: p.last.current.Server, From: p.last.current}, err
		}
	}
	if others == nil && from.tx != nil && p.canCheckDriftFirst(from.Conn) {
		seen, err := inspect.DriftWithin(ctx, from.tx.Transaction, p.including(p.scope(), false))
		if err != nil {
			return nil, err
		}
		if p.last.isOfLook() && seen.HasLedger && !p.options.NoLedger {
			return nil, errLedgerSince
		}
		if plan, _ := p.inSync(seen.Catalog); plan != nil {
			return plan, nil
		}
	}
	current, err := p.inspect(ctx, from, effect, others)
	if err != nil {
		return nil, err
	}
	if lost := others.lost(current); len(lost) > 0 {
		return nil, &NotAsPlannedError{Lost: lost}
	}
	return p.planFrom(ctx, from, current, effect)
}

// inspect reads what the spec is about, and what the CASCADE of a plan may have taken from others. Where everything is
// read, most objects need not be named.
func (p *planning) inspect(ctx context.Context, from catalogReader, effect bool, others *cascadeCheck) (*catalog.Catalog, error) {
	defer from.Tell(Progress{Doing: "planning"}) // it comes next
	from.reading = &p.reading
	scope := p.scope
	if p.reading == inspect.Whole && !effect && !scope().Holders {
		scope = func() catalog.Scope {
			roles := resolve.ScopeOfRoles(p.spec)
			roles.System = p.scope().System
			roles.Objects = slices.DeleteFunc(slices.Clone(p.scope().Objects), func(id catalog.ObjectID) bool { return id.Kind != catalog.LargeObject && !id.Kind.Info().NeedsNoRow })
			return roles
		}
	}
	c, err := from.inspect(ctx, resolve.WithLeavers(others.widen(p.including(scope(), effect))))
	return c, p.checkEncoding(ctx, from, err)
}

// planFrom plans from a catalog. If the plan is refused, or may be wrong for want of others' members, it reads more and
// plans again: to find the remedies, and what may not be joined.
func (p *planning) planFrom(ctx context.Context, from catalogReader, current *catalog.Catalog, effect bool) (*planner.Plan, error) {
	plan, err := p.planCatalog(current)
	if p.reading != inspect.Whole && (p.mayCloseCircles(current, err) || errors.As(err, new(*planner.Refusal))) {
		wider, failed := from.inspect(ctx, resolve.WithLeavers(scopeForRemedies(p.including(p.scope(), effect), current)))
		if failed != nil {
			return nil, failed
		}
		current = wider
		plan, err = p.planCatalog(current)
	}
	if errors.As(err, new(*planner.Refusal)) {
		err = p.withRemedies(err, current)
	}
	var elsewhere access.Losses
	if err == nil && !p.verifying && p.stage == planner.Whole {
		elsewhere, err = p.lossesElsewhere(ctx, from, plan)
		plan.Warnings = append(plan.Warnings, p.lostElsewhere...)
	}
	if err == nil {
		err = p.options.checkLosses(plan, elsewhere)
	}
	return plan, actingAs(current.Server, p.withSuggestions(ctx, from, err))
}

// mayCloseCircles tells whether a plan makes roles members of the connecting role, or whether that is unknown because
// the spec is refused. The connecting role cannot become a member of its own members. Before 16 CREATEROLE lets it join
// any role to act for it, and which owners that rules out shows only in whose members they are.
// https://www.postgresql.org/docs/15/sql-grant.html
func (p *planning) mayCloseCircles(current *catalog.Catalog, err error) bool {
	name := []string{current.Server.CurrentUser}
	if current.Server.MembershipsHaveOptions() || current.IsSuperuser(name[0]) {
		return false
	}
	if err != nil {
		return errors.As(err, new(spec.Errors))
	}
	all := func(catalog.Options) bool { return true }
	were := catalog.Below(name, all, current)
	for role := range catalog.Below(name, all, p.last.desired) {
		if !were[role] {
			return true
		}
	}
	return false
}

// including adds to a scope what the options and the effect need.
func (p *planning) including(scope catalog.Scope, effect bool) catalog.Scope {
	to := p.options.ReassignTo
	if to != "" {
		scope.Mentioned = append(slices.Clip(scope.Mentioned), to)
	}
	if effect { // which depends on who has the roles that it is about
		scope.Below = slices.Concat(scope.Below, scope.Roles)
		if to != "" {
			scope.Below = append(scope.Below, to)
		}
	}
	return scope
}

// planCatalog plans the difference between a catalog and what the spec means for it.
func (p *planning) planCatalog(current *catalog.Catalog) (*planner.Plan, error) {
	resolution, err := p.resolve(current)
	if err != nil {
		return nil, err
	}
	return p.planResolved(current, resolution)
}

// planResolved plans the difference between a catalog and a resolution of it.
func (p *planning) planResolved(current *catalog.Catalog, resolution *resolve.Resolution) (*planner.Plan, error) {
	plan, err := p.build(current, resolution)
	if err != nil {
		return nil, err
	}
	p.last = &lastPlan{plan: plan, current: current, desired: resolution.Desired, ends: len(resolution.Ends) > 0}
	return plan, nil
}

// resolve works out what the spec means for a catalog, and refuses what is missing.
func (p *planning) resolve(current *catalog.Catalog) (*resolve.Resolution, error) {
	p.noteElsewhere(current)
	if err := p.reassignable(current); err != nil {
		return nil, err
	}
	means := resolve.Means{
		Taken: p.taken, Verifier: p.passwords.verifier, ReassignTo: p.options.ReassignTo, TrustCode: p.options.TrustCode,
		AllowLockout: p.options.AllowLockout, Reached: p.reached, Advised: script.Advised{},
	}
	if len(p.later) > 0 {
		means.Later = func(c *catalog.Catalog) { applyShared(p.later, c) }
	}
	resolution, err := resolve.Resolve(p.spec, current, means)
	if err := withMissing(err, p.spec.Missing, resolution.Missing); err != nil {
		return nil, err
	}
	resolution.Desired = p.stage.Desired(current, resolution.Desired)
	return resolution, nil
}

// build makes the plan of a resolution, with its warnings.
func (p *planning) build(current *catalog.Catalog, resolution *resolve.Resolution) (*planner.Plan, error) {
	plan, err := planner.Build(current, resolution.Desired)
	if err != nil {
		return nil, planner.Located(err, func(change catalog.Change) string { return resolution.DeclaredAt(change).String() })
	}
	if err := p.options.checkMayBeInParts(plan); err != nil {
		return nil, err
	}
	if p.stage == planner.LosingLogins || p.stage == planner.Losing { // of which the other stage tells
		return plan, nil
	}
	if !p.verifying {
		p.missing, p.skipped = resolution.Missing, slices.Concat(leftOut(resolution.Missing), resolution.Skipped)
	}
	plan.Warnings = append(plan.Warnings, warningsOf(resolution.Missing)...)
	plan.Warnings = append(plan.Warnings, resolution.Warnings...)
	if p.stage == planner.Gaining { // all of it was planned before
		plan.Warnings = append(plan.Warnings, p.lostElsewhere...)
	}
	plan.Left = resolution.Left
	p.nameEnds(plan, current.Moment, resolution.Ends)
	if p.options.Undecided {
		others := p.notInSpec
		others.ByDefault = resolution.ByDefault()
		plan.Undecided = resolve.Undecided(p.spec, resolution.Desired, others)
	}
	return plan, nil
}

// nameEnds says in a plan what ends soon, and when the first of what it gives ends.
func (p *planning) nameEnds(plan *planner.Plan, moment time.Time, ends []resolve.End) {
	plan.Ends = lists.Map(resolve.Within(ends, moment, cmp.Or(p.options.EndsWithin, DefaultEndsWithin)), resolve.End.String)
	if first := slices.IndexFunc(ends, func(e resolve.End) bool { return e.IsNew }); first >= 0 {
		plan.SetStaleAfter(ends[first].Until)
	}
}

// actingAs adds to a refusal the role that the session acts as, if it is not the login role. A setting of the login
// role may make it so.
func actingAs(s catalog.Server, err error) error {
	if s.SessionUser == s.CurrentUser || !errors.As(err, new(*planner.Refusal)) {
		return err
	}
	return fmt.Errorf("the session acts as role %q (the login is %q): %w", s.CurrentUser, s.SessionUser, err)
}

func (p *planning) reassignable(current *catalog.Catalog) error {
	if to := p.options.ReassignTo; to != "" && current.Roles[to] == nil {
		return fmt.Errorf("reassigning to role %q: it does not exist", to)
	}
	return nil
}
