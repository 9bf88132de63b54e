package main

import (
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"pgsr/planner/lists"
	"pgsr/planner/script"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

const aboutValidate = `Reads the spec and says all that is wrong with it at once, each with its file, line and column, as far as that can be told without a
server: what is misspelt, contradicts itself, or can not be granted. No connection is made. Of passwords it is only looked at how they are
given: no variable, no file and no command is read or run for one.

What there is in a database, and what the connecting role may do, pgsr check says.

Exit status: 0 nothing is wrong; 1 something is.`

func (p *program) validateCommand() *cli.Command {
	return &cli.Command{
		Name:        "validate",
		Usage:       "read a spec without a server, and say what is wrong with it",
		Description: aboutValidate,
		Flags:       []cli.Flag{fileFlag(), roleFlag()},
		Action:      p.validate,
	}
}

func (p *program) validate(c *cli.Context) error {
	files, err := p.readFiles(c)
	if err != nil {
		return err
	}
	s, err := specfile.Parse(files, unreadSecrets(paths(c)))
	if err != nil {
		return err
	}
	if s, err = s.Restrict(c.StringSlice(flagRole)); err != nil {
		return err
	}
	p.say("valid: %s, %s", script.Count(len(s.Roles), "role", "roles"), script.Count(phrases(s), "phrase", "phrases"))
	return nil
}

// unreadSecrets stand for passwords, which are not read. Where a file would be looked for has to be clear.
func unreadSecrets(names []string) specfile.Secrets {
	const stands = "a password that was not read"
	return specfile.Secrets{
		LookupEnv: func(string) (string, bool) { return stands, true },
		ReadFile: func(path string) ([]byte, error) {
			if filepath.IsAbs(path) {
				return []byte(stands), nil
			}
			_, err := commonFolder(names)
			return []byte(stands), err
		},
		UnreadCommands: true,
	}
}

// phrases counts those of a spec, as they are written: one that stands for several kinds is one.
func phrases(s *spec.Spec) int {
	type phrase struct {
		at   spec.Position
		text string
	}
	n := len(s.Ignore)
	grants := func(all ...[]spec.Grant) {
		for _, list := range all {
			n += len(slices.Compact(lists.Map(list, func(g spec.Grant) phrase { return phrase{g.At, g.Text} })))
		}
	}
	owns := func(list []spec.Ownership) {
		n += len(slices.Compact(lists.Map(list, func(o spec.Ownership) phrase { return phrase{o.At, o.Text} })))
	}
	grants(s.Public.Grants, s.Public.Revokes)
	for _, in := range s.Public.In {
		grants(in.Grants, in.Revokes)
	}
	for _, role := range s.Roles {
		grants(role.Grants, role.DirectGrants)
		owns(role.Owns)
		for _, in := range role.In {
			grants(in.Grants, in.DirectGrants)
			owns(in.Owns)
		}
	}
	return n
}
