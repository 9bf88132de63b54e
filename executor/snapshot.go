package executor

import (
	"slices"
	"strconv"
	"strings"

	"pgsr/executor/wire"
	"pgsr/gen"
)

// snapshot is the moment in which a plan was made, as the server says it. While no other transaction has ended since in
// the whole cluster, the plan still holds: what is relied on need not be read again.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
type snapshot struct {
	// text is what pg_current_snapshot() gave; empty: not all was read in one moment.
	text string
	// own are our own transactions that were committed since. What each of them did was verified before.
	own []uint64
}

// query asks for the snapshot of now.
func (s *snapshot) query() wire.Query {
	return wire.Query{Doing: "looking for changes", SQL: gen.Snapshot, Read: wire.Into(&s.text), Prepared: true}
}

// committed notes that a transaction of ours was.
func (s *snapshot) committed(id string) {
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		s.text = ""
	}
	s.own = append(s.own, number)
}

// holdsAt tells whether all that has ended by another snapshot had ended before, or is ours.
func (s *snapshot) holdsAt(now snapshot) bool {
	before, ok := s.transactions()
	after, known := now.transactions()
	if !ok || !known {
		return false
	}
	goesOn := func(id uint64) bool { return slices.Contains(after.running, id) || slices.Contains(s.own, id) }
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

// transactions says which ones have ended: all before next but those that are running. Ones that were rolled back have
// ended as well, and subtransactions that the server gave numbers of their own are taken for others.
type transactions struct {
	next    uint64
	running []uint64
}

// transactions reads the text: the least that is running, the next one, and all that are running.
func (s *snapshot) transactions() (t transactions, ok bool) {
	fields := strings.Split(s.text, ":")
	if len(fields) != 3 {
		return t, false
	}
	next, err := strconv.ParseUint(fields[1], 10, 64)
	if err != nil {
		return t, false
	}
	t.next = next
	if fields[2] == "" {
		return t, true
	}
	for _, field := range strings.Split(fields[2], ",") {
		id, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return t, false
		}
		t.running = append(t.running, id)
	}
	return t, true
}
