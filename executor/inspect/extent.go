package inspect

import (
	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// Extent is how much of a cluster is read. What is planned is the same. It is found out once for all inspections of a
// run.
type Extent int

const (
	// Unknown leaves it to the server, which knows how large the cluster is.
	Unknown Extent = iota
	// ScopeOnly reads what belongs to a scope, which the server works out.
	ScopeOnly
	// WholeCluster reads everything, where that is less work.
	WholeCluster
)

// largeScope is how many roles are so many that they may be most of a cluster.
const largeScope = 20

// mayBeWhole tells whether it can be less work to read everything.
func (e Extent) mayBeWhole(s catalog.Scope) bool {
	switch e {
	case WholeCluster:
		return isPlain(s)
	case ScopeOnly:
		return false
	}
	return isPlain(s) && (len(s.Roles) >= largeScope || len(s.Contents) > 0)
}

// isPlain tells whether a scope needs nothing that only queries/scope.sql finds out.
func isPlain(s catalog.Scope) bool { return len(s.Below) == 0 && !s.Holders && !s.Everything }

// extentQueries lists the queries by which the server finds out whether it is to answer those about everything.
func (i *inspection) extentQueries(e *Extent) []wire.Query {
	const what = "working out how much to read"
	if *e == WholeCluster {
		return []wire.Query{{Doing: what, SQL: gen.WholeKnown}}
	}
	sample, times := sampleOf(wire.Names(i.scope.Roles))
	args := []any{int64(times), sample, int64(len(i.scope.Roles) + len(i.scope.Objects)), wire.Names(i.scope.SchemasOf(catalog.Table))}
	return []wire.Query{{Doing: what, SQL: gen.WholeSize, Args: args, Read: e.decide}}
}

// decide takes the server's decision.
func (e *Extent) decide(rows pgx.Rows) error {
	var whole bool
	err := wire.Into(&whole)(rows)
	if *e = ScopeOnly; whole {
		*e = WholeCluster
	}
	return err
}

// sampleOf gives some of many names, and for how many each of these stands.
func sampleOf(all []string) (sample []string, times int) {
	const most = 32
	times = max(1, (len(all)+most-1)/most)
	sample = []string{}
	for at := 0; at < len(all); at += times {
		sample = append(sample, all[at])
	}
	return sample, times
}

// smallScope is how many things a scope names at most for which one plan of a query is good.
const smallScope = 1000

// isSmall tells whether a scope names so little that all is found by index, with the same plans as for any other such
// scope.
func isSmall(s catalog.Scope) bool {
	return isPlain(s) && len(s.Roles) < largeScope && len(s.Objects)+len(s.Mentioned) <= smallScope
}
