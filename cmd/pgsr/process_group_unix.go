//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// inGroup lets a program begin a group of processes, which all that it starts belongs to.
func inGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup ends what is left of the group.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // nobody is left of most
	}
}
