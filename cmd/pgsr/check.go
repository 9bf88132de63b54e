package main

import (
	"github.com/urfave/cli/v2"

	"pgsr/executor"
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
		Flags:       join(connectionFlags(), specFlags(), ledgerFlags(), []cli.Flag{effectFlag(), progressFlag()}),
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
	plan, err := executor.Plan(c.Context, conn.Conn, s, options)
	m.stop()
	if err != nil {
		return err
	}
	p.warn(plan)
	p.sayUndecided(plan)
	if plan.InSync() {
		p.say("in sync")
		return report.WriteLeft(p.stdout, plan.Left)
	}
	sayEffect := p.workOutEffect(c, plan)
	drift := report.Document{Document: script.Document{Server: plan.Server, Statements: plan.Drift(), Left: plan.Left}}
	if err := report.WriteText(p.stdout, drift, p.colorful(p.stdout)); err != nil {
		return err
	}
	sayEffect()
	return errChanges
}
