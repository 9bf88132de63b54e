package main

import "github.com/urfave/cli/v2"

const flagAs = "as"

// asFlag lets a role that only reads work out what is for another one to do.
func asFlag() cli.Flag {
	return &cli.StringFlag{
		Name: flagAs, DefaultText: "the connecting role",
		Usage: "work it out for `ROLE`, as if that one connected: who connects needs no right but CONNECT, and can not become it",
		Action: func(c *cli.Context, given string) error {
			if given == "" {
				return usageError(c, "flag %s needs a role", dashed(flagAs))
			}
			return nil
		},
	}
}
