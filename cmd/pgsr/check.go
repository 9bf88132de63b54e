package main

import (
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// formatJSON is the format for programs.
const formatJSON = "json"

const aboutCheck = `Reads the spec and the catalog and prints what differs, a line each. Changes nothing and takes no lock; for CI and cron.

With mode add (the spec's key mode, or --mode add) what sync would take is listed, too. It is no difference.

--format json writes one document for programs, whatever was found: the spec, each database with what differs, what ends next, warnings (its
schema: docs/check.schema.json). Then nothing but errors is on stderr.

Exit status: 0 in sync; 2 something differs; 1 an error.`

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name:        "check",
		Usage:       "say what differs from the spec; changes nothing",
		Description: aboutCheck,
		Flags: slices.Concat(connectionFlags(), specFlags(), ledgerFlags(), []cli.Flag{
			choice(flagFormat, "what to write", "text", formatJSON), parallelFlag(), effectFlag(), statementsFlag(), progressFlag(), asFlag(),
		}),
		Action: p.check,
	}
}

func (p *program) check(c *cli.Context) error {
	read, err := p.readAndConnect(c, mayPrefetch(c))
	if err != nil {
		return err
	}
	defer read.close()
	m := p.meter(c)
	defer m.stop()
	options := p.options(c, m)
	options.Undecided, options.Sources, options.Prefetch = true, read.sources, read.prefetch
	sequence, err := executor.PlanDatabases(c.Context, read.conn, read.spec, options)
	m.stop()
	if err != nil {
		return err
	}
	vanished, hidden, err := executor.Vanished(c.Context, read.conn, read.spec, options)
	if err != nil {
		return err
	}
	if hidden != "" {
		sequence.Warnings = append(sequence.Warnings, hidden)
	}
	if c.String(flagFormat) == formatJSON {
		err = report.WriteCheck(p.stdout, checkOf(sequence, vanished, options))
	} else {
		err = p.sayCheck(c, sequence, vanished)
	}
	if err == nil && !sequence.InSync() {
		return errChanges
	}
	return err
}

// sayCheck writes what a check found for people.
func (p *program) sayCheck(c *cli.Context, sequence *planner.Sequence, vanished []string) error {
	p.warnOf(sequence)
	p.sayUndecided(sequence)
	p.sayVanished(vanished)
	if sequence.InSync() {
		p.say("in sync")
		return p.writeLeft(sequence)
	}
	drift := sequenceOf(sequence, func(plan *planner.Plan) report.Document {
		d := textOf(plan, plan.Drift(), c.Bool(flagVerbose))
		d.Parts = nil
		return d
	})
	if err := report.WriteSequenceText(p.stdout, drift, p.colorful(p.stdout)); err != nil {
		return err
	}
	p.sayEffects(c, sequence)
	return nil
}

// sayVanished names the first roles that are in the spec no more.
func (p *program) sayVanished(roles []string) {
	named := lists.First(lists.Map(roles[:min(len(roles), mostUndecided)], catalog.DisplayName), mostUndecided, len(roles))
	switch len(roles) {
	case 0:
	case 1:
		p.say("note: role %s was in a spec that was applied here, and is in this one no more: it stays as it is; to drop it, write absent: true", named)
	default:
		p.say("note: roles %s were in a spec that was applied here, and are in this one no more: they stay as they are; to drop one, write absent: true", named)
	}
}

// checkOf is what a check found for programs.
func checkOf(s *planner.Sequence, vanished []string, o executor.Options) report.Check {
	out := report.Check{
		Origin: script.Origin{Version: o.Version, Sources: o.Sources}, At: time.Now(), Digest: s.Digest(), InSync: s.InSync(),
		Warnings: s.Warnings, Vanished: vanished,
	}
	for _, plan := range s.Plans {
		out.Databases = append(out.Databases, script.Document{
			Server: plan.Server, Statements: plan.Drift(), Warnings: plan.Warnings, Ends: plan.Ends, Left: plan.Left,
		})
		out.Undecided = append(out.Undecided, plan.Undecided...)
	}
	return out
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
