package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// usageError says what is wrong with the command line, and where help is to be had.
func usageError(c *cli.Context, format string, args ...any) error {
	return fmt.Errorf("%s (see: %s)", fmt.Sprintf(format, args...), helpFor(c))
}

func helpFor(c *cli.Context) string {
	if isRoot(c) || c.Command.Name == "help" {
		return "pgsr help"
	}
	return c.Command.HelpName + " --help"
}

func isRoot(c *cli.Context) bool { return c.Command.HelpName == c.App.HelpName }

// withoutArguments refuses what stands behind the flags, where urfave/cli would also take flags for arguments.
func withoutArguments(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		if c.NArg() == 0 {
			return action(c)
		}
		first := c.Args().First()
		if len(c.Command.Subcommands) > 0 {
			return usageError(c, "%s has no subcommand %s%s", c.Command.HelpName, shown(first), didYouMean(nearestCommand(c.Command.Subcommands, first)))
		}
		return usageError(c, "%s takes no arguments, but got %s%s", c.Command.HelpName, shown(first), didYouMean(flagFor(c.Command, first)))
	}
}

// flagFor gives the flag that an argument was probably meant for; empty if none comes to mind.
func flagFor(command *cli.Command, argument string) string {
	wanted, value := []string{"f", "role", "can", "id"}, argument
	if looksLikeConnection(argument) {
		wanted, value = []string{"database-url"}, "..."
	}
	for _, name := range wanted {
		if hasFlag(command, name) {
			return dashed(name) + " " + value
		}
	}
	return ""
}

// connectionString is what a connection string looks like that may hold a password.
var connectionString = regexp.MustCompile(`(?i)://|passw[a-z]*\s*=|:[^/]*@`)

func looksLikeConnection(text string) bool { return connectionString.MatchString(text) }

// shown quotes what was given, unless it may hold a password.
func shown(given string) string {
	if looksLikeConnection(given) {
		return "what looks like a connection string"
	}
	return fmt.Sprintf("%q", given)
}

// unknownCommand is what happens when there is no command, or none of the name. The first is an error all the same: a
// script may have lost it.
func unknownCommand(c *cli.Context) error {
	if c.NArg() == 0 {
		c.App.Writer = c.App.ErrWriter
		return errors.Join(cli.ShowAppHelp(c), usageError(c, "which command?"))
	}
	first := c.Args().First()
	if habit := commandHabits[first]; habit != "" {
		return usageError(c, "unknown command %s: %s", shown(first), habit)
	}
	return usageError(c, "unknown command %s%s", shown(first), didYouMean(nearestCommand(c.App.Commands, first)))
}

// usageProblem gives flags that could not be read a message of ours. Those of package flag write a flag with one dash.
func usageProblem(c *cli.Context, err error, _ bool) error {
	message := err.Error()
	if name, unknown := strings.CutPrefix(message, "flag provided but not defined: -"); unknown {
		return unknownFlag(c, name)
	}
	if name, missing := strings.CutPrefix(message, "flag needs an argument: -"); missing {
		return usageError(c, "flag %s needs a value", dashed(name))
	}
	if parts := invalidValue.FindStringSubmatch(message); parts != nil {
		value, _ := strconv.Unquote(parts[1])
		return usageError(c, "flag %s does not take %s%s", dashed(parts[2]), shown(value), cmp.Or(parts[3], howGiven(c.Command, parts[2])))
	}
	return usageError(c, "%s", strings.Replace(message, "Cannot", "cannot", 1))
}

// howGiven says how a flag is written that takes no text.
func howGiven(command *cli.Command, name string) string {
	for _, flag := range command.Flags {
		if !slices.Contains(flag.Names(), name) {
			continue
		}
		switch flag.(type) {
		case *cli.IntFlag, *cli.Int64Flag:
			return ": write a whole number"
		case *cli.BoolFlag:
			return ": it is given without a value"
		}
	}
	return ""
}

// invalidValue is how package flag says that a flag does not take a value.
var invalidValue = regexp.MustCompile(`\Ainvalid (?:boolean )?value (".*") for (?:flag )?-([a-z-]+)(?:: parse error\z)?(.*)\z`)

func unknownFlag(c *cli.Context, name string) error {
	if isRoot(c) {
		for _, command := range c.App.Commands {
			if hasFlag(command, name) {
				return usageError(c, "flag %s comes after the command: pgsr %s %s", dashed(name), command.Name, dashed(name))
			}
		}
	}
	if habit := flagHabits[name]; habit != "" && !isRoot(c) {
		return usageError(c, "unknown flag %s: %s", dashed(name), habit)
	}
	return usageError(c, "unknown flag %s%s", dashed(name), didYouMean(nearestFlag(c.Command, name)))
}

func hasFlag(command *cli.Command, name string) bool {
	return slices.ContainsFunc(command.Flags, func(flag cli.Flag) bool { return slices.Contains(flag.Names(), name) })
}

// dashed writes a flag as people do.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
