package main

import "os"

// ballast is memory that nobody touches, so that the system never gives any for it. The collector counts it: it runs
// for the first time at twice as much, and most commands are done before. https://go.dev/doc/gc-guide#GOGC
var ballast []byte //nolint:unused // it is there to be counted

// collectGarbageLess lets the collector run later than it would, unless the environment says when it has to.
func collectGarbageLess() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		ballast = make([]byte, 16<<20)
	}
}
