package main

import (
	"regexp"
	"slices"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/access"
	"pgsr/planner/spec"
)

const aboutWho = `Prints which roles have a privilege on an object, or on columns of it, and why: a line for each path by which a role has it. PUBLIC stands for
everyone; who has the privilege by that alone is not listed. Who does not have it, and could come to have it without anybody's help, is listed
too, with the shortest way: after SET ROLE, by granting it to itself, or by making itself a member of a role on which it has ADMIN OPTION.
WITH GRANT OPTION asks who may grant it. Changes nothing and takes no lock; needs no spec.

pgsr who --can SELECT --on "TABLE sales.orders"
pgsr who --can "SELECT (total)" --on "TABLE sales.orders"
pgsr who --can "SELECT WITH GRANT OPTION" --on "TABLE sales.orders"`

func (p *program) whoCommand() *cli.Command {
	return &cli.Command{
		Name:        "who",
		Usage:       "say who has a privilege on an object, and why; changes nothing",
		Description: aboutWho,
		Flags: slices.Concat(connectionFlags(), []cli.Flag{
			&cli.StringFlag{Name: flagCan, Usage: "the `PRIVILEGE`, or several with commas between them, or ALL; with columns in brackets, or WITH GRANT OPTION"},
			onFlag("the `OBJECT`, written as in a GRANT: \"TABLE sales.orders\""),
			namesFlag(),
		}),
		Action: p.who,
	}
}

func (p *program) who(c *cli.Context) error {
	if c.String(flagCan) == "" || c.String(flagOn) == "" {
		return usageError(c, "who can do what? Write for example --can SELECT --on \"TABLE sales.orders\"")
	}
	on, question, err := askedWho(c)
	if err != nil {
		return err
	}
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	all, err := executor.Who(c.Context, conn, on, question)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(a access.Access) bool { return len(a.Paths) > 0 }) {
		p.say("nobody has it")
	}
	return writeAccess(p.stdout, accessRows(all, c.Bool(flagVerbose)), true)
}

// withOption follows privileges, as in what the server's has_table_privilege takes.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-ACCESS-TABLE
var withOption = regexp.MustCompile(`(?i)\s+WITH\s+GRANT\s+OPTION\s*$`)

// askedWho reads what is asked for, and of which object. Of columns it takes those that all of the privileges are to be
// on.
func askedWho(c *cli.Context) (*spec.Target, access.Question, error) {
	can := withOption.ReplaceAllString(c.String(flagCan), "")
	grants, err := grantsOn(c, can)
	if err != nil {
		return nil, access.Question{}, err
	}
	on := &grants[0].Target
	q := access.Question{Columns: grants[0].Columns, WithOption: can != c.String(flagCan)}
	for _, grant := range grants {
		privileges := grant.Privileges
		if grant.AllPrivileges {
			privileges = on.Kind.Info().Privileges
		}
		if grant.AllPrivileges && q.Columns != nil {
			privileges = on.Kind.Info().ColumnPrivileges
		}
		if !slices.Equal(grant.Columns, q.Columns) {
			return nil, q, usageError(c, "flag --can takes the same columns for all privileges: \"SELECT (total), UPDATE (total)\"")
		}
		q.Privileges = append(q.Privileges, privileges...)
	}
	return on, q, nil
}
