package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
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
	// beside tells that each workload has things of other kinds beside it.
	beside   bool
	progress io.Writer
	table    table
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.progress, format+"\n", args...) }

// server measures on one server, as a superuser and as a role that has CREATEROLE and owns the database.
func (b *bench) server(ctx context.Context, binDir string, scale float64) error {
	installation, dir, err := prepare(binDir)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	left := slices.DeleteFunc(workloads(scale, b.seed), func(w workload) bool { return b.only != "" && !strings.Contains(b.only, w.letter) })
	if b.beside {
		for i := range left {
			left[i] = left[i].withOthersBeside()
		}
	}
	clusters := &clusters{bench: b, installation: installation, dir: dir, made: map[string]saved{}}
	for i, w := range left {
		if err := b.workload(ctx, clusters, w); err != nil {
			return fmt.Errorf("workload %s on %s: %w", w.letter, binDir, err)
		}
		if err := clusters.keepFor(left[i+1:]); err != nil {
			return err
		}
	}
	return nil
}

// prepare finds a server's programs, and makes a directory in which its account can get at the copies.
func prepare(binDir string) (*scratch.Installation, string, error) {
	installation, err := scratch.Find(binDir)
	if err != nil {
		return nil, "", err
	}
	dir, err := os.MkdirTemp(os.Getenv(scratch.DirVariable), "pgsr-bench-")
	if err != nil {
		return nil, "", err
	}
	return installation, dir, os.Chmod(dir, 0o755)
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

// workload makes the clusters that there are not yet, and measures in copies of them.
func (b *bench) workload(ctx context.Context, clusters *clusters, w workload) error {
	major := clusters.installation.Major
	b.say("PostgreSQL %d, workload %s: making the cluster", major, w.letter)
	if err := clusters.make(ctx, w); err != nil {
		return err
	}
	for _, a := range b.actors(major) {
		b.say("PostgreSQL %d, workload %s, as %s", major, w.letter, a)
		rows, err := b.measure(ctx, clusters.made, w, a, clusters.dir)
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

// shortRun is a run that is made some more times where it changes nothing: its time varies most.
const shortRun = time.Second / 2

// longEnough is when a workload is not measured once more.
const longEnough = 15 * time.Second

// measure runs all steps of a workload as often as is asked for, and the floor just as often. Once more at first round
// trips are counted, by a proxy: that run takes longer, so that its time does not count.
func (b *bench) measure(ctx context.Context, clusters map[string]saved, w workload, a actor, dir string) ([]row, error) {
	if w.measure != nil {
		p, err := clusters[w.cluster].open(ctx, a, dir)
		if err != nil {
			return nil, err
		}
		defer p.server.Close()
		return w.measure(b, p)
	}
	rows := newRows(w.steps)
	if err := b.runSteps(ctx, clusters[w.cluster], w, a, dir, rows, true); err != nil {
		return nil, err
	}
	start := time.Now()
	for run := 0; run < b.runs && (run == 0 || time.Since(start) < longEnough); run++ {
		if err := b.runSteps(ctx, clusters[w.cluster], w, a, dir, rows, false); err != nil {
			return nil, err
		}
		if err := b.runFloors(ctx, clusters, w, a, dir, rows); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// runSteps runs the program in a copy of the cluster, to measure it or to count its round trips.
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
		run := func() (measurement, error) {
			return b.program(p, slices.Concat(s.command, []string{"-f", spec}), counting)
		}
		all, err := b.repeated(s, run)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", s.what, err)
		case counting:
			rows[i].roundTrips, rows[i].statements = all[0].roundTrips, all[0].statements
		default:
			rows[i].ours = append(rows[i].ours, all...)
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
		all, err := b.repeated(s, func() (measurement, error) { return b.floor(p, s) })
		if err != nil {
			return fmt.Errorf("the floor of %s: %w", s.what, err)
		}
		rows[i].floor = append(rows[i].floor, all...)
	}
	return nil
}

// repeated runs a step, as often as is asked for if it is short and changes nothing.
func (b *bench) repeated(s step, run func() (measurement, error)) ([]measurement, error) {
	var all []measurement
	for len(all) == 0 || s.reads && len(all) < b.runs && all[0].wall < shortRun {
		m, err := run()
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}
