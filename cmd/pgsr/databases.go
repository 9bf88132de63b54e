package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/report"
	"pgsr/planner/spec"
)

const flagParallel = "parallel"

func parallelFlag() cli.Flag {
	return &cli.IntFlag{
		Name: flagParallel, Value: executor.DefaultParallel,
		Usage:  "read `N` databases at a time, where the spec is about several: each takes a connection",
		Action: atLeastOne(flagParallel),
	}
}

// atLeastOne refuses less.
func atLeastOne(name string) func(*cli.Context, int) error {
	return func(c *cli.Context, given int) error {
		if given < 1 {
			return usageError(c, "flag --%s does not take %d: write a number from 1 on", name, given)
		}
		return nil
	}
}

// inOne makes what was done in one database a sequence.
func inOne(result *executor.Result, err error) (*executor.SequenceResult, error) {
	if err != nil {
		return nil, err
	}
	return executor.InOne(result), nil
}

// whereOf says in which database a plan of a sequence is; empty: where there is no other.
func whereOf(s *planner.Sequence, plan *planner.Plan) string {
	if len(s.Plans) == 1 && s.IsSingle() {
		return ""
	}
	return fmt.Sprintf("in database %s: ", catalog.DisplayName(plan.Server.Database))
}

// warnOf writes the warnings of all plans to stderr.
func (p *program) warnOf(s *planner.Sequence) {
	for _, warning := range s.Warnings {
		p.say("warning: %s", catalog.OneLine(warning))
	}
	for _, plan := range s.Plans {
		p.warn(plan, whereOf(s, plan))
	}
}

// sequenceOf is what is shown of plans as text.
func sequenceOf(s *planner.Sequence, textOf func(*planner.Plan) report.Document) report.Sequence {
	return report.Sequence{Elsewhere: !s.IsSingle(), Documents: lists.Map(s.Shown(), textOf)}
}

// writeSequence writes what is to be done. As text on stdout it is without warnings, which stand on stderr.
func (p *program) writeSequence(out output, s *spec.Spec, sequence *planner.Sequence, o executor.Options, verbose bool) error {
	return p.writeOut(out, sequence.Statements(), func(w io.Writer) error {
		written, err := executor.Document(out.format, s, sequence, o)
		if err != nil {
			return err
		}
		setVerbose(written, verbose)
		if out.format.Name != "text" {
			return report.WriteSequence(w, out.format.Name, written)
		}
		if out.name == "" {
			written = withoutWarnings(written)
		}
		return report.WriteSequenceText(w, written, p.colorful(w))
	})
}

func setVerbose(s report.Sequence, verbose bool) {
	for i := range s.Documents {
		s.Documents[i].Verbose = verbose
	}
}

// withoutWarnings leaves out what is said on stderr.
func withoutWarnings(s report.Sequence) report.Sequence {
	s.Warnings = nil
	for i := range s.Documents {
		s.Documents[i].Warnings = nil
	}
	return s
}

// counted says how many statements there are, in how many transactions or databases if those are several.
func counted(plans []*planner.Plan) string {
	if len(plans) == 1 {
		return statements(plans[0]) // in whatever database
	}
	n, in := 0, map[string]bool{}
	for _, plan := range plans {
		n += len(plan.Statements)
		in[plan.Server.Database] = true
	}
	return lists.Counted(n, "statement", "statements") + " in " + lists.Counted(len(in), "database", "databases")
}

// confirmSequence is what [executor.Options] wants for asking about several databases.
func (q *question) confirmSequence(s *planner.Sequence) (bool, error) {
	return q.ask(func() {
		q.showSequence(s)
		q.sayEffects(s)
	}, counted(s.Steps()))
}

// showSequence writes plans with their warnings to stderr, for a person.
func (q *question) showSequence(s *planner.Sequence) {
	shown := sequenceOf(s, func(plan *planner.Plan) report.Document {
		d := textOf(plan, plan.Statements, true)
		d.Warnings, d.Verbose = plan.Warnings, q.verbose
		if !q.verbose {
			d.Effect = q.held.get(plan)
		}
		return d
	})
	shown.Warnings = s.Warnings
	_ = report.WriteSequenceText(q.stderr, shown, q.colorful(q.stderr)) // who does not listen is not told
}
