package main

import (
	"os"
	"runtime/debug"
)

// collectGarbageLess lets the memory in use treble before the collector runs, instead of double, unless GOGC says otherwise. What a command reads
// it keeps, so that most of what the collector looks at is still needed: this takes a quarter of the time away, and hardly any memory more.
// https://go.dev/doc/gc-guide#GOGC
func collectGarbageLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200)
	}
}
