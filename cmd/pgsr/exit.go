package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"pgsr/executor"
)

// What the program exits with.
const (
	exitDone    = 0 // done, or in sync
	exitError   = 1 // usage, spec, connection, server; also an interruption
	exitChanges = 2 // there are changes to make
	exitRefused = 3 // the plan is stale, or the result was not what was planned
)

// exitStatuses say what each means, for help and for docs/commands.md.
var exitStatuses = []struct {
	status int
	about  string
}{
	{exitDone, "done, or in sync"},
	{exitError, "an error: usage, spec, connection, server; the answer was no; interrupted"},
	{exitChanges, "there are changes to make: check, plan --exit-code"},
	{exitRefused, "refused: the catalog changed after the plan was confirmed or saved, or the result was not what was planned"},
}

// aboutExits is a line for each.
func aboutExits() string {
	var text strings.Builder
	for _, s := range exitStatuses {
		fmt.Fprintf(&text, "\n  %d  %s", s.status, s.about)
	}
	return text.String()
}

// errChanges says that there are changes to make, where that is what was asked.
var errChanges = errors.New("there are changes to make")

// exitStatus is the only place that decides about it. What urfave/cli would exit with does not count.
func exitStatus(err error) int {
	is := func(target any) bool { return errors.As(err, target) }
	switch {
	case err == nil:
		return exitDone
	case executor.FailureOf(err) == executor.FailedPartly: // something was changed, whatever came then
		return exitError
	case errors.Is(err, errChanges):
		return exitChanges
	case is(new(*executor.StaleError)), is(new(*executor.NotAsPlannedError)), is(new(*executor.StateError)):
		return exitRefused
	}
	return exitError
}

// explain says on stderr why the program ends as it does, where that needs saying.
func (p *program) explain(ctx context.Context, err error) {
	notSure, isUnsure := errors.AsType[*unsureError](err)
	interrupted, isInterrupted := errors.AsType[*executor.InterruptedError](err)
	switch failure := executor.FailureOf(err); {
	case err == nil, errors.Is(err, errChanges):
	case errors.Is(err, syscall.EPIPE): // whoever read our output has seen enough
	case ctx.Err() == nil && p.unfinished.isRolledBack(err):
		p.say("pgsr: %v\nnothing was changed, for the server rolls back by itself: run it again%s", err, idleHint(err))
	case failure == executor.FailedUnknown, failure == executor.FailedPartly, ctx.Err() == nil:
		p.say("pgsr: %v%s", err, timeoutHint(err))
	case isUnsure:
		p.say("pgsr: interrupted: %s", notSure.advice)
	case isInterrupted && interrupted.Cut:
		p.say("pgsr: interrupted: the server did not stop in time, so the connection was cut; it rolls back by itself, nothing will have been changed")
	default:
		p.say("pgsr: interrupted: rolled back, nothing was changed")
	}
}

// unsureError is the error of an act that is no single transaction: after an interruption a part of it may be done.
type unsureError struct {
	error
	advice string
}

func (e *unsureError) Unwrap() error { return e.error }

// unsure marks an error as one of such an act.
func unsure(err error, advice string) error {
	if err == nil {
		return nil
	}
	return &unsureError{err, advice}
}
