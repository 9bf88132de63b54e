package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v2"
)

// What a release is stamped with by the linker (.goreleaser.yaml). Other builds know it from the go command.
var stampedVersion, stampedCommit string

func init() { cli.VersionPrinter = printVersion }

// version is that of the release, or of the module as the go command stamps it: a tag, or a commit with its time.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return cmp.Or(stampedVersion, info.Main.Version, "(devel)")
}

// commit is what was built, or "" where nobody has said it.
func commit() string {
	if stampedCommit != "" {
		return stampedCommit
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	said := make(map[string]string)
	for _, setting := range info.Settings {
		said[setting.Key] = setting.Value
	}
	if said["vcs.modified"] == "true" {
		return said["vcs.revision"] + ", changed since"
	}
	return said["vcs.revision"]
}

func printVersion(c *cli.Context) {
	fmt.Fprintf(c.App.Writer, "pgsr version %s\n", version())
	if built := commit(); built != "" {
		fmt.Fprintf(c.App.Writer, "commit %s\n", built)
	}
	fmt.Fprintf(c.App.Writer, "%s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

func (p *program) versionCommand() *cli.Command {
	return &cli.Command{
		Name:   "version",
		Usage:  "print the version, the commit, and the version of Go that compiled it",
		Action: func(c *cli.Context) error { cli.ShowVersion(c); return nil },
	}
}
