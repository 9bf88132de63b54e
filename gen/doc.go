// Package gen is what sqlc makes of queries/, so that SQL text stands there alone.
//
// It may change at any time: what programs can rely on is in packages executor and planner/spec.
package gen
