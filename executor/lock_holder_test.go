package executor

import (
	"context"
	"testing"
	"time"
)

// TestLockIsKeptForLong: no setting by which a transaction ends that only keeps the lock lets another run come in
// between.
func TestLockIsKeptForLong(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	for _, timeout := range []string{"idle_in_transaction_session_timeout", "transaction_timeout"} {
		if c.major < 17 && timeout == "transaction_timeout" {
			continue // there is none
		}
		c.exec(`ALTER DATABASE warehouse SET ` + timeout + ` = '300ms'`)
		err := withLock(context.Background(), c.connect("postgres", warehouse, ""), 1, Options{}, func(o Options) error {
			time.Sleep(600 * time.Millisecond)
			return o.lockHolder.check(context.Background())
		})
		if err != nil {
			t.Errorf("with %s: %v", timeout, err)
		}
		c.exec(`ALTER DATABASE warehouse RESET ` + timeout)
	}
}
