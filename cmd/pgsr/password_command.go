package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"pgsr/planner/specfile"
)

// commandTime is how long a program has that prints a password.
const commandTime = 10 * time.Second

// runPasswordCommand runs a program without a shell, and gives what it prints. It reads nothing, what it says on stderr
// is not shown, and what it has started ends with it.
func runPasswordCommand(ctx context.Context, words []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	inGroup(cmd)
	defer endGroup(cmd)
	cmd.Cancel = func() error { endGroup(cmd); return nil }
	cmd.WaitDelay = time.Second // what it has started may keep its output open
	printed := &atMostWriter{room: specfile.MostPasswordBytes, full: cancel}
	cmd.Stdout, cmd.Stderr = printed, io.Discard
	err := cmd.Run()
	switch {
	case printed.room < 0:
		return nil, fmt.Errorf("it prints more than %s", size(specfile.MostPasswordBytes))
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("it did not end within %v", commandTime)
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return nil, withoutPath(err)
	}
	return printed.Bytes(), nil
}

// withoutPath gives how a program failed, without its name, which is said already.
func withoutPath(err error) error {
	if within, is := errors.AsType[*exec.Error](err); is {
		return within.Err
	}
	return err
}

// atMostWriter keeps so many bytes, and says when there are more.
type atMostWriter struct {
	bytes.Buffer
	room int
	full func()
}

func (w *atMostWriter) Write(data []byte) (int, error) {
	if w.room -= len(data); w.room < 0 {
		w.full()
		return 0, io.ErrShortWrite
	}
	return w.Buffer.Write(data)
}
