package main

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"

	"pgsr/executor"
)

// heartbeat tells Temporal that the worker lives, and what it is waiting for. By its answers Temporal also tells of
// a workflow that was cancelled: the activity's context ends, and pgsr rolls back.
type heartbeat struct {
	ctx  context.Context
	done chan struct{}
	mu   sync.Mutex
	last executor.Progress
}

// startHeartbeat beats also while nothing happens, during a long wait for a lock say.
func startHeartbeat(ctx context.Context) *heartbeat {
	b := &heartbeat{ctx: ctx, done: make(chan struct{}), last: executor.Progress{Doing: "connecting"}}
	go func() {
		ticker := time.NewTicker(heartbeatWithin / 10)
		defer ticker.Stop()
		for {
			select {
			case <-b.done:
				return
			case <-ticker.C:
				b.mu.Lock()
				last := b.last
				b.mu.Unlock()
				activity.RecordHeartbeat(ctx, last)
			}
		}
	}()
	return b
}

// progress is for [executor.Options].
func (b *heartbeat) progress(p executor.Progress) {
	b.mu.Lock()
	b.last = p
	b.mu.Unlock()
	activity.RecordHeartbeat(b.ctx, p)
}

func (b *heartbeat) stop() { close(b.done) }
