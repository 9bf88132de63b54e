package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/urfave/cli/v2"

	"pgsr/planner/lists"
	"pgsr/planner/script"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

// stdinFile is the name of a file that stands for stdin.
const stdinFile = "-"

// paths gives the files that the flags name.
func paths(c *cli.Context) []string {
	if given := c.StringSlice(flagFile); len(given) > 0 {
		return given
	}
	return []string{defaultFile}
}

// parseSpec gives the spec that files hold, with only the roles that the flags name.
func (p *program) parseSpec(c *cli.Context, files []specfile.File) (*spec.Spec, error) {
	s, err := specfile.Parse(files, p.secrets(c))
	if err != nil {
		return nil, err
	}
	return s.Restrict(c.StringSlice(flagRole))
}

// sources tells which files were read, and what they held.
func sources(files []specfile.File) []script.Source {
	return lists.Map(files, func(file specfile.File) script.Source {
		return script.Source{Name: file.Name, SHA256: fmt.Sprintf("%x", sha256.Sum256(file.Data))}
	})
}

// readFiles reads the files that the flags name.
func (p *program) readFiles(c *cli.Context) ([]specfile.File, error) {
	names := paths(c)
	files := make([]specfile.File, len(names))
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, usageError(c, "the spec %s is given twice", shown(name))
		}
		var err error
		if files[i], err = p.readFile(name); err != nil {
			return nil, specError(c, name, err)
		}
	}
	p.files = files
	return files, nil
}

func (p *program) readFile(name string) (specfile.File, error) {
	if name == stdinFile {
		data, err := atMost(p.stdin, specfile.MostBytes)
		return specfile.File{Name: "stdin", Data: data}, err
	}
	data, err := readAtMost(name, specfile.MostBytes)
	return specfile.File{Name: name, Data: data}, err
}

// specError says which file could not be read, once, and what to do.
func specError(c *cli.Context, name string, err error) error {
	if within, is := errors.AsType[*fs.PathError](err); is {
		err = within.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && !c.IsSet(flagFile):
		return fmt.Errorf("reading the spec %s: there is no such file here: name one with -f", shown(name))
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("reading the spec %s: it is a directory: name its files, each with -f", shown(name))
	}
	return fmt.Errorf("reading the spec %s: %w", shown(name), err)
}

// secrets says where passwords are. Files are looked for where the spec is. Where no password is written none is read,
// and nothing that only looks runs a program.
func (p *program) secrets(c *cli.Context) specfile.Secrets {
	secrets := specfile.Secrets{
		LookupEnv: p.lookupEnv, ReadFile: passwordFile(paths(c)), Unread: leavesPasswordsOut(c) || comparesNoPasswords(c),
		UnreadCommands: !hasFlag(c.Command, flagAllowCommands),
	}
	if c.Bool(flagAllowCommands) {
		secrets.RunCommand = func(words []string) ([]byte, error) { return runPasswordCommand(c.Context, words) }
	}
	return secrets
}

// comparesNoPasswords tells whether what is stored is not read to compare it, and nothing is written that holds one.
func comparesNoPasswords(c *cli.Context) bool {
	return c.IsSet(flagAs) && !hasFlag(c.Command, flagPasswords)
}

// leavesPasswordsOut tells whether what is written holds no passwords: variables are in their place, or nothing.
func leavesPasswordsOut(c *cli.Context) bool {
	if !hasFlag(c.Command, flagPasswords) {
		return false
	}
	all, err := outputs(c)
	return err == nil && held(all) != script.PasswordVerifiers
}

// passwordFile gives what reads a password from a file, for a spec of some files.
func passwordFile(names []string) func(string) ([]byte, error) {
	return func(path string) ([]byte, error) {
		if filepath.IsAbs(path) {
			return readAtMost(path, specfile.MostPasswordBytes)
		}
		folder, err := commonFolder(names)
		if err != nil {
			return nil, err
		}
		return readAtMost(filepath.Join(folder, path), specfile.MostPasswordBytes)
	}
}

// commonFolder is the one that all files of a spec are in; stdin is in the current one. Where they are in several,
// nobody can say what a relative path is relative to.
func commonFolder(names []string) (string, error) {
	folder := filepath.Dir(names[0])
	for _, name := range names[1:] {
		if filepath.Dir(name) != folder {
			return "", errors.New("the files of the spec are in several folders, so the path must be absolute")
		}
	}
	return folder, nil
}
