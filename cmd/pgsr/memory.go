package main

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
)

// uncollected is how many bytes there are when garbage is collected for the first time. Most commands have fewer.
const uncollected = 112 << 20

// collectGarbageLater lets the collector run for the first time when there is that much, and from then on as usual,
// unless the environment says when it has to. https://go.dev/doc/gc-guide#Memory_limit
func collectGarbageLater() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	usual := debug.SetGCPercent(-1)
	debug.SetMemoryLimit(uncollected)
	// The first collection finds that nobody has kept this.
	runtime.AddCleanup(new([64]byte), func(percent int) {
		debug.SetMemoryLimit(math.MaxInt64)
		debug.SetGCPercent(percent)
	}, usual)
}
