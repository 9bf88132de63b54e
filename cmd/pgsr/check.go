package main

import (
	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/script"
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
