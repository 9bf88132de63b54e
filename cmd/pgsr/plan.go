package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

const aboutPlan = `Reads the spec and the catalog and writes a script that makes the roles of the spec be what it says. Nothing is changed and
no lock is taken. The script is one transaction, under a lock, for plain psql; a plan that takes more locks than the server has room for is
several:

pgsr plan -f roles.yaml | psql             after: set -o pipefail
pgsr plan -f roles.yaml -o change.sql      and later: psql -f change.sql

It holds verifiers of new passwords, never passwords. With nothing to do it holds only comments. --passwords variables leaves variables in
their place, which psql reads from its environment; --passwords omit leaves passwords as they are.

--format sql is for any other client, text for a terminal, markdown for a ticket or a pull request, html for a browser, json for
programs and pgsr apply --plan (its schema: docs/plan.schema.json) and goose a migration with the way back as its Down.

--also FILE writes the same plan once more, in the format of its suffix, and repeats: what a ticket needs is one call. Each form says the digest of the
plan, by which a person can tell that they belong together, and the same state gives the same bytes, new verifiers aside.

--rollback FILE also writes the script back, guarded in the same way. It names what can not be brought back: a password that was replaced, say.

Exit status: 0, or with --exit-code 2 when there are changes to make; 1 an error.`

func (p *program) planCommand() *cli.Command {
	return &cli.Command{
		Name:        "plan",
		Usage:       "write what would have to be done as a script; changes nothing",
		Description: aboutPlan,
		Flags: slices.Concat(connectionFlags(), specFlags(), timeoutFlags(), ledgerFlags(), []cli.Flag{
			outputFlag(),
			choice(flagFormat, "what to write", report.FormatNames()...),
			alsoFlag(),
			passwordsFlag(),
			asFlag(),
			parallelFlag(),
			allowCommandsFlag(),
			effectFlag(),
			statementsFlag(),
			progressFlag(),
			maxRevokesFlag(),
			singleFlag(),
			&cli.StringFlag{Name: flagRollback, Usage: "also write the script back to the state of now to `FILE`"},
			boolFlag("exit-code", "exit with 2 when there are changes to make"),
		}),
		Action: p.plan,
	}
}

// passwordsFlag has no value unless one is given: the format then decides.
func passwordsFlag() cli.Flag {
	return &cli.StringFlag{
		Name: flagPasswords, DefaultText: "variables in markdown and html, verifier in others",
		Usage: "how to hold new passwords: `verifier|variables|omit`; variables are read from psql's environment",
	}
}

// holding says how a format is to hold passwords.
func holding(c *cli.Context, format report.Format) (script.Passwords, error) {
	given := c.String(flagPasswords)
	held, err := format.Holding(script.Passwords(given))
	if err != nil || c.IsSet(flagPasswords) && given == "" {
		return "", usageError(c, "flag --passwords does not take %s with --format %s: write verifier or omit, or variables for psql", shown(given), format.Name)
	}
	return held, nil
}

func (p *program) plan(c *cli.Context) error {
	all, err := outputs(c)
	if err != nil {
		return err
	}
	read, err := p.readAndConnect(c, mayPrefetch(c))
	if err != nil {
		return err
	}
	defer read.close()
	m := p.meter(c)
	defer m.stop()
	options := p.options(c, m)
	options.Sources, options.Passwords = read.sources, held(all)
	options.Undecided, options.Prefetch = true, read.prefetch
	sequence, err := executor.PlanDatabases(c.Context, read.conn, read.spec, options)
	m.stop()
	if err != nil {
		return err
	}
	if err := p.writeRollback(c, read.spec, sequence, options); err != nil {
		return err
	}
	for _, out := range slices.Backward(all) { // so that a script runs only when all else is written
		options.Passwords = out.passwords
		if err := p.writeSequence(out, read.spec, sequence, options, c.Bool(flagVerbose)); err != nil {
			return err
		}
	}
	return p.sayPlanned(c, sequence)
}

// sayPlanned says what a plan itself may not say, and tells by the error that there is something to do, if that is
// asked for.
func (p *program) sayPlanned(c *cli.Context, sequence *planner.Sequence) error {
	p.warnOf(sequence)
	p.sayUndecided(sequence)
	p.sayEffects(c, sequence)
	if c.String(flagFormat) != "text" {
		p.sayLeft(sequence)
	}
	p.sayWhatIsToDo(sequence)
	if c.Bool("exit-code") && !sequence.InSync() {
		return errChanges
	}
	return nil
}

// writeRollback comes before the plan is written: who asks for a way back does not want a plan without one.
func (p *program) writeRollback(c *cli.Context, s *spec.Spec, sequence *planner.Sequence, o executor.Options) error {
	if !c.IsSet(flagRollback) {
		return nil
	}
	back, err := sequence.Back()
	if err != nil {
		return fmt.Errorf("working out the way back: %w", err)
	}
	psql, err := report.FormatNamed("psql")
	if err != nil {
		return err
	}
	secret := holdsVerifiers(psql, o.Passwords, back.Statements())
	return p.writeFile(c.String(flagRollback), secret, func(w io.Writer) error { return executor.WriteSequenceAs(w, "psql", s, back, o) })
}

// holdsVerifiers tells whether a script may have verifiers of passwords: new ones, or on the way back old ones.
func holdsVerifiers(f report.Format, asked script.Passwords, statements []script.Statement) bool {
	held, err := f.Holding(asked)
	if err != nil || held != script.PasswordVerifiers {
		return err != nil
	}
	return script.HoldsPasswords(statements) || f.Rollback && slices.ContainsFunc(statements, func(s script.Statement) bool {
		ch, alters := s.Change.(catalog.AlterRole)
		return alters && ch.Verifier != ""
	})
}
