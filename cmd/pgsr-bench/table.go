package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// row is one line of the table.
type row struct {
	step                   step
	ours, floor            []measurement
	statements, roundTrips int
	// perRole is for round trips that are counted for each of many calls.
	perRole float64
}

func newRows(steps []step) []row {
	rows := make([]row, len(steps))
	for i, s := range steps {
		rows[i].step = s
	}
	return rows
}

// table is what is printed, in the order in which it was measured.
type table struct{ lines []string }

const heading = "PostgreSQL\tas\tworkload\t\tours\tfloor\tratio\ttarget\tby processor\tstatements\tround trips\tmemory\t"

func (t *table) add(a actor, w workload, rows []row) {
	for _, r := range rows {
		if r.step.target == 0 && r.floor == nil {
			continue
		}
		t.lines = append(t.lines, fmt.Sprintf("%d\t%s\t%s %s\t%s\t%s", a.major, a, w.letter, w.what, r.step.what, r))
	}
}

// String gives the columns of what was measured.
func (r row) String() string {
	ours, floor := median(r.ours, wall), median(r.floor, wall)
	trips := fmt.Sprint(r.roundTrips)
	if r.perRole > 0 {
		trips = fmt.Sprintf("%.1f a role", r.perRole)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\t", seconds(ours), seconds(floor), r.ratio(), r.wanted(), r.byProcessor(), r.statements, trips, r.mostMemory())
}

func (r row) ratio() string {
	if len(r.floor) == 0 {
		return "-"
	}
	ratio := float64(median(r.ours, wall)) / float64(median(r.floor, wall))
	if r.step.target > 0 && ratio > r.step.target {
		return fmt.Sprintf("%.2f !", ratio)
	}
	return fmt.Sprintf("%.2f", ratio)
}

// byProcessor is the ratio of what both sides took of the processors, the server's part with it: what other work on
// the machine disturbs less.
func (r row) byProcessor() string {
	all := func(m measurement) time.Duration { return m.cpu + m.server }
	floor := median(r.floor, all)
	if floor == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(median(r.ours, all))/float64(floor))
}

// processors says where the time went.
func (r row) processors() string {
	return fmt.Sprintf("pgsr took %s of the processors and the server %s; of the floor, the program %s and the server %s",
		seconds(median(r.ours, cpu)), seconds(median(r.ours, served)), seconds(median(r.floor, cpu)), seconds(median(r.floor, served)))
}

func served(m measurement) time.Duration { return m.server }

func (r row) wanted() string {
	if r.step.target == 0 {
		return "-"
	}
	return fmt.Sprintf("%g", r.step.target)
}

func (r row) mostMemory() string {
	most := 0.0
	for _, m := range r.ours {
		most = max(most, m.memory)
	}
	switch {
	case most == 0:
		return "-"
	case r.step.memory > 0 && most > r.step.memory:
		return fmt.Sprintf("%.0f MB ! (%g)", most, r.step.memory)
	case r.step.memory > 0:
		return fmt.Sprintf("%.0f MB (%g)", most, r.step.memory)
	}
	return fmt.Sprintf("%.0f MB", most)
}

func wall(m measurement) time.Duration { return m.wall }

func cpu(m measurement) time.Duration { return m.cpu }

// median gives that of an odd number, the lower one of the two in the middle of an even one.
func median(all []measurement, of func(measurement) time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	values := lists.Map(all, of)
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// write prints the table. An exclamation mark stands where a target is missed.
func (t *table) write(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, heading)
	for _, line := range t.lines {
		fmt.Fprintln(out, line)
	}
	return out.Flush()
}

// count says how many there are of something.
func count(n int, what string) string { return script.Number(n) + " " + what }
