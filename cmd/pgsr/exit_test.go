package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner"
)

func TestExitStatus(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("anything"), 1},
		{executor.ErrDeclined, 1},
		{&planner.Refusal{}, 1},
		{cli.Exit("what urfave/cli would exit with does not count", 3), 1},
		{errChanges, 2},
		{&executor.StaleError{}, 3},
		{fmt.Errorf("wrapped: %w", &executor.StaleError{}), 3},
		{&executor.NotAsPlannedError{Left: &planner.Plan{}}, 3},
		{&planner.LockTableError{}, 1},
		{&executor.PartialError{Done: 1, Of: 2, Err: &executor.StaleError{}}, 1}, // something was changed
	} {
		if got := exitStatus(c.err); got != c.want {
			t.Errorf("%v gives %d, not %d", c.err, got, c.want)
		}
	}
}
