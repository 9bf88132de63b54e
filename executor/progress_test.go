package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgsr/planner"
	"pgsr/planner/spec"
)

// told is what was told of progress.
type told struct {
	mu      sync.Mutex
	all     []Progress
	running []*planner.Plan
}

func (t *told) tell(p Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, p)
}

func (t *told) run(plan *planner.Plan) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running = append(t.running, plan)
}

func (t *told) last() Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all[len(t.all)-1]
}

// TestProgressIsToldOnTheWay: while the server still waits for a lock, it is known how far it came, to within the
// statements of one flush.
func TestProgressIsToldOnTheWay(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	reader, release := c.hold(2)
	if _, err := reader.Exec(context.Background(), `SELECT FROM sales.orders`); err != nil {
		t.Fatal(err)
	}
	const roles = 200
	s := &spec.Spec{}
	for i := range roles {
		s.Roles = append(s.Roles, spec.Role{Name: fmt.Sprintf("clerk %d", i)})
	}
	s.Roles[0].Owns = mustOwn(t, `TABLE sales.orders`)
	conn, progress := c.asPostgres(), &told{}
	done := start(func() (*Result, error) { return Sync(context.Background(), conn, s, Options{Progress: progress.tell}) })
	c.awaitWaiter(conn, "relation")
	c.eventually("it does not tell how far the server is", func() bool { return progress.last().Done >= roles-32 })
	if at := progress.last(); at.Doing != "running statements" || at.Done >= at.Of {
		t.Errorf("while the server waits, it is %+v", at)
	}
	release()
	got := <-done
	if got.err != nil {
		t.Fatal(got.err)
	}
	all := len(got.result.Plan.Statements)
	if !slices.Contains(progress.all, Progress{Doing: "running statements", Done: all, Of: all, Attempt: 1}) {
		t.Errorf("it is not told that all %d statements have run", all)
	}
	var phases []string
	for _, p := range progress.all {
		phases = append(phases, p.Doing)
	}
	order := strings.Join(slices.Compact(phases), "\n")
	for _, phase := range []string{"reading memberships", "planning", "waiting for the lock", "looking for changes", "running statements", "verifying: reading roles", "committing"} {
		_, rest, found := strings.Cut(order, phase)
		if !found {
			t.Fatalf("%q is not told, or not in order:\n%s", phase, strings.Join(slices.Compact(phases), "\n"))
		}
		order = rest
	}
}
