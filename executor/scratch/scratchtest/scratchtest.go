// Package scratchtest gives tests servers of their own. Roles belong to a whole cluster, so that only a cluster of its own keeps a test
// apart from the others. Where no server is installed a test fails, with the remedy: it is never skipped.
package scratchtest

import (
	"context"
	"testing"

	"pgsr/executor/scratch"
)

// Cluster gives a new cluster, which is gone when the test ends. Settings are server parameters: name, value, name, value ...
func Cluster(t testing.TB, settings ...string) *scratch.Server {
	t.Helper()
	o := scratch.Options{Settings: map[string]string{}}
	for i := 0; i+1 < len(settings); i += 2 {
		o.Settings[settings[i]] = settings[i+1]
	}
	server, err := scratch.Start(context.Background(), o)
	if err != nil {
		t.Fatalf("starting a server: %v", err)
	}
	t.Cleanup(server.Close)
	return server
}
