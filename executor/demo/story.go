package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

func introduce(_ context.Context, s *stage) error {
	s.say("A throwaway PostgreSQL %d has started on this machine, with the database %q in it. pgsr connects", s.server.Major, database)
	s.say("as %q, which owns the database and has CREATEROLE. It is no superuser.", deployer)
	s.say("The spec, roles.yaml, says all that four roles are to have:")
	s.code(strings.TrimSpace(rolesYAML))
	return nil
}

func plan(ctx context.Context, s *stage) error {
	s.say("`pgsr plan` reads the catalog and writes what is missing as a script for psql. It changes nothing:")
	found, err := executor.Plan(ctx, s.conn, s.spec, executor.Options{})
	if err != nil {
		return err
	}
	var text strings.Builder
	if err := executor.Write(&text, s.spec, found, executor.Options{}); err != nil {
		return err
	}
	s.code(abridged(text.String()))
	s.say("The script could be attached to a change ticket, and run later: psql -f. The roles that begin with")
	s.say("_pgsr_ are privilege roles: each holds one privilege on one object, and others are members of it.")
	return nil
}

func apply(ctx context.Context, s *stage) error {
	s.say("`pgsr apply` does it now: under a lock, in one transaction, and it commits only if nothing is left to do then.")
	result, err := executor.Sync(ctx, s.conn, s.spec, executor.Options{})
	if err != nil {
		return err
	}
	s.say("Applied %d statements. Do they work? Let us log in and try:", len(result.Plan.Statements))
	s.say("")
	if err := s.tryWrongPassword(ctx, "alice"); err != nil {
		return err
	}
	return s.try(ctx, aliceReadsOrders, aliceReadsFacts, aliceReadsHR, aliceWrites, loaderWrites)
}

// byHand is a statement that somebody runs without pgsr.
type byHand struct{ role, sql, point string }

var mischief = [...]byHand{
	{deployer, "GRANT SELECT ON TABLE hr.salaries TO alice", "more than the spec says"},
	{deployer, "GRANT USAGE ON SCHEMA hr TO analysts", "the same, for all analysts"},
	{"hr_lead", "GRANT SELECT ON TABLE hr.salaries TO analysts", "the owner's REVOKE would leave this grant, without a word"},
	{deployer, "GRANT etl TO alice", "now alice may also write"},
	{deployer, "REVOKE analysts FROM loader", "less than the spec says"},
	{superuser, "ALTER TABLE sales.fact_2026 OWNER TO etl", "another owner"},
}

func breakThings(ctx context.Context, s *stage) error {
	for _, m := range mischief {
		if err := s.run(ctx, m.role, database, m.sql); err != nil {
			return fmt.Errorf("%s: %w", m.sql, err)
		}
		s.say("  %s: %s;  -- %s", m.role, m.sql, m.point)
	}
	s.say("\nWhat has become of it:\n")
	return s.try(ctx, allowed(aliceReadsHR), allowed(aliceWrites))
}

func check(ctx context.Context, s *stage) error {
	s.say("`pgsr check` says what differs and exits with 2, for CI and cron:")
	found, err := executor.Plan(ctx, s.conn, s.spec, executor.Options{})
	if err == nil && found.InSync() {
		err = errors.New("the check found nothing")
	}
	if err != nil {
		return err
	}
	return s.show(found)
}

// show writes in words what a plan is for, as `pgsr check` does.
func (s *stage) show(p *planner.Plan) error {
	return s.write(report.Document{Document: script.Document{Server: p.Server, Statements: p.Drift()}, Effect: p.Held()})
}

// showStatements writes what each statement of a plan does, as `pgsr prune` does.
func (s *stage) showStatements(p *planner.Plan) error {
	return s.write(report.Document{Document: script.Document{Server: p.Server, Statements: p.Drift()}})
}

func (s *stage) write(d report.Document) error {
	var text strings.Builder
	if err := report.WriteText(&text, d, s.color); err != nil {
		return err
	}
	s.code(text.String())
	return nil
}

func heal(ctx context.Context, s *stage) error {
	s.say("`pgsr apply` once more.")
	if _, err := executor.Sync(ctx, s.conn, s.spec, executor.Options{}); err != nil {
		return err
	}
	if err := s.checkInSync(ctx); err != nil {
		return err
	}
	s.say("")
	return s.try(ctx, aliceReadsOrders, aliceReadsHR, aliceWrites)
}

// checkInSync says that the check finds nothing.
func (s *stage) checkInSync(ctx context.Context) error {
	found, err := executor.Plan(ctx, s.conn, s.spec, executor.Options{})
	if err != nil {
		return err
	}
	if !found.InSync() {
		return errors.Join(errors.New("something still differs"), s.show(found))
	}
	s.say("`pgsr check`: in sync.")
	return nil
}
