package executor

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// TooManyRevokesError says that roles would lose more than [Options.MaxRevokes] allows. Nothing was done.
type TooManyRevokesError struct {
	Losses access.Losses
	// Most is how many losses are allowed.
	Most int
}

// Error counts what would be lost, and names the first of it.
func (e *TooManyRevokesError) Error() string {
	const most = 10
	var text strings.Builder
	fmt.Fprintf(&text, "roles would lose %s, and %s is allowed (--max-revokes), so nothing was done: %s",
		script.Count(e.Losses.Count(), "thing", "things"), noMoreThan(e.Most), countsOf(e.Losses))
	for _, line := range e.Losses.Lines[:min(len(e.Losses.Lines), most)] {
		text.WriteString("\n  " + line)
	}
	if more := len(e.Losses.Lines) - most; more > 0 {
		fmt.Fprintf(&text, "\n  and %d more lines", more)
	}
	return text.String()
}

func noMoreThan(most int) string {
	if most == 0 {
		return "nothing"
	}
	return "no more than " + script.Number(most)
}

func countsOf(l access.Losses) string {
	var out []string
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{l.Privileges, "privilege", "privileges"}, {l.GrantOptions, "grant option", "grant options"}, {l.DefaultPrivileges, "default privilege", "default privileges"},
		{l.Memberships, "membership", "memberships"}, {l.Ownerships, "ownership", "ownerships"}, {l.Logins, "login", "logins"}, {l.Attributes, "attribute", "attributes"},
	} {
		if c.n > 0 {
			out = append(out, script.Count(c.n, c.one, c.many))
		}
	}
	return strings.Join(out, ", ")
}

// checkLosses refuses a plan that would take more than is allowed.
func (o Options) checkLosses(plan *planner.Plan, elsewhere access.Losses) error {
	if o.MaxRevokes == nil {
		return nil
	}
	return o.refuse(access.LossesOf(plan.From, plan.After()).With(elsewhere, ""))
}

func (o Options) refuse(losses access.Losses) error {
	if losses.Count() > *o.MaxRevokes {
		return &TooManyRevokesError{losses, *o.MaxRevokes}
	}
	return nil
}

// withBudget gives options whose MaxRevokes is a budget, from which each transaction takes: see [Options.spend].
func (o Options) withBudget() Options {
	if o.MaxRevokes != nil {
		budget := *o.MaxRevokes
		o.MaxRevokes, o.savedLoses = &budget, new(int)
	}
	return o
}

// spend takes from the budget what a plan has revoked. For a saved plan that was counted when it ran.
func (o Options) spend(plan *planner.Plan) {
	switch {
	case o.MaxRevokes == nil:
	case plan.From == nil:
		*o.MaxRevokes -= *o.savedLoses
		*o.savedLoses = 0
	default:
		*o.MaxRevokes -= access.LossesOf(plan.From, plan.After()).Count()
	}
}

// checkLosses refuses where more would be lost in all databases together than is allowed.
func (r *sequenceRun) checkLosses() error {
	if r.options.MaxRevokes == nil {
		return nil
	}
	all := access.LossesOf(r.connected.found.From, r.connected.found.After())
	r.eachOther(func(database string, before, after *catalog.Catalog) {
		all = all.With(access.LossesIn(before, after), inDatabase(database))
	})
	return r.options.refuse(all)
}

// checkSavedLosses refuses a saved plan that would take more than is allowed. Such a plan does not hold the catalog, so
// everything is read: in the transaction in which it runs, or before the first of several.
func (o Options) checkSavedLosses(ctx context.Context, conn *pgx.Conn, tx *transaction, d report.Document) error {
	if o.MaxRevokes == nil {
		return nil
	}
	before, err := readEverything(ctx, conn, tx, o)
	if err != nil {
		return err
	}
	losses := access.LossesOf(before, afterSaved(d, before))
	if o.savedLoses != nil {
		*o.savedLoses = losses.Count()
	}
	return o.refuse(losses)
}

func readEverything(ctx context.Context, conn *pgx.Conn, tx *transaction, o Options) (*catalog.Catalog, error) {
	from := readOutside(conn, o)
	from.tx = tx
	return from.inspect(ctx, catalog.Scope{Everyone: true, Everything: true})
}

func afterSaved(d report.Document, before *catalog.Catalog) *catalog.Catalog {
	plan := planOf(d)
	plan.From = before
	return plan.After()
}

// checkSavedLosses does so for a saved plan over several databases, before anything is done.
func (r *sequenceRun) checkSavedLosses(ctx context.Context, saved report.Sequence, connected string) error {
	if r.options.MaxRevokes == nil {
		return nil
	}
	var all access.Losses
	states := map[string]*catalog.Catalog{}
	var before, atTheEnd []catalog.Change // of what all databases share
	for _, d := range saved.Documents {
		name := d.Server.Database
		if states[name] == nil {
			if err := r.readState(ctx, name, connected, states); err != nil {
				return err
			}
		}
		if name == connected {
			before, atTheEnd = append(before, sharedChanges(d.Statements)...), append(atTheEnd, sharedAtTheEnd(planOf(d))...)
			after := afterSaved(d, states[name])
			all = all.With(access.LossesOf(states[name], after), inDatabase(name))
			states[name] = after
		}
	}
	for _, d := range saved.Documents {
		if name := d.Server.Database; name != connected {
			after := states[name].Clone()
			applyShared(before, after)
			after = afterSaved(d, after)
			applyShared(atTheEnd, after)
			all = all.With(access.LossesIn(states[name], after), inDatabase(name))
		}
	}
	return r.options.refuse(all)
}

// readState reads everything that there is in a database.
func (r *sequenceRun) readState(ctx context.Context, name, connected string, states map[string]*catalog.Catalog) error {
	read := func(conn *pgx.Conn) (err error) {
		states[name], err = readEverything(ctx, conn, nil, r.options)
		return err
	}
	if name == connected {
		return read(r.conn)
	}
	return r.within(ctx, &databaseRun{operation: &operation{options: r.options}, database: spec.Database{Name: name}}, read)
}

func inDatabase(name string) string { return "in database " + catalog.DisplayName(name) + ": " }
