package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"pgsr/planner/report"
	"pgsr/planner/script"
)

const aboutShow = `Writes a saved plan, as pgsr plan --format json wrote it, in any other form: the script, the page and the ticket of the very plan that
pgsr apply --plan runs. No server is needed. A file that was changed after it was written is refused; the digest is said on stderr.`

func (p *program) showCommand() *cli.Command {
	return &cli.Command{
		Name:        "show",
		Usage:       "write a saved plan in any format",
		Description: aboutShow,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: flagPlan, Aliases: []string{flagFile, "f"}, Usage: "read the plan in `FILE`; - for stdin"},
			digestFlag(),
			outputFlag(),
			choice(flagFormat, "what to write", report.FormatNames()...),
			passwordsFlag(),
			statementsFlag(),
		},
		Action: p.showSaved,
	}
}

func (p *program) showSaved(c *cli.Context) error {
	all, err := outputs(c)
	if err != nil {
		return err
	}
	if c.String(flagPlan) == "" {
		return usageError(c, "which plan? Name the file of a saved one with --plan: pgsr plan --format json -o FILE writes one")
	}
	saved, err := p.readPlan(c)
	if err != nil {
		return err
	}
	setVerbose(saved, c.Bool(flagVerbose))
	var statements []script.Statement
	for i := range saved.Documents {
		saved.Documents[i].Passwords = all[0].passwords
		statements = append(statements, saved.Documents[i].Statements...)
	}
	err = p.writeOut(all[0], statements, func(w io.Writer) error { return report.WriteSequence(w, all[0].format.Name, saved) })
	if err == nil {
		if all[0].format.Effect || all[0].format.Held {
			p.noteUnproven(c, saved)
		}
		p.say("the plan with the digest %s", saved.Digest())
	}
	return err
}
