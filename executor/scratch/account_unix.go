//go:build unix

package scratch

import (
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
