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
	var stale *executor.StaleError
	var notAsPlanned *executor.NotAsPlannedError
	var state *executor.StateError
	var partial *executor.PartialError
	var stopped *executor.SequenceError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &partial), errors.As(err, &stopped): // something was changed, whatever came then
		return exitError
	case errors.Is(err, errChanges):
		return exitChanges
	case errors.As(err, &stale), errors.As(err, &notAsPlanned), errors.As(err, &state):
		return exitRefused
	}
	return exitError
}

// explain says on stderr why the program ends as it does, where that needs saying.
func (p *program) explain(ctx context.Context, err error) {
	var unknown *executor.UnknownOutcomeError
	var notSure *unsureError
	var partial *executor.PartialError
	var stopped *executor.SequenceError
	var interrupted *executor.InterruptedError
	switch {
	case err == nil, errors.Is(err, errChanges):
	case errors.Is(err, syscall.EPIPE): // whoever read our output has seen enough
	case errors.As(err, &unknown), errors.As(err, &partial), errors.As(err, &stopped), ctx.Err() == nil:
		p.say("pgsr: %v", err)
	case errors.As(err, &notSure):
		p.say("pgsr: interrupted: %s", notSure.advice)
	case errors.As(err, &interrupted) && interrupted.Cut:
		p.say("pgsr: interrupted: the server did not stop in time, so the connection was cut; it rolls back by itself, nothing will have been changed")
	default:
		p.say("pgsr: interrupted: rolled back, nothing was changed")
	}
}

// unsureError is that of an act that is no single transaction: after an interruption a part of it may be done.
type unsureError struct {
	error
	advice string
}

func (e *unsureError) Unwrap() error { return e.error }

// unsure marks an error as that of such an act.
func unsure(err error, advice string) error {
	if err == nil {
		return nil
	}
	return &unsureError{err, advice}
}
