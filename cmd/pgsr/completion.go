package main

import (
	_ "embed" // the scripts of the shells
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/urfave/cli/v2"

	"pgsr/planner/specfile"
)

var (
	//go:embed completion/pgsr.bash
	completionOfBash string
	//go:embed completion/pgsr.zsh
	completionOfZsh string
	//go:embed completion/pgsr.fish
	completionOfFish string
)

// anyFile asks the shell for names of files.
const anyFile = ":files"

func (p *program) completionCommand() *cli.Command {
	script := func(shell, text, use string) *cli.Command {
		return &cli.Command{
			Name: shell, Usage: "write the script for " + shell + ": " + use,
			Action: func(c *cli.Context) error { _, err := fmt.Fprint(c.App.Writer, text); return err },
		}
	}
	return &cli.Command{
		Name:  "completion",
		Usage: "write what lets a shell complete commands, flags and their values",
		Subcommands: []*cli.Command{
			script("bash", completionOfBash, "source <(pgsr completion bash)"),
			script("zsh", completionOfZsh, "source <(pgsr completion zsh), behind compinit"),
			script("fish", completionOfFish, "pgsr completion fish | source"),
			{
				Name: "words", Usage: "what a word can become, asked by these scripts", Hidden: true,
				Args: true, ArgsUsage: "WORD...", SkipFlagParsing: true, Action: p.completeWords,
			},
		},
		Action: func(c *cli.Context) error { return usageError(c, "which shell? Write bash, zsh or fish") },
	}
}

// completeWords writes what the last of the words can become, a line each, with what it is for behind a tab.
func (p *program) completeWords(c *cli.Context) error {
	words := c.Args().Slice()
	if len(words) == 0 {
		return nil
	}
	typed := words[len(words)-1]
	for _, line := range p.candidates(c.App, words[:len(words)-1], typed) {
		if line == anyFile || strings.HasPrefix(line, typed) {
			fmt.Fprintln(c.App.Writer, line)
		}
	}
	return nil
}

// candidates are what can follow the words before, of which the caller takes those that begin as what is typed.
func (p *program) candidates(app *cli.App, before []string, typed string) []string {
	at := position{commands: app.Commands, flags: app.Flags}
	for _, word := range before {
		at.pass(word)
	}
	name, _, assigned := strings.Cut(typed, "=")
	switch {
	case at.open != nil:
		return p.valuesOf(at, at.open, "")
	case assigned && at.flag(name) != nil:
		return p.valuesOf(at, at.flag(name), name+"=")
	case strings.HasPrefix(typed, "-"):
		return flagCandidates(at.flags)
	case at.name == "help":
		at.commands = app.Commands
	}
	var out []string
	for _, c := range at.commands {
		if !c.Hidden {
			out = append(out, candidate(c.Name, c.Usage))
		}
	}
	return out
}

// position is where in a command line a word is to come.
type position struct {
	name     string
	commands []*cli.Command
	flags    []cli.Flag
	open     cli.Flag // the flag whose value comes next; nil if there is none
	files    []string // those of the spec
}

// pass goes past a word.
func (at *position) pass(word string) {
	name, value, assigned := strings.Cut(word, "=")
	switch flag := at.flag(name); {
	case at.open != nil:
		at.read(at.open, word)
		at.open = nil
	case flag != nil && assigned:
		at.read(flag, value)
	case flag != nil && takes(flag) != "":
		at.open = flag
	default:
		for _, c := range at.commands {
			if c.HasName(word) {
				at.name, at.commands, at.flags = c.Name, c.Subcommands, c.Flags
			}
		}
	}
}

func (at *position) read(flag cli.Flag, value string) {
	if slices.Contains(flag.Names(), flagFile) {
		at.files = append(at.files, value)
	}
}

// flag gives the flag of a word; nil if it is none.
func (at *position) flag(word string) cli.Flag {
	for _, flag := range at.flags {
		for _, name := range flag.Names() {
			if word == "-"+name || word == "--"+name {
				return flag
			}
		}
	}
	return nil
}

// valuesOf are the values of a flag: words, roles of the spec, or names of files.
func (p *program) valuesOf(at position, flag cli.Flag, prefix string) []string {
	var out []string
	switch value := takes(flag); {
	case value == "FILE":
		return []string{anyFile}
	case strings.Contains(value, "|"):
		out = strings.Split(value, "|")
	case slices.Contains(flag.Names(), flagRole):
		out = rolesOf(at.files)
	}
	for i := range out {
		out[i] = prefix + out[i]
	}
	return out
}

// rolesOf are the roles of a spec; none while it cannot be read. Passwords are not, nor is what may never end.
func rolesOf(names []string) []string {
	if len(names) == 0 {
		names = []string{defaultFile}
	}
	var files []specfile.File
	for _, name := range names {
		if is, err := os.Stat(name); err != nil || !is.Mode().IsRegular() {
			return nil
		}
		data, err := readAtMost(name, specfile.MostBytes)
		if err != nil {
			return nil
		}
		files = append(files, specfile.File{Name: name, Data: data})
	}
	s, err := specfile.Parse(files, specfile.Secrets{Unread: true, UnreadCommands: true})
	if err != nil {
		return nil
	}
	var out []string
	for _, role := range s.Roles {
		// A shell would take such a name for several.
		if !strings.ContainsFunc(role.Name, unicode.IsControl) {
			out = append(out, role.Name)
		}
	}
	return out
}

func flagCandidates(flags []cli.Flag) []string {
	var out []string
	for _, flag := range flags {
		documented, ok := flag.(cli.DocGenerationFlag)
		if !ok {
			continue
		}
		for _, name := range flag.Names() {
			out = append(out, candidate(dashed(name), strings.ReplaceAll(documented.GetUsage(), "`", "")))
		}
	}
	return out
}

// longestDescription is what fits on a terminal beside a flag.
const longestDescription = 80

// candidate is a word and what it is for, cut after a word.
func candidate(word, description string) string {
	if len(description) > longestDescription {
		cut := strings.LastIndex(description[:longestDescription], " ")
		description = strings.TrimRight(description[:cut], ",:;") + " ..."
	}
	return word + "\t" + description
}
