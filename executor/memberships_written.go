package executor

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner"
	"pgsr/planner/catalog"
)

// GRANT and REVOKE of roles write to pg_auth_members, and to nothing else that pgsr reads. So where everything was
// read, it is enough to see the rows that this transaction wrote, that the revoked ones are gone, and how many there
// are.

// membership is a row of pg_auth_members.
type membership struct {
	role, member, grantor uint32
	options               catalog.Options
}

// membershipsWritten compares the memberships that a plan writes with those that the server shows.
type membershipsWritten struct {
	seen membershipsSeen
	// expected is worked out while the server works.
	expected func() *membershipsExpected
}

func (w *membershipsWritten) queries() []wire.Query {
	return []wire.Query{{
		Doing: "reading memberships", SQL: gen.MembershipsWritten, Read: w.seen.read,
		ArgsLater: func() []any { return []any{w.expected().pairsOfGone()} },
	}}
}

func (w *membershipsWritten) isSeen() bool { return w.expected().agreesWith(w.seen) }

// membershipsExpected are the memberships that a plan writes and removes, and how many there are afterwards.
type membershipsExpected struct {
	written, gone map[membership]bool
	total         int64
	// known is false if a role has no known OID.
	known bool
}

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

// compare notes what a plan writes and removes in one role.
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

// byOID gives the options of memberships by OID; false if a role is not known. Before 16 ADMIN is the only option.
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

// pairsOfGone gives the removed memberships as gen.MembershipsWritten takes them.
func (w *membershipsExpected) pairsOfGone() []int64 {
	pairs := make([]int64, 0, len(w.gone))
	for row := range w.gone {
		pairs = append(pairs, int64(row.role)<<32|int64(row.member))
	}
	return pairs
}

// membershipsSeen are the rows that this transaction wrote, others of the same roles and members as removed ones, and
// how many there are in all.
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

// agreesWith tells whether the server shows what the plan writes. It shows no row twice.
func (w *membershipsExpected) agreesWith(seen membershipsSeen) bool {
	isToGo := func(m membership) bool { return w.gone[m] }
	isOther := func(m membership) bool { return !w.written[m] }
	return w.known && seen.total == w.total && len(seen.written) == len(w.written) &&
		!slices.ContainsFunc(seen.written, isOther) && !slices.ContainsFunc(seen.others, isToGo)
}
