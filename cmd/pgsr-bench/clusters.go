package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"pgsr/executor/scratch"
)

// clusters are those of one server's workloads, each made once, by the SQL that makes it: some share one.
type clusters struct {
	bench        *bench
	installation *scratch.Installation
	dir          string
	made         map[string]saved
	count        int
}

// sqls gives what makes the workload's cluster, and that of its baseline.
func (w workload) sqls() []string {
	if w.baseline == nil {
		return []string{w.cluster}
	}
	return []string{w.cluster, w.baseline.cluster}
}

// make makes those of a workload that there are not yet.
func (c *clusters) make(ctx context.Context, w workload) error {
	for _, sql := range w.sqls() {
		if _, there := c.made[sql]; there {
			continue
		}
		dir := fmt.Sprintf("%s/%d", c.dir, c.count)
		c.count++
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
		s, err := c.bench.build(ctx, scratch.Options{Installation: c.installation, Templates: c.dir + "/templates"}, sql, dir)
		if err != nil {
			return err
		}
		c.made[sql] = s
	}
	return nil
}

// keepFor removes those that no other workload needs.
func (c *clusters) keepFor(workloads []workload) error {
	for _, sql := range slices.Collect(maps.Keys(c.made)) {
		if slices.ContainsFunc(workloads, func(w workload) bool { return slices.Contains(w.sqls(), sql) }) {
			continue
		}
		if err := os.RemoveAll(filepath.Dir(c.made[sql].data)); err != nil {
			return err
		}
		delete(c.made, sql)
	}
	return nil
}
