package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// untilInterrupted gives a context that ends at Ctrl-C, SIGTERM and the end of the terminal. The second time, the signal ends the
// program as it would have the first time.
func untilInterrupted() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	// With someone listening, writing to a pipe that nobody reads any more is an error and does not kill the program, which may be
	// about to commit, or have a server to stop. https://pkg.go.dev/os/signal#hdr-SIGPIPE
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return ctx
}
