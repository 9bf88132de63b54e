package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"pgsr/executor/ledger"
	"pgsr/planner/script"
)

const aboutLedgerShow = `Prints one entry of the ledger: the script that ran, with verifiers of passwords masked. --rollback prints the script back to the state before
instead, which refuses when something that it relies on has changed since; --effect what it meant for people. What a script that was run with psql
has written down has neither.`

func (p *program) ledgerShowCommand() *cli.Command {
	return &cli.Command{
		Name:        "show",
		Usage:       "print what was applied, or the way back",
		Description: aboutLedgerShow,
		Flags: slices.Concat(connectionFlags(), []cli.Flag{
			ledgerOwnerFlag(),
			&cli.Int64Flag{Name: "id", Usage: "the entry's `NUMBER`, which pgsr ledger lists"},
			boolFlag(flagRollback, "print the script back to the state before"),
			boolFlag("effect", "print who gained and who lost what"),
		}),
		Action: p.ledgerShow,
	}
}

func (p *program) ledgerShow(c *cli.Context) error {
	if !c.IsSet("id") {
		return usageError(c, "which entry? Give its number with --id; pgsr ledger lists them")
	}
	if c.Bool(flagRollback) && c.Bool("effect") {
		return usageError(c, "give --rollback or --effect, not both")
	}
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	entry, err := ledger.Find(c.Context, conn, c.Int64("id"), c.StringSlice(flagLedgerOwner)...)
	if err != nil {
		return err
	}
	return p.printEntry(c, entry)
}

func (p *program) printEntry(c *cli.Context, e ledger.Entry) error {
	text, what := e.Script, "script"
	switch {
	case c.Bool(flagRollback):
		text, what = e.Rollback, "way back"
	case c.Bool("effect"):
		text, what = e.Effect, "effect"
	}
	if text == "" && strings.HasPrefix(e.Result, script.AppliedByScript) {
		return fmt.Errorf("entry %d has no %s: it was applied by a script, which writes down its statements alone; "+
			"pgsr plan writes the way back beside a script (--rollback FILE), and with --format text --effect who gains and loses what", e.ID, what)
	}
	if text == "" {
		return fmt.Errorf("entry %d has no %s", e.ID, what)
	}
	_, err := fmt.Fprint(p.stdout, harmless(text)) // whoever may write the ledger may write anything there
	return err
}
