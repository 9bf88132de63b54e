package main

import (
	"os"
	"runtime/debug"
)

// collectGarbageLess lets memory grow by half as much again as usual before the collector runs, unless GOGC says otherwise: what a command reads it
// keeps, so that most of what the collector looks at is still needed. https://go.dev/doc/gc-guide#GOGC
func collectGarbageLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(150)
	}
}
