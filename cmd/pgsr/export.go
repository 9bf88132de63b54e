package main

import (
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/script"
	"pgsr/planner/specfile"
)

const aboutExport = `Writes the spec of what there is in the connected database, or in all, to stdout or -o: 'pgsr check' of it finds nothing to do. It is of all
roles but the server's own and pgsr's, or of those that --role names. What belongs together is one phrase; what pgsr does not manage, and what no spec can
say, stands in comments. Passwords are left out. The same state gives the same file. Changes nothing and takes no lock.

pgsr export -o pgsr.yaml
pgsr export --role analysts --role etl`

const flagAllDatabases = "all-databases"

func (p *program) exportCommand() *cli.Command {
	return &cli.Command{
		Name:        "export",
		Usage:       "write the spec of what there is; changes nothing",
		Description: aboutExport,
		Flags: slices.Concat(connectionFlags(), []cli.Flag{
			&cli.StringSliceFlag{Name: flagRole, KeepSpace: true, Usage: "only this `ROLE`, taken as it is; repeat it for several"},
			boolFlag(flagAllDatabases, "write what the roles have in other databases, too, under in"),
			asFlag(),
			parallelFlag(),
			outputFlag(),
		}),
		Action: p.export,
	}
}

func (p *program) export(c *cli.Context) error {
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	exported, err := executor.Export(c.Context, conn, executor.ExportOptions{Roles: c.StringSlice(flagRole), AllDatabases: c.Bool(flagAllDatabases), Parallel: c.Int(flagParallel), As: c.String(flagAs)})
	if err != nil {
		return err
	}
	document := specfile.Document{Spec: exported.Spec, Header: append([]string{provenance(c, exported)}, exported.Header...), OfRoles: exported.OfRoles}
	err = p.writeOutput(c, func(w io.Writer) error { return specfile.Write(w, document) })
	for _, difference := range exported.Differences {
		p.say("no spec can say that this is to stay as it is: %s", difference)
	}
	return err
}

// provenance says how the file was made, but not when: the same state gives the same file.
func provenance(c *cli.Context, exported *executor.Exported) string {
	command := []string{"pgsr export"}
	if c.Bool(flagAllDatabases) {
		command = append(command, "--"+flagAllDatabases)
	}
	if c.IsSet(flagAs) {
		command = append(command, "--"+flagAs+" "+shown(c.String(flagAs)))
	}
	for _, role := range c.StringSlice(flagRole) {
		command = append(command, "--role "+shown(role))
	}
	return "Written by `" + strings.Join(command, " ") + "` of pgsr " + version() + ", from " + script.DescribeDatabase(exported.Server) + " on " +
		script.DescribeServer(exported.Server) + ", as " + script.DescribeUser(exported.Server) + "."
}
