package scratchtest

import (
	"testing"
)

func TestClustersHaveTheirSettings(t *testing.T) {
	execute(t, Cluster(t, "work_mem", "5MB"), "DO $$ BEGIN ASSERT current_setting('work_mem') = '5MB'; END $$")
}
