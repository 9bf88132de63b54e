package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"pgsr/planner/specfile"
)

const aboutSchema = `Writes the JSON Schema (draft 2020-12) of a spec to stdout or -o. Editors complete keys and mark mistakes by it while a spec is written: name the file
in the spec's first line, as '# yaml-language-server: $schema=spec.schema.json' does. It sees less than 'pgsr validate'. No connection is made.

pgsr schema -o spec.schema.json`

func (p *program) schemaCommand() *cli.Command {
	return &cli.Command{
		Name:        "schema",
		Usage:       "write the JSON Schema of a spec, for editors",
		Description: aboutSchema,
		Flags:       []cli.Flag{outputFlag()},
		Action:      p.schema,
	}
}

func (p *program) schema(c *cli.Context) error {
	return p.writeOutput(c, func(w io.Writer) error {
		_, err := w.Write(specfile.Schema())
		return err
	})
}
