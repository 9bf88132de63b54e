package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
)

const aboutPlan = `Reads the spec and the catalog and writes a script that makes the roles of the spec be what it says. Nothing is changed and
no lock is taken. The script is one transaction, under a lock, for plain psql:

pgsr plan -f roles.yaml | psql
pgsr plan -f roles.yaml -o change.sql     and later: psql -f change.sql

It holds verifiers of new passwords, never passwords. With nothing to do it holds only comments.

Exit status: 0, or with --exit-code 2 when there are changes to make; 1 an error.`

func (p *program) planCommand() *cli.Command {
	return &cli.Command{
		Name:        "plan",
		Usage:       "write what would have to be done as a script; changes nothing",
		Description: aboutPlan,
		Flags: join(connectionFlags(), specFlags(), timeoutFlags(), []cli.Flag{
			&cli.StringFlag{
				Name: "output", Aliases: []string{"o"}, DefaultText: "stdout",
				Usage: "write to `FILE`, whole or not at all; - for stdout",
			},
			choice("format", "what to write", formatNames()...),
			&cli.BoolFlag{Name: "exit-code", DisableDefaultText: true, Usage: "exit with 2 when there are changes to make"},
		}),
		Action: p.plan,
	}
}

func (p *program) plan(c *cli.Context) error {
	s, err := p.readSpec(c)
	if err != nil {
		return err
	}
	conn, _, err := p.connect(c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	options := p.options(c)
	plan, err := executor.Plan(c.Context, conn, s, options)
	if err != nil {
		return err
	}
	if err := p.writePlan(c, planned{spec: s, plan: plan, options: options}); err != nil {
		return err
	}
	p.warn(plan)
	p.sayWhatIsToDo(plan)
	if c.Bool("exit-code") && !plan.InSync() {
		return errChanges
	}
	return nil
}

func (p *program) writePlan(c *cli.Context, what planned) error {
	write := formats()[c.String("format")]
	if name := c.String("output"); name != "" && name != "-" {
		return writeFile(name, func(w io.Writer) error { return write(w, what) })
	}
	what.color = p.colorful(p.stdout)
	return write(p.stdout, what)
}
