package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"

	"pgsr/executor"
)

// isTerminal tells whether a person is at the other end.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// colorful tells whether to write in colours: on a terminal, unless NO_COLOR says otherwise (https://no-color.org).
func (p *program) colorful(stream any) bool {
	noColor, _ := p.lookupEnv("NO_COLOR")
	kind, _ := p.lookupEnv("TERM")
	return noColor == "" && kind != "dumb" && isTerminal(stream)
}

// logger writes that others are in the way, without time and level. What else is logged people are told in other ways.
func logger(to io.Writer) *slog.Logger {
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}
	return slog.New(onlyRetries{slog.NewTextHandler(to, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: drop})})
}

type onlyRetries struct{ slog.Handler }

// Handle writes nothing else.
func (h onlyRetries) Handle(ctx context.Context, r slog.Record) error {
	if r.Message != executor.LogRetry {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}
