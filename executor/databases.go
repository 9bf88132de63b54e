package executor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// DefaultParallel is how many databases are read at a time.
const DefaultParallel = 4

// PlanDatabases does what [Plan] does for a spec that is about other databases, too ([spec.Role.In]). It connects to
// each of them as the given connection was made, with the database's name in place, and with a spec that names no
// databases it does not. The sequence is in order: what is to be done in the connected database, around the others by
// name. The errors of all databases come together, each with its name.
func PlanDatabases(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options) (*planner.Sequence, error) {
	return run(ctx, conn, o, "plan", func(o Options) (*planner.Sequence, error) {
		if err := checkSpec(s); err != nil {
			return nil, err
		}
		planned, err := planDatabases(ctx, conn, s, o, nil, false)
		if err != nil {
			return nil, err
		}
		steps, err := planned.steps()
		if err != nil {
			return nil, err
		}
		return planned.sequenceOf(steps), nil
	}, saidOfSequence)
}

// planDatabases plans for all databases of a run. It adds those in which something depends on leavers, although the
// spec does not name them. If looking is true, a look may find that a database has nothing to do.
func planDatabases(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options, more []string, looking bool) (*sequenceRun, error) {
	for {
		run, err := planReaching(ctx, conn, s, o, more, looking)
		switch {
		case err == nil || run.connected == nil:
			return run, err
		case len(run.connected.planning.elsewhere) == 0:
			return run, run.withOthersInTheWay(ctx, err)
		}
		known := len(more)
		more = lists.AppendNew(more, slices.Collect(maps.Keys(run.connected.planning.elsewhere))...)
		if len(more) == known {
			return run, run.withOthersInTheWay(ctx, err)
		}
	}
}

// planReaching plans for the spec's databases and for more, which are known by now.
func planReaching(ctx context.Context, conn *pgx.Conn, s *spec.Spec, o Options, more []string, looking bool) (*sequenceRun, error) {
	run := &sequenceRun{conn: conn, options: o.withBudget(), more: more}
	var here *spec.Spec
	var err error
	if here, err = run.findOthers(ctx, s); err != nil {
		return run, err
	}
	if run.connected, err = newDatabaseRun(here, run.options); err != nil {
		return run, err
	}
	run.connected.planning.reached = lists.Set(lists.Map(run.others, func(d *databaseRun) string { return d.database.Name }))
	if err := run.connected.look(ctx, conn, nil, looking); err != nil {
		return run, err
	}
	if err := run.lookAtOthers(ctx, looking); err != nil {
		return run, err
	}
	return run, run.checkLosses()
}

// sequenceRun is a run over several databases.
type sequenceRun struct {
	conn      *pgx.Conn
	options   Options
	connected *databaseRun
	// connectedTo is the name of the connected database; empty: there are no others.
	connectedTo string
	others      []*databaseRun
	warnings    []string
	// staged are the stages of the connected database, if they were planned before the other databases.
	staged []step
	// more are databases that the spec does not name and in which something depends on leavers.
	more []string
}

// databaseRun is the part of a run in one database.
type databaseRun struct {
	*operation
	database spec.Database
	// found is the plan. If a look has shown that something differs, and planning waits for the database's turn,
	// isUnplanned says so.
	found       *planner.Plan
	isUnplanned bool
}

// isDone tells whether nothing is to be done.
func (d *databaseRun) isDone() bool { return d.found.IsEmpty() && !d.isUnplanned }

func newDatabaseRun(s *spec.Spec, o Options) (*databaseRun, error) {
	op, err := syncOperation(s, o)
	if err != nil {
		return nil, err
	}
	return &databaseRun{operation: op}, nil
}

