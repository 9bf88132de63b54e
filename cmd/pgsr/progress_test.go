package main

import (
	"testing"
	"time"

	"pgsr/executor"
)

func TestProgressText(t *testing.T) {
	t.Parallel()
	running := executor.Progress{Doing: "running statements", Done: 5000, Of: 20000}
	for want, got := range map[string]string{
		"reading roles":              progressText(executor.Progress{Doing: "reading roles"}, time.Hour),
		"running statements: 0 of 7": progressText(executor.Progress{Doing: "running statements", Of: 7}, time.Second),
		"running statements: 5000 of 20000, 2500 a second, 6s left": progressText(running, 2*time.Second),
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// In a pipe nothing is drawn; --progress plain says now and then how far it is, in lines.
func TestProgressInAPipe(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.holdLock(1)
	for _, c := range []struct{ how, says string }{
		{"auto", ""}, {"none", ""}, {"plain", "waiting for the lock (pg_advisory_xact_lock, key 1)\n"},
	} {
		t.Run(c.how, func(t *testing.T) {
			t.Parallel()
			o := s.check(1, s.run("apply", "--progress", c.how, "--lock-timeout", "4s"))
			const refused = "pgsr: another session holds the lock"
			if len(o.stderr) < len(c.says+refused) || o.stderr[:len(c.says+refused)] != c.says+refused {
				t.Errorf("it says:\n%s", o.stderr)
			}
		})
	}
	contains(t, s.want(1, "apply", "--progress", "fast").stderr, "auto or plain or none")
}
