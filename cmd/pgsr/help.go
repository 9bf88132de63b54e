package main

import "github.com/urfave/cli/v2"

// helpCommand is ours because that of urfave/cli exits with 3 for a command that it does not know.
func (p *program) helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "print this, or the help of a command: pgsr help plan",
		ArgsUsage: "[command]",
		Args:      true,
		Action:    help,
	}
}

func help(c *cli.Context) error {
	name := c.Args().First()
	switch command := c.App.Command(name); {
	case name == "":
		return cli.ShowAppHelp(c)
	case command == nil:
		return usageError(c, "unknown command %s%s", shown(name), didYouMean(nearestCommand(c.App.Commands, name)))
	case c.NArg() == 2 && command.Command(c.Args().Get(1)) != nil:
		return c.App.RunContext(c.Context, []string{"pgsr", name, c.Args().Get(1), "--help"})
	case c.NArg() > 1:
		return usageError(c, "pgsr help takes one command")
	}
	return c.App.RunContext(c.Context, []string{"pgsr", name, "--help"})
}