// findOthers sets the other databases that the spec is about, and gives the spec of the connected one.
func (r *sequenceRun) findOthers(ctx context.Context, s *spec.Spec) (*spec.Spec, error) {
	if r.options.Missing != "" {
		other := *s
		other.Missing = r.options.Missing
		s = &other
	}
	if !s.NamesDatabases() && len(r.more) == 0 {
		return s, nil
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	connected, there, err := readDatabases(ctx, r.options.session(r.conn))
	if err != nil {
		return nil, err
	}
	if s.Database != "" && s.Database != connected.Name {
		return s.Here(connected), nil // which is refused
	}
	others, warnings, err := s.Others(connected.Name, there)
	if err != nil {
		return nil, err
	}
	r.warnings, r.connectedTo = warnings, connected.Name
	for _, database := range r.withMore(others, there) {
		if err := r.addOther(s, database); err != nil {
			return nil, err
		}
	}
	return s.Here(connected), nil
}

// withMore adds the databases in which something depends on leavers to those of the spec, and sorts them by name.
func (r *sequenceRun) withMore(others, there []spec.Database) []spec.Database {
	for _, database := range there {
		if slices.Contains(r.more, database.Name) && !slices.Contains(others, database) {
			others = append(others, database)
		}
	}
	slices.SortFunc(others, func(x, y spec.Database) int { return cmp.Compare(x.Name, y.Name) })
	return others
}

// addOther adds the run of another database, about which nobody is asked or told by itself.
func (r *sequenceRun) addOther(s *spec.Spec, database spec.Database) error {
	o := r.options
	o.Confirm, o.Progress = nil, nil
	other, err := newDatabaseRun(s.In(database), o)
	if err != nil {
		return err
	}
	other.database = database
	other.readShared(s)
	r.others = append(r.others, other)
	return nil
}

// readShared widens the reading for an effect by all roles of the spec, although the spec may say nothing of them in
// this database. Who joins or leaves such a role gains or loses what it has here.
func (d *databaseRun) readShared(s *spec.Spec) {
	if !d.planning.options.Effect {
		return
	}
	shared := resolve.ScopeOfRoles(s)
	scope := d.planning.scope
	d.planning.scope = func() catalog.Scope {
		out := scope()
		out.Mentioned = slices.Concat(out.Mentioned, shared.Mentioned, shared.Roles)
		out.Below = slices.Concat(out.Below, shared.Roles)
		return out
	}
}

// readDatabases reads which databases there are, in order, and which is the connected one.
func readDatabases(ctx context.Context, s wire.Session) (connected spec.Database, all []spec.Database, err error) {
	err = s.Read(ctx, wire.Query{Doing: "reading which databases there are", SQL: gen.Databases, Read: wire.EachRow(func(row gen.DatabasesRow) {
		all = append(all, spec.Database{Name: row.Database, AllowsConnections: row.AllowsConnections.Bool, IsTemplate: row.IsTemplate})
		if row.IsConnected {
			connected = all[len(all)-1]
		}
	})})
	return connected, all, err
}

// look finds out what there is to do in a database, as if changes to shared roles and memberships had been made.
func (d *databaseRun) look(ctx context.Context, conn *pgx.Conn, before []catalog.Change, looking bool) (err error) {
	if looking {
		if isKnown, err := d.lookForDrift(ctx, conn, before); isKnown || err != nil {
			return err
		}
	}
	d.found, err = d.planAfter(ctx, conn, before)
	return err
}

// lookForDrift finds out by a look whether something differs. Another database than the connected one then waits for
// its turn to be planned, unless somebody has to confirm the plan. A superuser has to ask: others may be refused, which
// has to be known before anything is done.
func (d *databaseRun) lookForDrift(ctx context.Context, conn *pgx.Conn, before []catalog.Change) (isKnown bool, err error) {
	p := d.planning
	if d.options.Confirm != nil || !p.canCheckDriftFirst(conn) {
		return false, nil
	}
	seen, err := inspect.Drift(ctx, d.options.session(conn), p.including(p.scope(), false))
	if err != nil || seen.Catalog == nil {
		return false, err
	}
	applyShared(before, seen.Catalog)
	plan, wanted := p.inSync(seen.Catalog)
	isElsewhere := d.database.Name != "" && !slices.ContainsFunc(p.spec.Roles, func(r spec.Role) bool { return r.IsAbsent() })
	switch {
	case plan != nil:
		d.found = plan
		return true, nil
	case wanted != nil && isElsewhere && d.options.ConfirmSequence == nil && d.options.MaxRevokes == nil && conn.PgConn().ParameterStatus("is_superuser") == "on":
		d.found, d.isUnplanned = &planner.Plan{Server: seen.Catalog.Server}, true
		d.ledger.Installed = seen.HasLedger && !d.options.NoLedger
		return true, nil
	}
	return false, nil
}

// lookAtOthers looks at all other databases, a few at a time.
func (r *sequenceRun) lookAtOthers(ctx context.Context, looking bool) error {
	before, later := r.sharedBefore(), sharedAtTheEnd(r.connected.found)
	var progress sync.Mutex
	done := 0
	failed := inParallel(r.options.Parallel, r.others, func(_ int, d *databaseRun) error {
		d.planning.later = later
		err := r.within(ctx, d, func(conn *pgx.Conn) error {
			return r.withRevokesFirst(d.look(ctx, conn, before, looking), func(first []catalog.Change) error {
				return d.look(ctx, conn, slices.Concat(before, first), false)
			})
		})
		progress.Lock()
		defer progress.Unlock()
		done++
		r.options.session(nil).Tell(Progress{Doing: "reading databases", Done: done, Of: len(r.others)})
		return err
	})
	if err := errors.Join(failed...); err != nil {
		return err
	}
	for _, d := range r.others {
		if here, there := r.connected.found.Server.SystemIdentifier, d.found.Server.SystemIdentifier; here != there && here != "" && there != "" {
			return &DatabaseError{Database: d.database.Name, Err: errors.New("it is in another cluster than the connected database: connect to the server itself")}
		}
	}
	return r.shareAdministrators(before)
}

// inParallel calls do for each of all, at most parallel at a time; 0: [DefaultParallel].
func inParallel[T any](parallel int, all []T, do func(i int, one T) error) []error {
	var group sync.WaitGroup
	free, failed := make(chan struct{}, cmp.Or(max(parallel, 0), DefaultParallel)), make([]error, len(all))
	for i, one := range all {
		free <- struct{}{}
		group.Go(func() {
			failed[i] = do(i, one)
			<-free
		})
	}
	group.Wait()
	return failed
}

// within connects to another database of the same server and calls do. Its errors name the database. The name goes into
// a field of the configuration, never into a text that is parsed: a name may contain anything.
func (r *sequenceRun) within(ctx context.Context, d *databaseRun, do func(*pgx.Conn) error) error {
	conn, err := wire.ReconnectWith(ctx, r.conn, func(config *pgx.ConnConfig) { config.Database = d.database.Name })
	if err != nil {
		return &DatabaseError{Database: d.database.Name, Err: err}
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if err := do(conn); err != nil {
		return &DatabaseError{Database: d.database.Name, Err: err}
	}
	return nil
}

// DatabaseError says in which database something failed. It unwraps to why.
type DatabaseError struct {
	Database string
	Err      error
}

// Unwrap gives the cause.
func (e *DatabaseError) Unwrap() error { return e.Err }

// Error names the database.
func (e *DatabaseError) Error() string { return fmt.Sprintf("in database %q: %v", e.Database, e.Err) }

// shareAdministrators plans a database again that would create an administrator role which a database before it
// creates.
func (r *sequenceRun) shareAdministrators(before []catalog.Change) error {
	for _, d := range r.others {
		if d.isDone() || d.isUnplanned {
			continue
		}
		if slices.ContainsFunc(before, func(c catalog.Change) bool { return d.creates(c) }) {
			current := d.planning.last.current.Clone()
			applyShared(before, current)
			plan, err := d.planning.planCatalog(current)
			if err != nil {
				return &DatabaseError{Database: d.database.Name, Err: err}
			}
			d.warnOfLedger(plan)
			d.found = plan
		}
		before = append(slices.Clip(before), administrators(d.found)...)
	}
	return nil
}
