package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"pgsr/planner/lists"

	"github.com/urfave/cli/v2"
)

func (p *program) manCommand() *cli.Command {
	return &cli.Command{
		Name:   "man",
		Usage:  "write the manual page, for man: pgsr man >pgsr.1",
		Action: func(c *cli.Context) error { return writeManual(c.App.Writer, c.App) },
	}
}

// writeManual writes the page of all commands. https://man7.org/linux/man-pages/man7/groff_man.7.html
func writeManual(w io.Writer, app *cli.App) error {
	var page strings.Builder
	fmt.Fprintf(&page, ".TH PGSR 1 \"\" \"pgsr %s\" \"User Commands\"\n", roff(version()))
	fmt.Fprintf(&page, ".SH NAME\npgsr \\- %s\n", roff(app.Usage))
	fmt.Fprintf(&page, ".SH SYNOPSIS\n.B pgsr\n.I command\n.RI [ flags ]\n.SH DESCRIPTION\n")
	paragraphs(&page, app.Description)
	page.WriteString(".SH COMMANDS\n")
	manualOf(&page, "pgsr", app.Commands)
	page.WriteString(".SH FILES\n.TP\n.I " + defaultFile + "\nThe spec, where no \\-\\-file is given.\n")
	_, err := io.WriteString(w, page.String())
	return err
}

// paragraphs writes a text. What looks as one types it stays as it is.
func paragraphs(page *strings.Builder, text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		switch typed := strings.HasPrefix(paragraph, "pgsr "); {
		case typed:
			fmt.Fprintf(page, ".PP\n.EX\n%s\n.EE\n", roff(paragraph))
		case i > 0:
			fmt.Fprintf(page, ".PP\n%s\n", roff(paragraph))
		default:
			fmt.Fprintln(page, roff(paragraph))
		}
	}
}

func manualOf(page *strings.Builder, parent string, commands []*cli.Command) {
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		name := parent + " " + c.Name
		fmt.Fprintf(page, ".SS %s\n", roff(strings.TrimSpace(name+" "+c.ArgsUsage)))
		fmt.Fprintln(page, roff(sentence(c.Usage)))
		if c.Description != "" {
			page.WriteString(".PP\n")
			paragraphs(page, c.Description)
		}
		for _, flag := range c.Flags {
			manualOfFlag(page, flag)
		}
		manualOf(page, name, c.Subcommands)
	}
}

// placeholder is what stands for the value of a flag in its text, as urfave/cli has it.
var placeholder = regexp.MustCompile("`([^`]*)`")

// takes is what stands for the value of a flag: "" for one without a value.
func takes(flag cli.Flag) string {
	documented, ok := flag.(cli.DocGenerationFlag)
	if !ok || !documented.TakesValue() {
		return ""
	}
	if found := placeholder.FindStringSubmatch(documented.GetUsage()); found != nil {
		return found[1]
	}
	return "VALUE"
}

func manualOfFlag(page *strings.Builder, flag cli.Flag) {
	documented, ok := flag.(cli.DocGenerationFlag)
	if visible, known := flag.(cli.VisibleFlag); !ok || known && !visible.IsVisible() {
		return
	}
	names := slices.Clone(flag.Names())
	slices.SortStableFunc(names, func(a, b string) int { return len(a) - len(b) })
	line := lists.Join(names, func(name string) string { return `\fB` + roff(dashed(name)) + `\fR` })
	if value := takes(flag); value != "" {
		line += ` \fI` + roff(value) + `\fR`
	}
	text := strings.ReplaceAll(sentence(documented.GetUsage()), "`", "")
	if byDefault := documented.GetDefaultText(); byDefault != "" {
		text += " Default: " + byDefault + "."
	}
	fmt.Fprintf(page, ".TP\n%s\n%s\n", line, roff(text))
}

// sentence begins large and ends with a point.
func sentence(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + strings.TrimSuffix(text[1:], ".") + "."
}

// request begins what roff would take for an order of its own.
var request = regexp.MustCompile(`(?m)^[.']`)

// roff lets a text stand for itself: no escapes, no requests, and hyphens that can be copied.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	return request.ReplaceAllString(text, `\&$0`)
}
