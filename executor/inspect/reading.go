package inspect

import (
	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// Reading is how much of a cluster is read. The plan is the same for each. It is decided once for all inspections of a
// run.
type Reading int

const (
	// Unknown leaves it to the server, which knows how large the cluster is.
	Unknown Reading = iota
	// Scoped reads what belongs to a scope, which the server works out.
	Scoped
	// Whole reads everything, where that is less work.
	Whole
)

// largeScope is from how many roles on a scope may be most of a cluster.
const largeScope = 20

// mayBeWhole tells whether it may be less work to read everything.
func (r Reading) mayBeWhole(s catalog.Scope) bool {
	switch r {
	case Whole:
		return isPlain(s)
	case Scoped:
		return false
	}
	return isPlain(s) && (len(s.Roles) >= largeScope || len(s.Contents) > 0)
}

// isPlain tells whether a scope needs nothing that only queries/scope.sql finds out.
func isPlain(s catalog.Scope) bool { return len(s.Below) == 0 && !s.Holders && !s.Everything }

// sizeQueries lists the queries by which the server decides whether to answer the queries for the whole catalog.
func (i *inspection) sizeQueries(r *Reading) []wire.Query {
	const what = "working out how much to read"
	if *r == Whole {
		return []wire.Query{{Doing: what, SQL: gen.WholeKnown}}
	}
	sample, times := sampleOf(wire.Names(i.scope.Roles))
	args := []any{int64(times), sample, int64(len(i.scope.Roles) + len(i.scope.Objects)), wire.Names(i.scope.SchemasOf(catalog.Table))}
	return []wire.Query{{Doing: what, SQL: gen.WholeSize, Args: args, Read: r.decide}}
}

// decide takes the server's decision.
func (r *Reading) decide(rows pgx.Rows) error {
	var whole bool
	err := wire.Into(&whole)(rows)
	if *r = Scoped; whole {
		*r = Whole
	}
	return err
}

// sampleOf gives every nth of many names, and n.
func sampleOf(all []string) (sample []string, times int) {
	const most = 32
	times = max(1, (len(all)+most-1)/most)
	sample = []string{}
	for at := 0; at < len(all); at += times {
		sample = append(sample, all[at])
	}
	return sample, times
}

// smallScope is up to how many names one query plan is good for each scope.
const smallScope = 1000

// isSmall tells whether a scope names so little that the server finds all by index, with one query plan for all such
// scopes.
func isSmall(s catalog.Scope) bool {
	return isPlain(s) && len(s.Roles) < largeScope && len(s.Objects)+len(s.Mentioned) <= smallScope
}
