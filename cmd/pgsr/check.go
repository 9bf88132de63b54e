package main

import (
	"github.com/jackc/pgx/v5"
	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

const aboutCheck = `Reads the spec and the catalog and prints what differs, a line each. Changes nothing and takes no lock; for CI and cron.

With mode add (the spec's key mode, or --mode add) what sync would take is listed, too. It is no difference.

Exit status: 0 in sync; 2 something differs; 1 an error.`

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name:        "check",
		Usage:       "say what differs from the spec; changes nothing",
		Description: aboutCheck,
		Flags:       join(connectionFlags(), specFlags(), ledgerFlags(), []cli.Flag{parallelFlag(), effectFlag(), progressFlag()}),
		Action:      p.check,
	}
}

func (p *program) check(c *cli.Context) error {
	s, _, conn, err := p.readAndConnect(c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	m := p.meter(c)
	defer m.stop()
	options := p.options(c, m)
	options.Undecided = true
	sequence, err := executor.PlanDatabases(c.Context, conn.Conn, s, options)
	m.stop()
	if err != nil {
		return err
	}
	p.warnOf(sequence)
	p.sayUndecided(sequence)
	if err := p.sayVanished(c, conn.Conn, s, options); err != nil {
		return err
	}
	if sequence.InSync() {
		p.say("in sync")
		return p.writeLeft(sequence)
	}
	sayEffect := p.workOutEffects(c, sequence)
	drift := sequenceOf(sequence, func(plan *planner.Plan) report.Document {
		return report.Document{Document: script.Document{Server: plan.Server, Statements: plan.Drift(), Left: plan.Left}}
	})
	if err := report.WriteSequenceText(p.stdout, drift, p.colorful(p.stdout)); err != nil {
		return err
	}
	sayEffect()
	return errChanges
}

// writeLeft lists what is left in each database.
func (p *program) writeLeft(sequence *planner.Sequence) error {
	for _, plan := range sequence.Plans {
		if err := report.WriteLeft(p.stdout, plan.Left); err != nil {
			return err
		}
	}
	return nil
}

// sayVanished names the roles of earlier applies that are no longer in the spec.
func (p *program) sayVanished(c *cli.Context, conn *pgx.Conn, s *spec.Spec, options executor.Options) error {
	roles, err := executor.Vanished(c.Context, conn, s, options)
	for _, role := range roles {
		p.say("note: role %s was in a spec that was applied here, and is in this one no more: it stays as it is; to drop it, write absent: true", script.DisplayName(role))
	}
	return err
}
