//go:build unix

package scratch

import (
	"os"
	"os/exec"
	"syscall"
)

// runAs makes a command one that an account runs, in a process group of its own, so that Ctrl-C in a terminal reaches
// us alone, who then see to the server.
func runAs(cmd *exec.Cmd, c *credential) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: c.uid, Gid: c.gid}
	}
}

// owner gives the account that a directory belongs to, nil if we are that ourselves.
func owner(dir string) (*credential, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	stat := info.Sys().(*syscall.Stat_t)
	if int(stat.Uid) == os.Geteuid() {
		return nil, nil
	}
	return &credential{stat.Uid, stat.Gid}, nil
}
