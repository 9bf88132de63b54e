package executor

import (
	"context"
	"slices"

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

// isSeen tells whether a plan that has just run did what it was to do, where that can be seen from what it has written.
func (m *made) isSeen(ctx context.Context, from source, r inspect.Reading) (bool, error) {
	if !from.ran || !m.canBeSeen(r) {
		return false, nil
	}
	return m.membershipsAreSeen(ctx, from.tx)
}

// canBeSeen tells whether a plan writes memberships and nothing else, and everything was read before.
func (m *made) canBeSeen(r inspect.Reading) bool {
	return m != nil && m.snapshot != "" && r == inspect.Whole && changesOnlyMemberships(m.plan)
}

// membershipsAreSeen tells whether the transaction has written what it was to write, and no one else anything since
// all was read. What it was to write is worked out while the server is busy with it.
func (m *made) membershipsAreSeen(ctx context.Context, tx *transaction) (bool, error) {
	var now string
	var seen membershipsSeen
	var w *membershipsWritten
	err := tx.Ask(ctx, wire.Queries(
		askSnapshot(&now),
		wire.Query{Doing: "reading memberships", SQL: gen.MembershipsWritten, Read: seen.read, ArgsLater: func() []any {
			w = m.membershipsWritten()
			return []any{w.pairsOfGone()}
		}},
	)...)
	if err != nil || !w.isWhat(seen) {
		return false, err
	}
	q := quiet{since: m.snapshot}
	q.ended(tx.ID)
	return q.lasts(now), nil
}

// membershipsWritten says what a plan writes.
func (m *made) membershipsWritten() *membershipsWritten {
	w := &membershipsWritten{written: map[membership]bool{}, gone: map[membership]bool{}, known: true}
	for role, after := range m.desired.Members {
		w.total += int64(len(after))
		if before := m.current.Members[role]; !catalog.SameMemberships(before, after) {
			w.compare(m.current, role, before, after)
		}
	}
	for role, before := range m.current.Members {
		if _, kept := m.desired.Members[role]; !kept {
			w.compare(m.current, role, before, nil)
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
		if !c.Server.GrantorsMatter() {
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
