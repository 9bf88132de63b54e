package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/spec"
)

const aboutPrune = `Drops the privilege roles of the connected database whose object is gone: after DROP TABLE, say. Administrator
roles that have nothing left to administer are dropped, too. It needs no spec. Privilege roles of other databases stay: connect there to
drop them. A person at the terminal is asked.

Exit status: as that of apply.`

func (p *program) pruneCommand() *cli.Command {
	return &cli.Command{
		Name:        "prune",
		Usage:       "drop the privilege roles whose object is gone, and administrator roles without use",
		Description: aboutPrune,
		Flags: slices.Concat(connectionFlags(), timeoutFlags(), ledgerFlags(), []cli.Flag{
			boolFlag("dry-run", "write the script to stdout and change nothing"),
			asFlag(),
			&cli.Int64Flag{Name: "lock-key", Value: spec.DefaultLockKey, Usage: "take the lock with this `KEY`: the lock_key of the specs"},
			yesFlag(),
			progressFlag(),
		}),
		Action: p.prune,
	}
}

func (p *program) prune(c *cli.Context) error {
	key := c.Int64("lock-key")
	switch {
	case key == 0:
		return usageError(c, "flag --lock-key does not take 0, which stands for none: leave it out for %d", spec.DefaultLockKey)
	case c.IsSet(flagAs) && !c.Bool("dry-run"):
		return usageError(c, "flag --%s goes with --dry-run: %s", flagAs, asHabit)
	case c.Bool("dry-run"):
		return p.planPrune(c, key)
	}
	asks, err := p.mayAsk(c)
	if err != nil {
		return err
	}
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	return p.change(c, asks, nil, func(o executor.Options) (*executor.SequenceResult, error) {
		return inOne(executor.Prune(c.Context, conn, key, o))
	})
}

func (p *program) planPrune(c *cli.Context, key int64) error {
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	m := p.meter(c)
	defer m.stop()
	options := p.options(c, m)
	plan, err := executor.PlanPrune(c.Context, conn, options)
	m.stop()
	if err != nil {
		return err
	}
	if err := executor.Write(p.stdout, &spec.Spec{LockKey: key}, plan, options); err != nil {
		return err
	}
	p.warn(plan, "")
	p.sayWhatIsToDo(&planner.Sequence{Plans: []*planner.Plan{plan}})
	return nil
}
