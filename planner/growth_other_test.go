//go:build !unix

package planner_test

import "time"

// cpu gives how long something takes, whatever else runs on the machine included.
func cpu(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}
