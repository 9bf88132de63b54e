// Package demo is what `pgsr demo` does: it makes a small warehouse on a throwaway PostgreSQL, gives its roles what a
// spec says, breaks that by hand and heals it, and tells what it does.
//
// It promises that what it tells happened: it logs in as the roles and tries, and ends with an error where that does
// not show what it says. And that nothing is left behind, also when the context ends in the middle.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package demo

import (
	"context"
	"fmt"
	"io"
)

// Options say how the demonstration is given.
type Options struct {
	// Keep leaves the server running at the end, until the context ends.
	Keep bool
	// Color tells whether to write in colours.
	Color bool
}

// chapter is a part of the story.
type chapter struct {
	title string
	tell  func(context.Context, *stage) error
}

var chapters = [...]chapter{
	{"A warehouse and a spec", introduce},
	{"Plan", plan},
	{"Apply", apply},
	{"Somebody changes things by hand", breakThings},
	{"Check", check},
	{"Heal", heal},
	{"A table is swapped for a new one", swapTable},
	{"A table is dropped: prune", prune},
	{"What next", whatNext},
}

// Run gives the demonstration on w.
func Run(ctx context.Context, w io.Writer, o Options) error {
	s, err := setStage(ctx, &narrator{w: w, color: o.Color})
	if err != nil {
		return err
	}
	defer s.clear()
	return s.play(ctx, o)
}

func (s *stage) play(ctx context.Context, o Options) error {
	for i, c := range chapters {
		s.heading(i+1, c.title)
		if err := c.tell(ctx, s); err != nil {
			return fmt.Errorf("demonstration, part %d: %w", i+1, err)
		}
		if s.err != nil { // nobody listens any more
			return s.err
		}
	}
	if o.Keep {
		s.wait(ctx)
	}
	return nil
}

// wait leaves the server to whoever wants to look at it.
func (s *stage) wait(ctx context.Context) {
	s.say("The server runs until you press Ctrl-C. To look around, in another terminal:")
	s.code(fmt.Sprintf("psql -h %s -p %d -U postgres %s\n", s.server.SocketDir(), s.server.Port, database))
	<-ctx.Done()
	s.say("The server is stopped and removed.")
}
