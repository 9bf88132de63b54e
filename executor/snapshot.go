package executor

import (
	"strconv"
	"strings"

	"pgsr/executor/wire"
	"pgsr/gen"
)

// snapshot is the server's txid_snapshot of a plan: the least running transaction, the next one, and all that run. As
// long as it is the same, no other transaction has ended in the whole cluster, so what was read need not be read again.
// Empty: not all was read in one snapshot.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
type snapshot string

// query asks for the snapshot of now.
func (s *snapshot) query() wire.Query {
	return wire.Query{Doing: "looking for changes", SQL: gen.Snapshot, Read: wire.Into((*string)(s)), Prepared: true}
}

// committed counts a transaction of pgsr itself as seen, if it was the next one: what it wrote was verified.
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
