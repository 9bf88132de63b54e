package scratch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// credential is an account that another one can run programs as.
type credential struct{ uid, gid uint32 }

// account is who runs a server: nil for whoever runs this process, another one for root, for whom initdb and postgres
// refuse to run. https://www.postgresql.org/docs/current/postgres-user.html
func account(binDir string) (*credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	var tried []string
	for _, name := range []string{"postgres", "nobody"} {
		c := credentialOf(name)
		if c == nil {
			continue
		}
		if as(context.Background(), c, "/", filepath.Join(binDir, "postgres"), "--version").Run() == nil {
			return c, nil
		}
		tried = append(tried, name)
	}
	if tried == nil {
		return nil, errors.New("PostgreSQL does not run as root, and there is neither an account postgres nor nobody to run it as: " +
			"useradd --system postgres")
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and the account %s may not run the programs in %s: let others read that "+
		"directory and all above it (chmod a+rx), or move it to where they may, /var/cache/pgsr say", strings.Join(tried, " or "), binDir)
}

func credentialOf(name string) *credential {
	u, err := user.Lookup(name)
	if err != nil {
		return nil
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if uidErr != nil || gidErr != nil {
		return nil
	}
	return &credential{uint32(uid), uint32(gid)}
}

// as makes a command that an account runs in a directory, unaware of what the environment says to PostgreSQL's
// programs.
func as(ctx context.Context, c *credential, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PG") && !strings.HasPrefix(variable, "LC_") && !strings.HasPrefix(variable, "LANG") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C", "PWD="+dir)
	runAs(cmd, c)
	return cmd
}

// makeDir makes a server's directory and gives it to the account that runs the server.
func (i *Installation) makeDir() (string, error) {
	dir, err := os.MkdirTemp(i.parent, "pgsr-")
	if err != nil {
		return "", err
	}
	if i.account != nil {
		err = os.Chown(dir, int(i.account.uid), int(i.account.gid))
	}
	return dir, err
}

// longestTempDir leaves room for "/pgsr-0123456789/.s.PGSQL.65535" in the 107 bytes that a socket's path may have.
const longestTempDir = 107 - 32

// DirVariable is the environment variable that names the directory in which clusters are made. One in memory, such as
// /dev/shm, makes them faster.
const DirVariable = "PGSR_SCRATCH_DIR"

// tempDir is the directory that PGSR_SCRATCH_DIR names, or else the system's for temporary files, if the account may
// go there and it is not too long for a socket; else /tmp.
func tempDir(c *credential) string {
	dir := cmp.Or(os.Getenv(DirVariable), os.TempDir())
	if len(dir) > longestTempDir || !filepath.IsAbs(dir) {
		return "/tmp"
	}
	if c != nil && as(context.Background(), c, "/", "/bin/sh", "-c", `cd -- "$1"`, "sh", dir).Run() != nil {
		return "/tmp"
	}
	return dir
}
