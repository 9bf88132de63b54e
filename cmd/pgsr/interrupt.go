package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"pgsr/executor"
)

// untilInterrupted gives a context that ends at Ctrl-C, SIGTERM and the end of the terminal. The second time, the
// signal ends the program as it would have the first time.
func untilInterrupted() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	// With someone listening, writing to a pipe that nobody reads any more is an error and does not kill the program,
	// which may be about to commit, or have a server to stop. https://pkg.go.dev/os/signal#hdr-SIGPIPE
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return ctx
}

// grace is how long a command has for ending by itself after an interruption: a little longer than the server has for
// stopping.
const grace = 900 * time.Millisecond

// errCutShort says that a command was left where it was, because it did not end in time: computing, or waiting for a
// file.
var errCutShort = errors.New("cut short")

// unfinished says what has to be cleared up, or said, when a command is cut short.
type unfinished struct {
	mu sync.Mutex
	// changes tells that the command changes the server, committing that it waits for COMMIT, and cleansUp that it must
	// not be cut short.
	changes, committing, cleansUp bool
	// advice is what to say of a command that is no single transaction.
	advice string
	// files are those that were begun.
	files []string
	// meter is what is drawn; nil: nothing.
	meter *meter
}

// heard runs a command. It returns when the command ends, or soon after the context ends, whatever the command is
// doing. The connection ends with the program, and the server rolls back by itself. It waits for a COMMIT, and for a
// command that has something to stop.
func (p *program) heard(ctx context.Context, command func() error) error {
	done := make(chan error, 1)
	go func() { done <- command() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
	}
	if p.unfinished.mustEnd() {
		return <-done
	}
	p.unfinished.clear()
	return p.unfinished.error()
}

// note notes something about the command.
func (u *unfinished) note(what func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	what()
}

func (u *unfinished) mustEnd() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.committing || u.cleansUp
}

// clear takes away what would be left on the screen and in folders.
func (u *unfinished) clear() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.meter != nil {
		u.meter.stop()
	}
	for _, name := range u.files {
		_ = os.Remove(name) // one that was finished has another name by now
	}
}

// isRolledBack tells whether a command would have changed the server and lost its connection before it did. Where a
// statement failed by that, its error says so itself.
func (u *unfinished) isRolledBack(err error) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	lost, statement := new(*executor.LostError), new(*executor.StatementError)
	return u.changes && executor.FailureOf(err) == executor.FailedLost && errors.As(err, lost) && !errors.As(err, statement)
}

// error says what an interruption that could not wait may have left.
func (u *unfinished) error() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.advice != "":
		return unsure(errCutShort, u.advice)
	case u.changes:
		return unsure(errCutShort, "what is not committed is rolled back; run it again to see what is left to do")
	}
	return errCutShort
}
