package executor

import (
	"strconv"
	"strings"

	"pgsr/executor/wire"
	"pgsr/gen"
)

// snapshot is the moment in which a plan was made, as the server says it: the least transaction that runs, the next
// one, and all that run. As long as it is the same, no other transaction has ended in the whole cluster, and what was
// read need not be read again. Empty: not all was read in one moment.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
type snapshot string

// query asks for the snapshot of now.
func (s *snapshot) query() wire.Query {
	return wire.Query{Doing: "looking for changes", SQL: gen.Snapshot, Read: wire.Into((*string)(s)), Prepared: true}
}

// committed notes that a transaction of ours was, which was the next one. What it did was verified before.
func (s *snapshot) committed(id string) {
	least, rest, _ := strings.Cut(string(*s), ":")
	next, running, _ := strings.Cut(rest, ":")
	number, err := strconv.ParseUint(id, 10, 64)
	if err != nil || next != id {
		*s = ""
		return
	}
	next = strconv.FormatUint(number+1, 10)
	if least == id {
		least = next
	}
	*s = snapshot(least + ":" + next + ":" + running)
}
