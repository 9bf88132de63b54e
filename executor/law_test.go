package executor

import (
	"cmp"
	"flag"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

var (
	states     = flag.Int("states", 8, "on how many random states the laws are held, for each of the two who run pgsr")
	lawWorkers = flag.Int("workers", 2, "how many servers make these states, for each of the two")
	lawSeed    = flag.Uint64("lawseed", 1, "the seed of the first of these states")
	lawActor   = flag.String("actor", "", "who runs pgsr on these states: postgres or admin; both if empty")
	lawFleet   = flag.Bool("fleet", false, "hold them on states of two databases alone")
	shrinking  = flag.Duration("shrink", time.Minute, "how long a state on which a law does not hold is cut down")
)

// TestLaw holds the laws of pgsr on random states of a cluster, with the server as judge: what is compared is read by
// this test itself (law_oracle_test.go) and by the server's own functions. Some states are over two databases, of which
// all but the model is held.
//
//   - rows: the rows of a role outside the spec never become less
//   - effect, memberships, effect's rest: who can do more or less afterwards was named by the plan's effect
//   - spec: each role of the spec has just what the spec says
//   - ignored: of what is ignored nothing is granted, revoked or given to another owner
//   - ended, ends: what has ended is as if it were not written, and what ends soon is named
//   - in the way: what keeps an absent role from being dropped refuses the run, which names it
//   - in sync: planned again there is nothing to do
//   - one plan: what is planned does not depend on how much is read, nor on what is shown
//   - script, saved plan: they lead to what apply leads to
//   - way back: it brings back all that is compared, or says what it does not
//   - add: with mode add nobody has less, and sync after it leads to what sync leads to
//   - refused, apply: where nothing is planned, or the apply fails, nothing is changed
//   - model: the planner knows what its statements do
func TestLaw(t *testing.T) {
	t.Parallel()
	actors := []string{"postgres", "admin"}
	if *lawActor != "" {
		actors = []string{*lawActor}
	}
	for _, actor := range actors {
		t.Run(actor, func(t *testing.T) {
			t.Parallel()
			tally := &lawTally{}
			start := time.Now()
			t.Run("states", func(t *testing.T) {
				for worker := range *lawWorkers {
					t.Run(fmt.Sprint(worker), func(t *testing.T) {
						t.Parallel()
						l := newLawServer(t)
						for i := worker; i < *states; i += *lawWorkers {
							tally.note(l.check(t, *lawSeed+uint64(i), actor))
						}
					})
				}
			})
			fmt.Printf("the laws on PostgreSQL %d as %s: seeds %d to %d, %s, %.2f s a state\n", tally.major.Load(), actor, *lawSeed,
				*lawSeed+uint64(*states)-1, tally, time.Since(start).Seconds()/float64(*states))
			if few := tally.planned.Load()*100 < int64(*states)*plannedAtLeast; *states >= 8 && few || tally.undone.Load() < tally.planned.Load()/2 {
				t.Errorf("%s: this proves little, at least %d %% are to be planned", tally, plannedAtLeast)
			}
		})
	}
}

// plannedAtLeast is how many out of a hundred states are to be planned: of what is refused little is learnt.
const plannedAtLeast = 60

// check holds the laws on one state. Where one does not hold, the smallest case that breaks it is shown.
func (l *lawServer) check(t *testing.T, seed uint64, actor string) *lawRun {
	c := l.newCase(seed, actor)
	r := l.hold(c, actor)
	if r.refusal != nil {
		t.Logf("seed %d: refused: %v", seed, r.refusal)
	}
	if len(r.broken) == 0 {
		return r
	}
	first := r.broken[0]
	if *shrinking > 0 {
		smaller, what := l.shrink(c, actor, first.law, time.Now().Add(*shrinking))
		c, first.what = smaller, cmp.Or(what, first.what)
	}
	t.Errorf("seed %d as %s on PostgreSQL %d: the law %q does not hold:\n%s\n%s", seed, actor, l.major, first.law, first.what, c)
	return r
}

// lawTally counts states.
type lawTally struct {
	states, planned, changed, added, undone, gave, gone, inTheWay, broken, major atomic.Int64
}

func (c *lawTally) note(r *lawRun) {
	c.states.Add(1)
	c.major.Store(int64(r.major))
	for counter, is := range map[*atomic.Int64]bool{
		&c.planned: r.plan != nil && r.refusal == nil, &c.changed: r.plan != nil && !r.plan.IsEmpty(), &c.added: r.added, &c.undone: r.undone, &c.gave: r.gave,
		&c.gone: len(r.leavers) > 0 && r.after != nil, &c.inTheWay: len(r.leavers) > 0 && r.refusal != nil, &c.broken: len(r.broken) > 0,
	} {
		if is {
			counter.Add(1)
		}
	}
}

func (c *lawTally) String() string {
	return fmt.Sprintf("%d states, %d planned, %d changed, %d planned additions from a look, %d undone and done again, %d given, then taken, "+
		"%d rid of leavers, %d with leavers refused, %d broke a law", c.states.Load(), c.planned.Load(), c.changed.Load(), c.added.Load(), c.undone.Load(), c.gave.Load(), c.gone.Load(), c.inTheWay.Load(), c.broken.Load())
}
