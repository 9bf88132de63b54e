package main

import (
	"github.com/urfave/cli/v2"

	"pgsr/executor/demo"
)

const aboutDemo = `Starts a throwaway PostgreSQL on this machine, loads a small warehouse into it, plans and applies a spec, breaks things by hand and
heals them, telling what it does. It leaves nothing behind, also after Ctrl-C, and touches no other server.

It needs the programs initdb, pg_ctl and postgres of PostgreSQL 14 or later: those of PGSR_SERVER_BIN, or what it finds on the machine.`

func (p *program) demoCommand() *cli.Command {
	return &cli.Command{
		Name:        "demo",
		Usage:       "watch all of it on a throwaway PostgreSQL",
		Description: aboutDemo,
		Flags: []cli.Flag{
			boolFlag("keep", "at the end, leave the server running until Ctrl-C, and print how to connect to it"),
		},
		Action: func(c *cli.Context) error {
			p.unfinished.note(func() { p.unfinished.cleansUp = true })
			err := demo.Run(c.Context, p.stdout, demo.Options{Keep: c.Bool("keep"), Color: p.colorful(p.stdout)})
			return unsure(err, "the throwaway server is stopped and removed")
		},
	}
}
