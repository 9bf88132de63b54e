package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"pgsr/executor/scratch"
)

// bench is one run of all that is asked for.
type bench struct {
	pgsr, psql string
	runs       int
	seed       uint64
	// only and as restrict it; empty: everything.
	only, as string
	progress io.Writer
	table    table
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.progress, format+"\n", args...) }

// server measures on one server, as a superuser and as a role that has CREATEROLE and owns the database.
func (b *bench) server(ctx context.Context, binDir string, scale float64) error {
	for _, w := range workloads(scale, b.seed) {
		if b.only != "" && !strings.Contains(b.only, w.letter) {
			continue
		}
		if err := b.workload(ctx, binDir, w); err != nil {
			return fmt.Errorf("workload %s on %s: %w", w.letter, binDir, err)
		}
	}
	return nil
}

// actors gives those as whom to measure.
func (b *bench) actors(major int) []actor {
	var out []actor
	for _, a := range []actor{{scratch.Superuser, true, major}, {owner, false, major}} {
		if b.as == "" || b.as == a.String() {
			out = append(out, a)
		}
	}
	return out
}

func (a actor) String() string {
	if a.isSuperuser {
		return "superuser"
	}
	return "createrole"
}

// workload makes the cluster, and measures in copies of it.
func (b *bench) workload(ctx context.Context, binDir string, w workload) error {
	dir, err := os.MkdirTemp(os.Getenv(scratch.DirVariable), "pgsr-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	// The server's account has to get at the copies.
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	major, err := scratch.Major(binDir)
	if err != nil {
		return err
	}
	b.say("PostgreSQL %d, workload %s: making the cluster", major, w.letter)
	clusters, err := b.clusters(ctx, binDir, w, dir)
	if err != nil {
		return err
	}
	for _, a := range b.actors(major) {
		b.say("PostgreSQL %d, workload %s, as %s", major, w.letter, a)
		rows, err := b.measure(ctx, clusters, w, a, dir)
		if err != nil {
			return fmt.Errorf("as %s: %w", a, err)
		}
		b.table.add(a, w, rows)
		for _, r := range rows {
			b.say("  %s: %s", r.step.what, r.processors())
		}
	}
	return nil
}

// clusters makes the workload's cluster, and that of its baseline.
func (b *bench) clusters(ctx context.Context, binDir string, w workload, dir string) (map[string]saved, error) {
	out := map[string]saved{}
	all := []string{w.cluster}
	if w.baseline != nil {
		all = append(all, w.baseline.cluster)
	}
	for i, sql := range all {
		sub := fmt.Sprintf("%s/%d", dir, i)
		if err := os.Mkdir(sub, 0o755); err != nil {
			return nil, err
		}
		var err error
		if out[sql], err = b.build(ctx, binDir, sql, sub); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// longEnough is when a workload is not measured once more.
const longEnough = 20 * time.Second

// measure runs all steps of a workload as often as is asked for, once more at first to count round trips, and the floor just as often.
func (b *bench) measure(ctx context.Context, clusters map[string]saved, w workload, a actor, dir string) ([]row, error) {
	if w.measure != nil {
		p, err := clusters[w.cluster].open(ctx, a, dir)
		if err != nil {
			return nil, err
		}
		defer p.server.Close()
		return w.measure(b, p)
	}
	rows, start := newRows(w.steps), time.Now()
	first := b.countingRun()
	for run := first; run <= b.runs; run++ {
		if run > 1 && time.Since(start) > longEnough {
			break
		}
		if err := b.runSteps(ctx, clusters[w.cluster], w, a, dir, rows, run == first); err != nil {
			return nil, err
		}
		if run > 0 {
			if err := b.runFloors(ctx, clusters, w, a, dir, rows); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// countingRun is the run in which round trips are counted: one more at first, whose time does not count, or the only one.
func (b *bench) countingRun() int {
	if b.runs == 1 {
		return 1
	}
	return 0
}

// runSteps runs the program in a copy of the cluster.
func (b *bench) runSteps(ctx context.Context, cluster saved, w workload, a actor, dir string, rows []row, counting bool) error {
	p, err := cluster.open(ctx, a, dir)
	if err != nil {
		return err
	}
	defer p.server.Close()
	for i, s := range w.steps {
		spec, err := p.file("spec.yaml", s.spec)
		if err != nil {
			return err
		}
		m, err := b.program(p, append(append([]string{}, s.command...), "-f", spec), counting)
		if err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		if counting {
			rows[i].roundTrips, rows[i].statements = m.roundTrips, m.statements
		}
		if !counting || b.runs == 1 {
			rows[i].ours = append(rows[i].ours, m)
		}
	}
	return nil
}

// runFloors runs what the steps are compared with in a copy of its own.
func (b *bench) runFloors(ctx context.Context, clusters map[string]saved, w workload, a actor, dir string, rows []row) error {
	if w.baseline != nil {
		floors := newRows(w.steps)
		err := b.runSteps(ctx, clusters[w.baseline.cluster], *w.baseline, a, dir, floors, false)
		for i := range rows {
			rows[i].floor = append(rows[i].floor, floors[i].ours...)
		}
		return err
	}
	p, err := clusters[w.cluster].open(ctx, a, dir)
	if err != nil {
		return err
	}
	defer p.server.Close()
	for i, s := range w.steps {
		m, err := b.floor(p, s)
		if err != nil {
			return fmt.Errorf("the floor of %s: %w", s.what, err)
		}
		rows[i].floor = append(rows[i].floor, m)
	}
	return nil
}
