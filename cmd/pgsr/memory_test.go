package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// TestGarbageIsCollectedAsUsualAfterTheFirstTime: a plan that is larger than that may not be kept from memory.
func TestGarbageIsCollectedAsUsualAfterTheFirstTime(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	usual := garbagePercent()
	collectGarbageLater()
	if got := garbagePercent(); got != math.MaxUint64 {
		t.Errorf("GOGC is %d before the first time", got)
	}
	for deadline := time.Now().Add(10 * time.Second); garbagePercent() != usual; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("GOGC is still %d", garbagePercent())
		}
	}
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		t.Errorf("there is still a limit of %d bytes", limit)
	}
}

// garbagePercent reads GOGC; off is the largest number.
func garbagePercent() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
