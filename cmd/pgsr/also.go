package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"pgsr/planner/lists"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

const flagAlso = "also"

func alsoFlag() cli.Flag {
	return &cli.StringSliceFlag{
		Name: flagAlso, KeepSpace: true,
		Usage: "also write the same plan to `FILE`, in the format of its suffix: " + suffixWords() + "; repeat it for several",
	}
}

// suffixes are the formats of files by their suffix.
var suffixes = []struct{ suffix, format string }{
	{".sql", "psql"}, {".html", "html"}, {".md", "markdown"}, {".json", formatJSON}, {".txt", "text"},
}

func suffixWords() string {
	return lists.Join(suffixes, func(s struct{ suffix, format string }) string { return s.suffix })
}

// output is a place where a plan is written, and how.
type output struct {
	// name is empty for stdout.
	name      string
	format    report.Format
	passwords script.Passwords
}

// outputs gives all places where a plan is to be written, that of --output and --format first. Each holds passwords as
// --passwords says, or as its format does by default.
func outputs(c *cli.Context) ([]output, error) {
	first := output{name: c.String(flagOutput)}
	if first.name == stdinFile {
		first.name = ""
	}
	var err error
	if first.format, err = report.FormatNamed(c.String(flagFormat)); err != nil {
		return nil, err
	}
	all := []output{first}
	for _, name := range c.StringSlice(flagAlso) {
		i := slices.IndexFunc(suffixes, func(s struct{ suffix, format string }) bool { return s.suffix == filepath.Ext(name) })
		if i < 0 {
			return nil, usageError(c, "flag --%s does not know how to write %s: the name has to end in %s", flagAlso, shown(name), suffixWords())
		}
		format, err := report.FormatNamed(suffixes[i].format)
		if err != nil {
			return nil, err
		}
		all = append(all, output{name: name, format: format})
	}
	for i := range all {
		if all[i].passwords, err = holding(c, all[i].format); err != nil {
			return nil, err
		}
	}
	return all, eachOnce(c, all)
}

// eachOnce refuses a file that would be written twice, or that the plan is made from.
func eachOnce(c *cli.Context, all []output) error {
	read, known := filesRead(c), map[string]string{}
	for _, name := range append([]string{c.String(flagRollback)}, lists.Map(all, func(out output) string { return out.name })...) {
		if name == "" {
			continue
		}
		target, err := place(name)
		if err != nil {
			return fmt.Errorf("writing %q: %w", name, err)
		}
		if read[target] {
			return usageError(c, "%s is what the plan is made from, and would be lost: write to another file", shown(name))
		}
		if other, is := known[target]; is {
			return usageError(c, "%s and %s are the same file: give each form of the plan a name of its own", shown(other), shown(name))
		}
		known[target] = name
	}
	return nil
}

// filesRead are the places of the spec's files, or of the saved plan. One that is not there is refused when it is read.
func filesRead(c *cli.Context) map[string]bool {
	names := []string{c.String(flagPlan)}
	if names[0] == "" {
		names = paths(c)
	}
	read := map[string]bool{}
	for _, name := range names {
		if target, err := place(name); err == nil && name != stdinFile {
			read[target] = true
		}
	}
	return read
}

// place gives one path for a file, by whatever name it is called.
func place(name string) (string, error) {
	target, _, err := destination(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(target)
}

// held says how passwords are held in all outputs together: as verifiers if one of them holds verifiers.
func held(all []output) script.Passwords {
	for _, out := range all {
		if out.passwords == script.PasswordVerifiers {
			return out.passwords
		}
	}
	return all[0].passwords
}

// showsEffect tells whether a format that was asked for shows it.
func showsEffect(c *cli.Context) bool {
	all, err := outputs(c)
	return err == nil && slices.ContainsFunc(all, func(out output) bool { return out.format.Effect })
}

// writeOut writes a plan of statements to a place: to a file whole or not at all, and to stdout all at once.
func (p *program) writeOut(out output, statements []script.Statement, write func(io.Writer) error) error {
	if out.name != "" {
		return p.writeFile(out.name, holdsVerifiers(out.format, out.passwords, statements), write)
	}
	return p.whole(write)
}
