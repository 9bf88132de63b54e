package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

const aboutExplain = `Prints what a role can do in the connected database, and why: each privilege on each object, and each path by which it has it: granted
directly, by a privilege role, as owner, as everyone, through the roles that it inherits from. It is what the server's own
has_table_privilege and its like say. Changes nothing and takes no lock; needs no spec.

pgsr explain --role alice
pgsr explain --role alice --on "TABLE sales.orders"`

func (p *program) explainCommand() *cli.Command {
	return &cli.Command{
		Name:        "explain",
		Usage:       "say what a role can do, and why; changes nothing",
		Description: aboutExplain,
		Flags: join(connectionFlags(), []cli.Flag{
			&cli.StringFlag{Name: flagRole, Usage: "the `ROLE`, taken as it is"},
			onFlag("only with this `OBJECT`, written as in a GRANT: \"TABLE sales.orders\""),
		}),
		Action: p.explainRole,
	}
}

const flagOn = "on"

func onFlag(usage string) cli.Flag { return &cli.StringFlag{Name: flagOn, Usage: usage} }

func (p *program) explainRole(c *cli.Context) error {
	if c.String(flagRole) == "" {
		return usageError(c, "which role? Write --role and its name")
	}
	var object *catalog.ObjectID
	if c.IsSet(flagOn) {
		grant, err := grantOn(c, "ALL")
		if err != nil {
			return err
		}
		object = &grant.Target.Objects[0]
	}
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	explanation, err := executor.Explain(c.Context, conn.Conn, c.String(flagRole), object)
	if err != nil {
		return err
	}
	p.sayWhatItIs(explanation)
	return writeAccess(p.stdout, explanation.Access, false)
}

// grantOn reads privileges on the object of --on by the rules of the spec's phrases.
func grantOn(c *cli.Context, privileges string) (spec.Grant, error) {
	grants, err := spec.ParseGrants(privileges + " ON " + c.String(flagOn))
	switch {
	case err != nil:
		return spec.Grant{}, fmt.Errorf("reading what is asked for: %w", err)
	case len(grants) != 1 || len(grants[0].Target.Objects) != 1 || grants[0].Columns != nil || grants[0].WithOption || grants[0].Until != nil:
		return spec.Grant{}, usageError(c, "flag --on takes one object: \"TABLE sales.orders\"")
	}
	return grants[0], nil
}

// sayWhatItIs says what is not a privilege on an object.
func (p *program) sayWhatItIs(e *access.Explanation) {
	role := script.DisplayGrantee(e.Role)
	if e.Attributes.Superuser {
		p.say("%s is a superuser: it can do everything, whatever is granted", role)
	}
	if e.Attributes.CreateRole {
		p.say("%s has CREATEROLE", role)
	}
	if len(e.Assumable) > 0 {
		names := make([]string, len(e.Assumable))
		for i, name := range e.Assumable {
			names[i] = script.DisplayGrantee(name)
		}
		p.say("after SET ROLE it can also do what these can: %s", strings.Join(names, ", "))
	}
	if len(e.Access) == 0 {
		p.say("%s has no privilege here", role)
	}
}

// writeAccess writes a table with a line for each path; privileges with the same path to the same object share one.
func writeAccess(w io.Writer, all []access.Access, withRole bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	heading := "PRIVILEGES\tON\tWHY"
	if withRole {
		heading = "ROLE\t" + heading
	}
	fmt.Fprintln(table, heading)
	for _, row := range accessRows(all) {
		if withRole {
			fmt.Fprint(table, cell(row.role)+"\t")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", cell(strings.Join(row.privileges, ", ")), cell(row.on), cell(row.why))
	}
	return table.Flush()
}

type accessRow struct {
	role, on, why string
	privileges    []string
}

// accessRows brings together what only the privilege is different of. Access comes in order of role and object.
func accessRows(all []access.Access) []*accessRow {
	var rows []*accessRow
	var of [3]string
	known := map[string]*accessRow{}
	for _, a := range all {
		if same := [3]string{a.Role, a.Object.String(), a.Column}; same != of {
			of, known = same, map[string]*accessRow{}
		}
		for _, path := range a.Paths {
			why := report.PathText(path)
			if known[why] == nil {
				known[why] = &accessRow{role: script.DisplayGrantee(a.Role), on: report.AccessText(a), why: why}
				rows = append(rows, known[why])
			}
			known[why].privileges = append(known[why].privileges, string(a.Privilege))
		}
	}
	return rows
}
