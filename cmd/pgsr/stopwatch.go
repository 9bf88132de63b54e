package main

import (
	"fmt"
	"time"
)

// stopwatch measures how long something takes, pauses left out.
type stopwatch struct {
	running time.Time
	before  time.Duration
}

func startWatch() stopwatch { return stopwatch{running: time.Now()} }

func (w *stopwatch) pause()  { w.before += time.Since(w.running) }
func (w *stopwatch) resume() { w.running = time.Now() }

// String gives the seconds so far.
func (w *stopwatch) String() string {
	return fmt.Sprintf("%.2f s", (w.before + time.Since(w.running)).Seconds())
}
