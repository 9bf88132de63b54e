package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// mayAsk tells whether a person is to be asked: one is there to see the question and to answer.
func (p *program) mayAsk(c *cli.Context) (bool, error) {
	switch {
	case c.Bool(flagYes) || !isTerminal(p.stderr):
		return false, nil
	case slices.Contains(c.StringSlice(flagFile), stdinFile), c.String(flagPlan) == stdinFile:
		return false, usageError(c, "cannot ask, because stdin is what to apply: give --yes to apply without being asked")
	}
	return isTerminal(p.stdin), nil
}

// question shows a plan and asks about it. It remembers what it showed, and how long the answer took.
type question struct {
	*program
	ctx   context.Context
	meter *meter
	shown bool
	took  time.Duration
	// effects are those of a saved plan, by step; isWhole tells whether all of an effect is shown.
	effects []*access.Effect
	isWhole bool
	// verbose tells to show statements, and held what there is to show else.
	verbose bool
	held    heldByPlans
}

// confirm is what [executor.Options] wants for asking.
func (q *question) confirm(plan *planner.Plan) (bool, error) {
	return q.confirmSequence(&planner.Sequence{Plans: []*planner.Plan{plan}})
}

// ask shows what is to be applied, and asks.
func (q *question) ask(show func(), what string) (bool, error) {
	defer func(asked time.Time) { q.took += time.Since(asked) }(time.Now())
	q.meter.pause()
	defer q.meter.resume()
	show()
	q.shown = true
	fmt.Fprintf(q.stderr, "Apply %s? [y/N] ", what)
	answer, err := q.readLine(q.ctx)
	if err != nil {
		fmt.Fprintln(q.stderr)
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// sayEffects says of each step where it runs, as whom, how much it does, and what people lose by it: all that they gain
// and lose where that was asked for. Of several databases the latter is said of the end.
func (q *question) sayEffects(s *planner.Sequence) {
	inTheEnd := speaksOfDatabases(s)
	for i, plan := range s.Steps() {
		q.say("%s on %s, as %s: %s", script.DescribeDatabase(plan.Server), script.DescribeServer(plan.Server), script.DescribeUser(plan.Server), script.StatementCounts(plan.Statements))
		if inTheEnd {
			continue
		}
		var effect *access.Effect
		switch {
		case plan.From != nil:
			effect = plan.Effect()
		case i < len(q.effects):
			effect = q.effects[i]
		}
		switch {
		case effect == nil:
			q.say("who loses what is not known: the plan was saved without it")
		case q.isWhole:
			_ = report.WriteEffect(q.stderr, effect, mostLines, q.colorful(q.stderr)) // who does not listen is not told
		default:
			q.sayLosses(report.LossLines(effect))
		}
	}
	switch {
	case !inTheEnd:
	case q.isWhole:
		_ = report.WriteEffectIn(q.stderr, s.Effects(), mostLines, q.colorful(q.stderr)) // who does not listen is not told
	default:
		q.sayLosses(report.LossLinesIn(s.Effects()))
	}
}

// mostLosses is how many lines a question has of what people lose.
const mostLosses = 5

// sayLosses names what people lose in the end, whatever statements take it.
func (q *question) sayLosses(losses []string) {
	if len(losses) == 0 {
		q.say("nobody loses anything")
		return
	}
	q.say("people lose:")
	for _, line := range losses[:min(len(losses), mostLosses)] {
		q.say("  %s", line)
	}
	if more := len(losses) - mostLosses; more > 0 {
		q.say("  and %d more: --effect shows them", more)
	}
}

// readLine reads from stdin until the line or the context ends. In the second case the reading goes on, to no one's
// harm: the program is about to end.
func (p *program) readLine(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := bufio.NewReader(p.stdin).ReadString('\n')
		read <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case l := <-read:
		if errors.Is(l.err, io.EOF) { // Ctrl-D: no
			l.err = nil
			fmt.Fprintln(p.stderr)
		}
		return l.text, l.err
	}
}
