package scratch

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// account is whose processes a server's are. The server refuses to be root's.
// https://www.postgresql.org/docs/current/creating-cluster.html
type account struct {
	name     string
	uid, gid int
	// switches tells whether that is someone else than this process.
	switches bool
}

// serverAccount gives this process's own account, unless that is root's: then one that every system has.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Getuid(), gid: os.Getgid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		known, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(known.Uid)
		gid, err2 := strconv.Atoi(known.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{name, uid, gid, true}, nil
		}
	}
	return account{}, fmt.Errorf("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it")
}

// command prepares a program to be run by the account, in a directory that it can enter.
func (a account) command(dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if a.switches {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return cmd
}

// own gives a directory to the account.
func (a account) own(dir string) error {
	if !a.switches {
		return nil
	}
	return os.Chown(dir, a.uid, a.gid)
}

// canRun says what to do when the account can not run the server's programs: as root one easily unpacks them where nobody else may read.
func (a account) canRun(dir, program string) error {
	if out, err := a.command(dir, program, "--version").CombinedOutput(); err != nil {
		return fmt.Errorf("user %s can not run %s: %w %s; move it to where all may read, or name another one in PGSR_SERVER_BIN", a.name, program, err, out)
	}
	return nil
}
