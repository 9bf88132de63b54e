//go:build !unix

package main

import "time"

// ownTime is 0: the benchmark is for Linux, where servers are.
func ownTime() time.Duration { return 0 }
