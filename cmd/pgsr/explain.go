package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/report"
	"pgsr/planner/spec"
)

const aboutExplain = `Prints what a role can do in the connected database, and why: each privilege on each object, and each path by which it has it: granted
directly, by a privilege role, as owner, as everyone, through the roles that it inherits from. It is what the server's own
has_table_privilege and its like say. In brackets stands what it does not have, and could come to have without anybody's help: as an owner, or of
the object of --on also after SET ROLE or by ADMIN OPTION. New objects are those that come with default privileges. What lets the role become
more than it is begins with an exclamation mark. Changes nothing and takes no lock; needs no spec.

pgsr explain --role alice
pgsr explain --role alice --on "TABLE sales.orders"`

func (p *program) explainCommand() *cli.Command {
	return &cli.Command{
		Name:        "explain",
		Usage:       "say what a role can do, and why; changes nothing",
		Description: aboutExplain,
		Flags: slices.Concat(connectionFlags(), []cli.Flag{
			&cli.StringFlag{Name: flagRole, Usage: "the `ROLE`, taken as it is"},
			onFlag("only with this `OBJECT`, written as in a GRANT: \"TABLE sales.orders\""),
			namesFlag(),
		}),
		Action: p.explainRole,
	}
}

const (
	flagOn  = "on"
	flagCan = "can"
)

// namesFlag is for what is said of who has what.
func namesFlag() cli.Flag { return verboseFlag("name privilege roles") }

func onFlag(usage string) cli.Flag { return &cli.StringFlag{Name: flagOn, Usage: usage} }

func (p *program) explainRole(c *cli.Context) error {
	if c.String(flagRole) == "" {
		return usageError(c, "which role? Write --role and its name")
	}
	var on *spec.Target
	if c.IsSet(flagOn) {
		grants, err := grantsOn(c, "ALL")
		if err != nil {
			return err
		}
		on = &grants[0].Target
	}
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	explanation, err := executor.Explain(c.Context, conn, c.String(flagRole), on)
	if err != nil {
		return err
	}
	p.sayWhatItIs(explanation)
	return writeAccess(p.stdout, slices.Concat(accessRows(explanation.Access, c.Bool(flagVerbose)), futureRows(explanation)), false)
}

// grantsOn reads privileges on the object of --on by the rules of the spec's phrases: a grant for each list of columns.
func grantsOn(c *cli.Context, privileges string) ([]spec.Grant, error) {
	grants, err := spec.ParseGrants(privileges + " ON " + c.String(flagOn))
	if err != nil {
		return nil, notRead(err, privileges)
	}
	for _, g := range grants {
		if len(g.Target.Objects) != 1 || g.Target.Objects[0] != grants[0].Target.Objects[0] || g.WithOption || g.Until != nil {
			return nil, usageError(c, "flag --on takes one object: \"TABLE sales.orders\"")
		}
	}
	return grants, nil
}

// notRead says in which flag the first problem stands, and after how many characters of it.
func notRead(err error, privileges string) error {
	problem, is := errors.AsType[*spec.Error](err)
	if !is {
		return err
	}
	flag, column := flagCan, problem.At.Column
	if before := utf8.RuneCountInString(privileges + " ON "); column > before {
		flag, column = flagOn, column-before
	}
	return fmt.Errorf("flag %s, character %d: %s", dashed(flag), column, problem.Message)
}

// sayWhatItIs says what is not a privilege on an object.
func (p *program) sayWhatItIs(e *access.Explanation) {
	role := catalog.DisplayGrantee(e.Role)
	if e.Attributes.Superuser {
		p.say("%s is a superuser: it can do everything, whatever is granted", role)
	}
	if e.Attributes.CreateRole {
		p.say("%s has CREATEROLE", role)
	}
	if len(e.Assumable) > 0 {
		p.say("after SET ROLE it can also do what these can: %s", displayNames(e.Assumable))
	}
	if len(e.Obtainable) > 0 {
		p.say("by ADMIN OPTION it could make itself a member of these, and do what they can: %s", displayNames(e.Obtainable))
	}
	for _, mark := range e.Marks {
		p.say("! %s", catalog.Printable(mark.Text))
	}
	if !slices.ContainsFunc(e.Access, func(a access.Access) bool { return len(a.Paths) > 0 }) {
		p.say("%s has no privilege here", role)
	}
}

func displayNames(names []string) string {
	return lists.Join(names, catalog.DisplayName)
}

// writeAccess writes a table with a line for each path; privileges with the same path to the same object share one.
func writeAccess(w io.Writer, rows []*accessRow, withRole bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	heading := "PRIVILEGES\tON\tWHY"
	if withRole {
		heading = "ROLE\t" + heading
	}
	fmt.Fprintln(table, heading)
	for _, row := range rows {
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
func accessRows(all []access.Access, verbose bool) []*accessRow {
	var rows []*accessRow
	var of [3]string
	known := map[string]*accessRow{}
	for _, a := range all {
		if same := [3]string{a.Role, a.Object.String(), a.Column}; same != of {
			of, known = same, map[string]*accessRow{}
		}
		add := func(path access.Path, privilege string) {
			why := report.PathText(path, verbose)
			if known[why] == nil {
				known[why] = &accessRow{role: catalog.DisplayGrantee(a.Role), on: report.AccessText(a), why: why}
				rows = append(rows, known[why])
			}
			known[why].privileges = append(known[why].privileges, privilege)
		}
		for _, path := range a.Paths {
			add(path, privilegeText(a, path))
		}
		if a.Could != nil {
			add(*a.Could, "("+string(a.Privilege)+")")
		}
	}
	return rows
}

// privilegeText says of a path whether it comes WITH GRANT OPTION, but for owners and superusers, who always have it.
func privilegeText(a access.Access, path access.Path) string {
	isSame := func(option access.Path) bool { return option.Kind == path.Kind && slices.Equal(option.Via, path.Via) }
	if path.Kind == access.ByOwnership || path.Kind == access.BySuperuser || !slices.ContainsFunc(a.Options, isSame) {
		return string(a.Privilege)
	}
	return string(a.Privilege) + " WITH GRANT OPTION"
}

// futureRows are what a role will have on new objects.
func futureRows(e *access.Explanation) []*accessRow {
	return lists.Map(e.Futures, func(f access.FutureAccess) *accessRow {
		return &accessRow{on: catalog.DisplayFuture(f.Future), why: report.PathText(f.Path, false), privileges: lists.Strings(f.Privileges)}
	})
}
