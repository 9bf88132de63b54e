// Command pgsr-bench measures pgsr against the floor: psql running only the statements that are needed, in their best
// shape, or COPY of the catalogs that must be read. It starts throwaway servers, makes workloads from a stated seed,
// and prints one table. Every number in it was measured in that run: the two sides of a ratio on the same server
// programs, from copies of the same cluster.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := app().RunContext(ctx, os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "pgsr-bench:", err)
		os.Exit(1)
	}
}

func app() *cli.App {
	return &cli.App{
		Name:      "pgsr-bench",
		Usage:     "measure pgsr against psql and COPY",
		UsageText: "pgsr-bench --pgsr FILE --server DIR [--server DIR] [flags]",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "pgsr", Required: true, Usage: "the program to measure"},
			&cli.StringFlag{Name: "psql", Value: "psql", EnvVars: []string{"PGSR_PSQL"}, Usage: "the psql of the floor"},
			&cli.StringSliceFlag{Name: "server", Required: true, Usage: "the `DIR` of a server's programs; once for each major"},
			&cli.StringFlag{Name: "only", Usage: "only these workloads: some of abcdefgh"},
			&cli.StringFlag{Name: "as", Usage: "only as superuser, or only as createrole"},
			&cli.Float64Flag{Name: "scale", Value: 1, Usage: "make the workloads this many times as large"},
			&cli.IntFlag{Name: "runs", Value: 3, Usage: "how often to measure, less often what takes long, more often what is short; the median counts"},
			&cli.BoolFlag{Name: "beside", Usage: "put 2,000 functions, 500 types and the default privileges of 50 roles beside each workload"},
			&cli.BoolFlag{Name: "growth", Usage: "measure at 1, 2, 4 and 8 times the size that --scale gives, and print exponents"},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "what the workloads are made from"},
		},
		HideHelpCommand: true,
		Action:          run,
	}
}

func run(c *cli.Context) error {
	b := &bench{
		pgsr: c.String("pgsr"), psql: c.String("psql"), runs: c.Int("runs"), seed: c.Uint64("seed"), only: c.String("only"), as: c.String("as"),
		beside: c.Bool("beside"), progress: os.Stderr,
	}
	fmt.Printf("seed %d, %s of the workloads' size, median of %d runs, of fewer where they take long, of more where they are short\n\n", b.seed, times(c.Float64("scale")), b.runs)
	if c.Bool("growth") {
		return b.growth(c.Context, os.Stdout, c.StringSlice("server"), c.Float64("scale"))
	}
	for _, dir := range c.StringSlice("server") {
		if err := b.server(c.Context, dir, c.Float64("scale")); err != nil {
			return errors.Join(err, b.table.write(os.Stdout)) // what was measured until then
		}
	}
	return b.table.write(os.Stdout)
}

func times(scale float64) string { return strings.TrimSuffix(fmt.Sprintf("%.3g", scale), ".0") + " x" }
