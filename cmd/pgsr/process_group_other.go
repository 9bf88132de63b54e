//go:build !unix

package main

import "os/exec"

// inGroup does nothing: there are no groups of processes.
func inGroup(*exec.Cmd) {}

// endGroup ends the program alone.
func endGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = cmd.Process.Kill() // it has ended, most likely
	}
}
