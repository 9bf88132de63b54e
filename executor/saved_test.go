package executor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/report"
)

// saved plans a spec, writes the plan to JSON, and reads it back, as `pgsr apply --plan` does.
func (c *cluster) saved(yaml string) report.Document {
	c.Helper()
	s := parse(c, yaml)
	plan, err := Plan(context.Background(), c.super, s, Options{})
	if err != nil {
		c.Fatal(err)
	}
	var file bytes.Buffer
	if err := report.Write(&file, "json", document(lockKey(s), plan, Options{})); err != nil {
		c.Fatal(err)
	}
	d, err := report.ReadJSON(&file)
	if err != nil {
		c.Fatal(err)
	}
	return d
}

func TestSavedPlanRunsAsItIs(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	d := c.database(t, "saved")
	plan := d.saved(staleSpec)
	d.exec(unrelated...)
	result, err := ApplySaved(context.Background(), d.super, plan, Options{})
	if err != nil || !result.Applied {
		t.Fatalf("applied: %+v, %v", result, err)
	}
	d.sync(staleSpec, false)
	var stale *StaleError
	if _, err := ApplySaved(context.Background(), d.super, plan, Options{}); !errors.As(err, &stale) {
		t.Errorf("a second time it is not refused: %v", err)
	}
}

func TestSavedPlanRefusesWhenItIsStale(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for i, interference := range interferences {
		t.Run(interference.what, func(t *testing.T) {
			d := c.database(t, fmt.Sprintf("saved%d", i))
			plan := d.saved(staleSpec)
			d.exec(interference.by)
			before := d.whole()
			_, err := ApplySaved(context.Background(), d.super, plan, Options{})
			if stale := (*StaleError)(nil); !errors.As(err, &stale) || !strings.Contains(err.Error(), interference.names) {
				t.Errorf("the error is %v, and it does not say %q", err, interference.names)
			}
			d.sameAs(before)
		})
	}
}

func TestSavedPlanIsVerified(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	d := c.database(t, "verified")
	plan := d.saved(staleSpec)
	d.exec(meddler...)
	before := d.whole()
	_, err := ApplySaved(context.Background(), d.super, plan, Options{})
	if state := (*StateError)(nil); !errors.As(err, &state) || !strings.Contains(err.Error(), "alice has nothing, had INSERT") {
		t.Errorf("the error is %v", err)
	}
	d.sameAs(before)
}
