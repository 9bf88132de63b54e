package executor

import (
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// Statements that grant and revoke roles write to pg_auth_members and to nothing else that is looked at. Of a whole
// cluster it is enough to see what our own transaction has written there, that what was to go is gone, and how many
// memberships there are.

// membership is one by OIDs, as the server has it.
type membership struct {
	role, member, grantor uint32
	options               catalog.Options
}

// membershipsWritten are those that a plan of them alone writes, and what is seen of them.
type membershipsWritten struct {
	seen membershipsSeen
	// expected is worked out while the server works.
	expected func() *membershipsExpected
}

func newMembershipsWritten(l *lastPlan) *membershipsWritten {
	return &membershipsWritten{expected: sync.OnceValue(l.expectedMemberships)}
}

func (w *membershipsWritten) queries() []wire.Query {
	return []wire.Query{{
		Doing: "reading memberships", SQL: gen.MembershipsWritten, Read: w.seen.read,
		ArgsLater: func() []any { return []any{w.expected().pairsOfGone()} },
	}}
}

func (w *membershipsWritten) isSeen() bool { return w.expected().isWhat(w.seen) }

// membershipsExpected are those that a plan writes and those that it removes, of so many in all that are there then.
type membershipsExpected struct {
	written, gone map[membership]bool
	total         int64
	// known is false where a role that is named does not exist.
	known bool
}

// expectedMemberships says what the plan writes.
func (l *lastPlan) expectedMemberships() *membershipsExpected {
	w := &membershipsExpected{written: map[membership]bool{}, gone: map[membership]bool{}, known: true}
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
func (w *membershipsExpected) compare(c *catalog.Catalog, role string, before, after []catalog.Membership) {
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
func (w *membershipsExpected) pairsOfGone() []int64 {
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
			m.options = inspect.OptionsOf(bits)
			s.written = append(s.written, m)
		}
	}
	return err
}

// isWhat tells whether what is seen is what was to be written. No row is seen twice.
func (w *membershipsExpected) isWhat(seen membershipsSeen) bool {
	isToGo := func(m membership) bool { return w.gone[m] }
	isOther := func(m membership) bool { return !w.written[m] }
	return w.known && seen.total == w.total && len(seen.written) == len(w.written) &&
		!slices.ContainsFunc(seen.written, isOther) && !slices.ContainsFunc(seen.others, isToGo)
}
