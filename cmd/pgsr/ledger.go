package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/urfave/cli/v2"

	"pgsr/executor/ledger"
)

const aboutLedger = `Prints what was applied to the connected database, the newest first: number, when (UTC), by whom, how many statements, how long
they took, by which version of pgsr, what came of it, and the digest of the plan.

'pgsr ledger install' sets the ledger up, as table pgsr.ledger. From then on every apply and prune in the database records itself there,
in its own transaction.`

const aboutLedgerInstall = `Creates the schema pgsr with the table ledger in the connected database, or brings the one that is there up to date. The connecting
role needs CREATE on the database. Other roles that apply then need USAGE on the schema and INSERT on the table.

Whoever owns the ledger, or is a member of a role that does, can make code run in the name of all who apply. So it is used only where it belongs to the
connecting role, to the role that made the cluster or to one that --ledger-owner names, and is as pgsr makes it.`

func (p *program) ledgerCommand() *cli.Command {
	return &cli.Command{
		Name:        "ledger",
		Usage:       "list what was applied to this database; 'pgsr ledger install' sets that up",
		UsageText:   "pgsr ledger [flags]\npgsr ledger show --id N [flags]\npgsr ledger install [flags]",
		Description: aboutLedger,
		Flags: slices.Concat(connectionFlags(), []cli.Flag{
			ledgerOwnerFlag(),
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "at most `N` entries; 0 for all"},
		}),
		Action: p.ledger,
		Subcommands: []*cli.Command{p.ledgerShowCommand(), {
			Name:        "install",
			Usage:       "set the ledger up in this database, or bring it up to date",
			Description: aboutLedgerInstall,
			Flags:       slices.Concat(connectionFlags(), []cli.Flag{ledgerOwnerFlag()}),
			Action:      p.ledgerInstall,
		}},
	}
}

func (p *program) ledger(c *cli.Context) error {
	if c.Int("limit") < 0 {
		return usageError(c, "flag --limit does not take %d: write a number from 0 on", c.Int("limit"))
	}
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	entries, err := ledger.List(c.Context, conn, c.Int("limit"), c.StringSlice(flagLedgerOwner)...)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		p.say("nothing was applied to this database since its ledger was installed")
		return nil
	}
	return writeEntries(p.stdout, entries)
}

func writeEntries(w io.Writer, entries []ledger.Entry) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tAPPLIED AT\tBY\tSTATEMENTS\tTOOK\tVERSION\tRESULT\tPLAN")
	for _, e := range entries {
		fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%.2f s\t%s\t%s\t%.12s\n", e.ID, e.AppliedAt.UTC().Format(time.DateTime),
			cell(who(e)), e.Statements, e.Duration.Seconds(), cell(e.Version), cell(e.Result), cell(e.Digest))
	}
	return table.Flush()
}

// who names the role that connected, and the one in whose name it ran if that is another.
func who(e ledger.Entry) string {
	if e.AppliedBy == e.ActingAs {
		return e.AppliedBy
	}
	return e.AppliedBy + " as " + e.ActingAs
}

// cell keeps a text in its place in the table.
func cell(text string) string {
	return harmless(strings.NewReplacer("\n", " ", "\t", " ").Replace(text))
}

// unsureLedger is what to say when it is not known whether the ledger was installed.
const unsureLedger = "the ledger may be there or not; run it again to be sure"

func (p *program) ledgerInstall(c *cli.Context) error {
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	p.unfinished.note(func() { p.unfinished.advice = unsureLedger })
	from, to, err := ledger.Install(c.Context, conn, c.StringSlice(flagLedgerOwner)...)
	switch {
	case err != nil:
		return unsure(err, unsureLedger)
	case from == to:
		p.say("the ledger is up to date (version %d)", to)
	case from == 0:
		p.say("installed the ledger (version %d)", to)
	default:
		p.say("brought the ledger up to date (version %d, was %d)", to, from)
	}
	return nil
}
