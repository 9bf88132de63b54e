package main

import (
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"
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

// logger writes what happens on the way, without time and level.
func logger(to io.Writer) *slog.Logger {
	drop := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{ReplaceAttr: drop}))
}
