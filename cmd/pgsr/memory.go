package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
)

const (
	// firstCollection is how many bytes of memory there are before the collector runs for the first time: most commands
	// are done before.
	firstCollection = 32 << 20
	// percentGrowth is by how much memory grows from one collection to the next, half as much again as usual: what a
	// command reads it keeps, so that most of what the collector looks at is still needed.
	// https://go.dev/doc/gc-guide#GOGC
	percentGrowth = 150
)

// collectGarbageLess lets the collector run later than it would, as far as the environment does not say when it has to.
func collectGarbageLess() {
	switch {
	case os.Getenv("GOGC") != "":
	case os.Getenv("GOMEMLIMIT") != "":
		debug.SetGCPercent(percentGrowth)
	default:
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(firstCollection)
		afterFirstCollection(func() {
			debug.SetGCPercent(percentGrowth)
			debug.SetMemoryLimit(math.MaxInt64)
		})
	}
}

// afterFirstCollection calls a function when the collector has run, by leaving something for it to find.
func afterFirstCollection(call func()) {
	type garbage struct{ _ *byte } // with a pointer in it, it shares its block of memory with nothing else
	runtime.AddCleanup(&garbage{}, func(struct{}) { call() }, struct{}{})
}
