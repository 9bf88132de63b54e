package main

import (
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/lists"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

const aboutApply = `Reads the spec and the catalog and, if something differs, takes the lock, plans again, runs all statements in one
transaction, reads once more what they can have changed and commits only if nothing is left to do. With nothing to do it takes no lock.

A plan that takes more locks than the server has room for in one transaction is run in as few as it takes, all under one lock. After each it is
safe to stop: nobody is without what they have before and after. When one fails, the message says how many are committed, and running
it again goes on from there. --single-transaction refuses instead.

--plan FILE runs exactly a plan that was saved, reviewed and kept, or refuses it when anything that it relies on has changed since.
It also refuses a file that was changed after it was written; --digest SHA256 wants exactly the plan of that digest, which stands in the file.

A person at the terminal is shown the plan, where it would run and who would lose what (with --effect: all that it means), and asked. Elsewhere, in a pipe or in
CI, nobody can be asked: --yes applies without, and shows the plan when it is done.

Exit status: 0 applied, or in sync; 1 an error, or the answer was no; 3 the plan was stale, or another one than was shown, or
the result was not what was planned. But for 0 nothing was changed, unless the message says that this is not known, or how many
transactions are committed.`

func (p *program) applyCommand() *cli.Command {
	return &cli.Command{
		Name:        "apply",
		Usage:       "make the roles be what the spec says: all or nothing",
		Description: aboutApply,
		Flags: slices.Concat(connectionFlags(), specFlags(), timeoutFlags(), ledgerFlags(), []cli.Flag{
			savedPlanFlag(), digestFlag(), maxRevokesFlag(), singleFlag(), parallelFlag(), yesFlag(), effectFlag(), statementsFlag(), allowCommandsFlag(), progressFlag(),
		}),
		Action: p.apply,
	}
}

func (p *program) apply(c *cli.Context) error {
	asks, err := p.mayAsk(c)
	if err != nil {
		return err
	}
	if !asks && !c.Bool(flagYes) {
		return usageError(c, "cannot ask, because nobody is at a terminal: give --yes to apply without being asked")
	}
	if c.IsSet(flagPlan) {
		return p.applySaved(c, asks)
	}
	if c.IsSet(flagDigest) {
		return usageError(c, "flag --%s goes with --%s", flagDigest, flagPlan)
	}
	read, err := p.readAndConnect(c, !asks && mayPrefetch(c))
	if err != nil {
		return err
	}
	defer read.close()
	return p.change(c, asks, nil, func(o executor.Options) (*executor.SequenceResult, error) {
		o.Prefetch = read.prefetch
		return executor.SyncDatabases(c.Context, read.conn, read.spec, o)
	})
}

// change lets act change something, and says what came of it. Only a plan that somebody confirmed binds what may run.
// Without a question, many runs may wait for each other, and each plans anew. Effects are those of a saved plan.
func (p *program) change(c *cli.Context, asks bool, effects []*access.Effect, act func(executor.Options) (*executor.SequenceResult, error)) error {
	p.unfinished.note(func() { p.unfinished.changes = true })
	m := p.meter(c)
	defer m.stop()
	options := p.options(c, m)
	q := &question{program: p, ctx: c.Context, meter: m, effects: effects, isWhole: c.Bool(flagEffect)}
	q.verbose = c.Bool(flagVerbose) || c.Command.Name == "prune" // which is about privilege roles alone
	start := time.Now()
	if asks {
		options.Effect = true // of which the question tells
		options.Confirm, options.ConfirmSequence = q.confirm, q.confirmSequence
	} else if !q.verbose {
		options.Running = q.held.start // which is shown when it is done
	}
	result, err := act(options)
	m.stop()
	if err != nil {
		return err
	}
	q.sayWhatWasDone(result, time.Since(start)-q.took)
	if c.Bool(flagEffect) && !asks && result.Applied() {
		q.sayEffects(result.Sequence)
	}
	return nil
}

// sayWhatWasDone also shows what was run, unless it was shown before.
func (q *question) sayWhatWasDone(result *executor.SequenceResult, took time.Duration) {
	if !result.Applied() {
		q.warnOf(result.Sequence)
		q.say("in sync: nothing to do")
		q.sayLeft(result.Sequence)
		return
	}
	done := &planner.Sequence{Warnings: result.Sequence.Warnings, Connected: result.Sequence.Connected}
	done.Plans = lists.Map(result.Results, func(one *executor.Result) *planner.Plan { return one.Plan })
	if !q.shown {
		q.showSequence(done)
	}
	q.say("applied %s in %.2f s", counted(done.Steps()), took.Seconds())
}

// sayWhatIsToDo says how much there is to do.
func (p *program) sayWhatIsToDo(sequence *planner.Sequence) {
	switch steps := sequence.Steps(); {
	case len(steps) == 0:
		p.say("in sync: nothing to do")
	case sequence.InSync():
		p.say("in sync: only passwords would be set again (the stored ones cannot be read)")
	default:
		text := counted(steps) + " to run"
		p.say("%s", text+whatIsTaken(steps))
	}
}

// whatIsTaken says what people lose, if statements take something away. For a saved plan it says what the statements
// take.
func whatIsTaken(steps []*planner.Plan) string {
	all := lists.Concat(steps, func(plan *planner.Plan) []script.Statement { return plan.Statements })
	taken := script.TakingCounts(all)
	if taken == "" {
		return ""
	}
	var documents []report.Document
	for _, plan := range steps {
		if plan.From == nil {
			return "; what is taken away: " + taken
		}
		documents = append(documents, textOf(plan, plan.Statements, false))
	}
	if lost := report.LossCounts(documents...); lost != "" {
		return "; people lose: " + lost
	}
	return "; nobody loses anything"
}
