package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"pgsr/planner/specfile"
)

// program is one run of pgsr and what it has around it.
type program struct {
	lookupEnv      func(string) (string, bool)
	stdin          io.Reader
	stdout, stderr io.Writer
	// unfinished is what an interruption that cannot wait has to know.
	unfinished unfinished
	// files are those of the spec, as they were read.
	files []specfile.File
}

// run runs one command and gives the status to exit with.
func run(ctx context.Context, args []string, p *program) int {
	err := p.heard(ctx, func() error {
		app, printed := p.app(), &printed{Writer: p.stdout}
		if habit := hostAsked(app, args); habit != "" {
			return errors.New(habit)
		}
		app.Writer = printed
		return cmp.Or(app.RunContext(ctx, args), printed.failure)
	})
	p.failPipe(args, err)
	p.withExcerpts(err)
	p.explain(ctx, err)
	return exitStatus(err)
}

var about = `pgsr reads what roles there are and what they have, and works out every statement that is missing to make the roles of a
spec be exactly what it says. It writes them as a script to review, or runs them: all or nothing.

The connection: --database-url, else the environment variable PGSR_DATABASE_URL, else what libpq reads (PGHOST, PGPORT, PGUSER,
PGDATABASE, PGSERVICE, PGPASSFILE, PGOPTIONS, ...).

Exit status:` + aboutExits() + `
With 1 and 3 nothing was changed, unless the message says that this is not known, or how many transactions are committed.

'pgsr demo' shows all of it on a PostgreSQL of its own.`

// app puts the commands together. Everything by which urfave/cli would print or exit by itself is taken from it.
func (p *program) app() *cli.App {
	return &cli.App{
		Name:        "pgsr",
		Usage:       "make PostgreSQL roles be what a file says",
		UsageText:   "pgsr <command> [flags]",
		Description: about,
		Version:     version(),
		Commands: p.strict(
			p.planCommand(), p.applyCommand(), p.checkCommand(), p.showCommand(), p.validateCommand(), p.schemaCommand(), p.exportCommand(), p.explainCommand(), p.whoCommand(), p.pruneCommand(), p.ledgerCommand(), p.demoCommand(),
			p.helpCommand(), p.versionCommand(), p.completionCommand(), p.manCommand(),
		),
		// urfave/cli adds it only where it also adds its own help command. Ours refuses what it does not know.
		Flags:           []cli.Flag{boolFlag("help", "show help", "h")},
		HideHelpCommand: true,
		Action:          unknownCommand,
		OnUsageError:    usageProblem,
		ErrWriter:       p.stderr,
		// Names of files and roles may hold commas.
		DisableSliceFlagSeparator: true,
		// It would call os.Exit for some errors; exit.go decides.
		ExitErrHandler: func(*cli.Context, error) {},
	}
}

// strict makes commands refuse arguments and return usage errors, which would be printed to stdout otherwise.
func (p *program) strict(commands ...*cli.Command) []*cli.Command {
	for _, c := range commands {
		c.HideHelpCommand = true
		c.OnUsageError = usageProblem
		if !c.Args {
			c.Action = withoutArguments(c.Action)
		}
		p.strict(c.Subcommands...)
	}
	return commands
}

// say writes a line for people, who may not be listening.
func (p *program) say(format string, args ...any) {
	fmt.Fprintln(p.stderr, harmless(fmt.Sprintf(format, args...)))
}
