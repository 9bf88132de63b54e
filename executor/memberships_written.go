package executor

import (
	"context"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// Statements that grant and revoke roles write to pg_auth_members and to nothing else that is looked at, and no event
// trigger fires for them. If in the whole cluster no other transaction has ended since all was read, what is as it
// was need not be read again: it is enough to see what our own transaction has written, that what was to go is gone,
// and how many memberships there are.
// https://www.postgresql.org/docs/current/event-trigger-matrix.html

// membership is one by OIDs, as the server has it.
type membership struct {
	role, member, grantor uint32
	options               catalog.Options
}

// membershipsWritten are those that a plan writes and those that it removes, of so many in all that are there then.
type membershipsWritten struct {
	written, gone map[membership]bool
	total         int64
	// known is false where a role that is named does not exist.
	known bool
}

// isSeen tells whether the plan that has just run in the transaction did what it was to do, where that shows in what it
// has written: it writes memberships and nothing else, everything was read before, and no other transaction has ended
// since.
func (l *lastPlan) isSeen(ctx context.Context, tx *transaction, r inspect.Extent) (bool, error) {
	if l == nil || tx == nil || l.snapshot == "" || r != inspect.WholeCluster || !changesOnlyMemberships(l.plan) {
		return false, nil
	}
	var now snapshot
	var seen membershipsSeen
	written := sync.OnceValue(l.membershipsWritten)
	err := tx.RoundTrip(ctx, wire.Queries(
		now.query(),
		wire.Query{
			Doing: "reading memberships", SQL: gen.MembershipsWritten, Read: seen.read,
			ArgsLater: func() []any { return []any{written().pairsOfGone()} },
		},
	)...)
	return err == nil && now == l.snapshot && written().isWhat(seen), err
}

// membershipsWritten says what the plan writes.
func (l *lastPlan) membershipsWritten() *membershipsWritten {
	w := &membershipsWritten{written: map[membership]bool{}, gone: map[membership]bool{}, known: true}
	for role, after := range l.desired.Members {
		w.total += int64(len(after))
		if before := l.current.Members[role]; !catalog.SameMemberships(before, after) {
			w.compare(l.current, role, before, after)
		}
	}
	for role, before := range l.current.Members {
		if _, stays := l.desired.Members[role]; !stays {
			w.compare(l.current, role, before, nil)
		}
	}
	return w
}

func changesOnlyMemberships(plan *planner.Plan) bool {
	for _, s := range plan.Statements {
		switch s.Change.(type) {
		case catalog.GrantRole, catalog.RevokeRole:
		default:
			return false
		}
	}
	return true
}

// compare notes how the memberships in a role come to differ.
func (w *membershipsWritten) compare(c *catalog.Catalog, role string, before, after []catalog.Membership) {
	less, more := catalog.DifferentMemberships(before, after)
	were, known := byOID(c, role, less)
	are, knownToo := byOID(c, role, more)
	w.known = w.known && known && knownToo
	for row, options := range are {
		if had, was := were[row]; !was || had != options {
			row.options = options
			w.written[row] = true
		}
	}
	for row := range were {
		if _, is := are[row]; !is {
			w.gone[row] = true
		}
	}
}

// byOID gives the options of memberships in a role; false if a name stands for no role. Before 16 there is no option
// but ADMIN.
func byOID(c *catalog.Catalog, role string, rows []catalog.Membership) (map[membership]catalog.Options, bool) {
	out := make(map[membership]catalog.Options, len(rows))
	for _, row := range rows {
		granted, member, grantor := c.Roles[role], c.Roles[row.Member], c.Roles[row.Grantor]
		if granted == nil || member == nil || grantor == nil {
			return nil, false
		}
		if !c.Server.MembershipsHaveOptions() {
			row.Inherit, row.Set = true, true
		}
		out[membership{role: granted.OID, member: member.OID, grantor: grantor.OID}] = row.Options
	}
	return out, true
}

// pairsOfGone gives them as gen.MembershipsWritten takes them.
func (w *membershipsWritten) pairsOfGone() []int64 {
	pairs := make([]int64, 0, len(w.gone))
	for row := range w.gone {
		pairs = append(pairs, int64(row.role)<<32|int64(row.member))
	}
	return pairs
}

// membershipsSeen are those that were written, others that may be such as were to go, and how many there are in all.
type membershipsSeen struct {
	written, others []membership
	total           int64
}

func (s *membershipsSeen) read(rows pgx.Rows) error {
	row, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[gen.MembershipsWrittenRow])
	s.total = row.Total
	for i, pair := range row.Pairs {
		m := membership{role: uint32(pair >> 32), member: uint32(pair), grantor: row.Grantors[i]}
		if bits := row.Options[i]; bits == 0 {
			s.others = append(s.others, m)
		} else {
			m.options = catalog.Options{Admin: bits&1 != 0, Inherit: bits&2 != 0, Set: bits&4 != 0}
			s.written = append(s.written, m)
		}
	}
	return err
}

// isWhat tells whether what is seen is what was to be written. No row is seen twice.
func (w *membershipsWritten) isWhat(seen membershipsSeen) bool {
	isToGo := func(m membership) bool { return w.gone[m] }
	isOther := func(m membership) bool { return !w.written[m] }
	return w.known && seen.total == w.total && len(seen.written) == len(w.written) &&
		!slices.ContainsFunc(seen.written, isOther) && !slices.ContainsFunc(seen.others, isToGo)
}
