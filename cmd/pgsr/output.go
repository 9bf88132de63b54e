package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"
)

// printed keeps the first error of writing. urfave/cli, which writes to it, ignores errors, and a help text that is cut
// off has to be a failure.
type printed struct {
	io.Writer
	failure error
}

func (p *printed) Write(text []byte) (int, error) {
	n, err := p.Writer.Write(text)
	p.failure = cmp.Or(p.failure, err)
	return n, err
}

// outputFlag says where to write.
func outputFlag() cli.Flag {
	return &cli.StringFlag{
		Name: flagOutput, Aliases: []string{"o"}, DefaultText: "stdout", Usage: "write to `FILE`, whole or not at all; - for stdout",
	}
}

// writeOutput writes to the file that --output names, or to stdout.
func (p *program) writeOutput(c *cli.Context, write func(io.Writer) error) error {
	if name := c.String(flagOutput); name != "" && name != stdinFile {
		return p.writeFile(name, false, write)
	}
	return write(p.stdout)
}

// writeFile lets write make a file, which is there whole or not at all: it is written beside its place and then
// moved. A new file is for its owner only, since a script holds verifiers of passwords; one that is replaced keeps
// its permissions, unless it is secret: then it is for its owner only, too.
func (p *program) writeFile(name string, secret bool, write func(io.Writer) error) (err error) {
	target, mode, err := destination(name)
	if err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	if mode&fs.ModeType != 0 { // a pipe or a device can only be written to
		return writeThrough(name, write)
	}
	if secret {
		mode &= 0o700
	}
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if within, is := errors.AsType[*fs.PathError](err); is { // its path is of a file that nobody knows
		err = within.Err
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	defer os.Remove(file.Name()) // which after the move is not there any more
	p.unfinished.note(func() { p.unfinished.files = append(p.unfinished.files, file.Name()) })
	err = errors.Join(write(file), file.Chmod(mode), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), target)
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	return nil
}

// destination follows links to what there is, and gives its type and permissions. Where a link leads to nothing yet, a
// file is made there, as a shell's redirection does: the link stays.
func destination(name string) (string, fs.FileMode, error) {
	target, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		target, err = followed(name)
		return target, 0o600, err
	}
	if err != nil {
		return "", 0, err
	}
	info, err := os.Stat(target)
	if err != nil {
		return "", 0, err
	}
	if info.IsDir() {
		return "", 0, errors.New("it is a directory")
	}
	return target, info.Mode(), nil
}

// followed gives what links lead to that is not there.
func followed(name string) (string, error) {
	const most = 40 // as Linux: https://man7.org/linux/man-pages/man7/path_resolution.7.html
	for range most {
		info, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return name, nil
		}
		if err != nil {
			return "", err
		}
		target, err := os.Readlink(name)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(name), target)
		}
		name = target
	}
	return "", errors.New("it leads through too many links")
}

func writeThrough(name string, write func(io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
