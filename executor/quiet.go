package executor

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"pgsr/planner/script"
)

// quiet tells whether in the whole cluster nothing but our own transactions has ended since all that a plan relies on
// was read. What each of those did was verified before it was committed, so that the next one finds what it relies
// on. A nil one knows nothing.
type quiet struct {
	// since is what the server could be seen to hold when all was read; empty: it is not known, or something else has
	// ended since.
	since string
	// own are the numbers of our own transactions that were committed since.
	own []uint64
}

// reliesOn sees to it that the catalog is what a document relies on: the server compares them, unless nothing else
// has ended.
func (q *quiet) reliesOn(ctx context.Context, tx *transaction, d script.Document) error {
	if q != nil && q.since != "" {
		var now string
		if err := tx.Ask(ctx, askSnapshot(&now)); err != nil {
			return err
		}
		if q.lasts(now) {
			return nil
		}
		q.since = ""
	}
	return tx.Ask(ctx, guard(d, d.ReliesOn, stale)...)
}

// ended notes that a transaction of ours was committed.
func (q *quiet) ended(id string) {
	if q == nil {
		return
	}
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		q.since = ""
	}
	q.own = append(q.own, number)
}

// lasts tells whether all that has ended by now had ended before, or is ours.
func (q *quiet) lasts(now string) bool {
	before, ok := readSnapshot(q.since)
	after, known := readSnapshot(now)
	if !ok || !known {
		return false
	}
	goesOn := func(id uint64) bool { return slices.Contains(after.running, id) || slices.Contains(q.own, id) }
	for _, id := range before.running {
		if !goesOn(id) {
			return false
		}
	}
	for id := before.next; id < after.next; id++ {
		if !goesOn(id) {
			return false
		}
	}
	return true
}

// snapshot says which transactions have ended: all before next but those that are running. Ones that were given up
// have ended as well, and parts of a transaction that the server gave numbers of their own are taken for others.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
type snapshot struct {
	next    uint64
	running []uint64
}

// readSnapshot reads one as the server writes it: the least that is running, the next one, and all that are running.
func readSnapshot(text string) (s snapshot, ok bool) {
	fields := strings.Split(text, ":")
	if len(fields) != 3 {
		return s, false
	}
	next, err := strconv.ParseUint(fields[1], 10, 64)
	if err != nil {
		return s, false
	}
	s.next = next
	if fields[2] == "" {
		return s, true
	}
	for _, field := range strings.Split(fields[2], ",") {
		id, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return s, false
		}
		s.running = append(s.running, id)
	}
	return s, true
}
