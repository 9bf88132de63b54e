package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/access"
	"pgsr/planner/lists"
	"pgsr/planner/report"
)

func savedPlanFlag() cli.Flag {
	return &cli.StringFlag{
		Name:  flagPlan,
		Usage: "run exactly the plan in `FILE`, as pgsr plan --format json wrote it, or refuse it; - for stdin. There is no spec then",
	}
}

func digestFlag() cli.Flag {
	return &cli.StringFlag{Name: flagDigest, Usage: "refuse any other plan than the one whose digest is `SHA256`, as each of its forms says"}
}

// applySaved runs a saved plan. What the plan was made from stands in it, so that there is nothing to say about that.
func (p *program) applySaved(c *cli.Context, asks bool) error {
	for _, name := range []string{flagFile, flagRole, flagMissing, flagMode, flagAllowLockout, flagEndsWithin, flagReassignTo, flagTrustCode, flagAllowCommands} {
		if c.IsSet(name) {
			return usageError(c, "flag %s goes with a spec, not with --%s", dashed(name), flagPlan)
		}
	}
	saved, err := p.readPlan(c)
	if err != nil {
		return err
	}
	p.noteUnproven(c, saved)
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	effects := lists.Map(saved.Documents, func(d report.Document) *access.Effect { return d.Effect })
	defer disconnect(conn)
	return p.change(c, asks, effects, func(o executor.Options) (*executor.SequenceResult, error) {
		return executor.ApplySavedSequence(c.Context, conn, saved, o)
	})
}

// readPlan reads the plan that --plan names, and refuses another one than that whose digest was given.
func (p *program) readPlan(c *cli.Context) (report.Sequence, error) {
	name := shown(c.String(flagPlan))
	file, err := p.readFile(c.String(flagPlan))
	if err != nil {
		return report.Sequence{}, fmt.Errorf("reading the plan %s: %w", name, err)
	}
	saved, err := report.ReadPlan(bytes.NewReader(file.Data))
	if err != nil {
		return saved, fmt.Errorf("%s: %w", name, err)
	}
	if want := c.String(flagDigest); c.IsSet(flagDigest) && want != saved.Digest() {
		return saved, fmt.Errorf("%s is another plan: its digest is %s, not %s", name, saved.Digest(), shown(want))
	}
	return saved, nil
}

// noteUnproven says that only the statements of a saved plan are sure to be what it says: what they mean for people
// takes a catalog to work out, and the file has it from whoever wrote it.
func (p *program) noteUnproven(c *cli.Context, saved report.Sequence) {
	hasEffect := func(d report.Document) bool { return d.Effect != nil }
	if (saved.Effects != nil || slices.ContainsFunc(saved.Documents, hasEffect)) && !c.Bool(flagVerbose) {
		p.say("note: what people gain and lose is said as the file says it, and proven by nothing: what runs are its statements, which --verbose shows, and the script")
	}
}
