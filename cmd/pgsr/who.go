package main

import (
	"github.com/urfave/cli/v2"

	"pgsr/executor"
)

const aboutWho = `Prints which roles have a privilege on an object, and why: a line for each path by which a role has it. PUBLIC stands for everyone; who has the
privilege by that alone is not listed. Changes nothing and takes no lock; needs no spec.

pgsr who --can SELECT --on "TABLE sales.orders"`

func (p *program) whoCommand() *cli.Command {
	return &cli.Command{
		Name:        "who",
		Usage:       "say who has a privilege on an object, and why; changes nothing",
		Description: aboutWho,
		Flags: join(connectionFlags(), []cli.Flag{
			&cli.StringFlag{Name: "can", Usage: "the `PRIVILEGE`, or several with commas between them, or ALL"},
			onFlag("the `OBJECT`, written as in a GRANT: \"TABLE sales.orders\""),
		}),
		Action: p.who,
	}
}

func (p *program) who(c *cli.Context) error {
	if c.String("can") == "" || c.String(flagOn) == "" {
		return usageError(c, "who can do what? Write for example --can SELECT --on \"TABLE sales.orders\"")
	}
	grant, err := grantOn(c, c.String("can"))
	if err != nil {
		return err
	}
	object, privileges := grant.Target.Objects[0], grant.Privileges
	if grant.AllPrivileges {
		privileges = object.Kind.Info().Privileges
	}
	conn, err := p.connect(c.Context, c)
	if err != nil {
		return err
	}
	defer disconnect(conn)
	all, err := executor.Who(c.Context, conn.Conn, object, privileges...)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		p.say("nobody has it")
	}
	return writeAccess(p.stdout, all, true)
}
