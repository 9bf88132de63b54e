package scratchtest

import (
	"testing"
)

func TestDatabasesShareAServerAndClustersDoNot(t *testing.T) {
	first, a := Database(t)
	second, b := Database(t)
	if first != second || a == b {
		t.Errorf("two databases are %s and %s, on one server: %v", a, b, first == second)
	}
	own := Cluster(t, "work_mem", "5MB")
	if own == first {
		t.Error("a cluster of one's own is the shared one")
	}
	execute(t, own, "DO $$ BEGIN ASSERT current_setting('work_mem') = '5MB'; END $$")
}
