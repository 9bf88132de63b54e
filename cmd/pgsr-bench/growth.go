package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"pgsr/executor/scratch"
)

// sizes are what the workloads are multiplied by.
var sizes = []float64{1, 2, 4, 8}

// mostExponent is what no exponent should be above.
const mostExponent = 1.1

// roomForAll is a setting with which everything fits into one transaction, also at eight times the size: what takes
// several is worked out in another way, so that sizes would not be compared with each other. At its whole size and
// above, workload d always takes several, and does without.
const roomForAll = "4096"

// growth runs each workload in all sizes on the last server, as superuser, and prints how our own part of the time,
// what the program takes of the processor, grows: with the size to the power of the exponent.
func (b *bench) growth(ctx context.Context, w io.Writer, servers []string, scale float64) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "workload\t\t1 x\t2 x\t4 x\t8 x\texponent\t")
	b.as = actor{isSuperuser: true}.String()
	cpus := map[string][]time.Duration{}
	var order []string
	for _, size := range sizes {
		for _, w := range workloads(scale*size, b.seed) {
			if w.measure != nil || b.only != "" && !strings.Contains(b.only, w.letter) {
				continue
			}
			rows, err := b.rowsOf(ctx, servers[len(servers)-1], w, scale)
			if err != nil {
				return err
			}
			for _, r := range rows {
				key := w.letter + "\t" + r.step.what
				if cpus[key] == nil {
					order = append(order, key)
				}
				cpus[key] = append(cpus[key], median(r.ours, cpu))
			}
		}
	}
	for _, key := range order {
		fmt.Fprintf(out, "%s\t%s\n", key, grown(cpus[key]))
	}
	return out.Flush()
}

// rowsOf runs the program alone, without its floor.
func (b *bench) rowsOf(ctx context.Context, binDir string, w workload, scale float64) ([]row, error) {
	installation, dir, err := prepare(binDir)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b.say("growth: %s %s", w.letter, w.what)
	cluster, err := b.build(ctx, scratch.Options{Installation: installation}, w.cluster, dir)
	if err != nil {
		return nil, err
	}
	if w.letter != "d" || scale < 1 {
		cluster.settings["max_locks_per_transaction"] = roomForAll
	}
	rows := newRows(w.steps)
	for range b.runs {
		if err := b.runSteps(ctx, cluster, w, b.actors(installation.Major)[0], dir, rows, false); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func grown(cpus []time.Duration) string {
	text := ""
	for _, c := range cpus {
		text += seconds(c) + "\t"
	}
	e := exponent(cpus)
	text += fmt.Sprintf("%.2f", e)
	if e > mostExponent {
		text += " !"
	}
	return text + "\t"
}

// exponent is the slope of the line through the logarithms of size and time that fits best.
func exponent(cpus []time.Duration) float64 {
	var sx, sy, sxx, sxy, n float64
	for i, c := range cpus {
		x, y := math.Log(sizes[i]), math.Log(c.Seconds())
		sx, sy, sxx, sxy, n = sx+x, sy+y, sxx+x*x, sxy+x*y, n+1
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
