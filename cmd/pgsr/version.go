package main

import (
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// version is the module's, as the go command stamps it: a tag, or a commit with its time.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name:   "version",
		Usage:  "print the version",
		Action: func(c *cli.Context) error { cli.ShowVersion(c); return nil },
	}
}
