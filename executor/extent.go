package executor

import (
	"pgsr/gen"
	"pgsr/planner/catalog"
)

// extent is how much an inspection reads: what belongs to a scope, which the server works out, or everything, where
// that is less work. What is planned is the same. It is found out once for all inspections of a run.
type extent struct {
	known bool
	// whole says that everything is read.
	whole bool
}

// largeScope is how many roles are so many that they may be most of a cluster.
const largeScope = 20

// mayBeWhole tells whether it can be less work to read everything.
func (e extent) mayBeWhole(s catalog.Scope) bool {
	if e.known {
		return e.whole && isPlain(s)
	}
	return isPlain(s) && (len(s.Roles) >= largeScope || len(s.Contents) > 0)
}

// isPlain tells whether a scope needs nothing that only the questions of queries/scope.sql find out.
func isPlain(s catalog.Scope) bool { return len(s.Below) == 0 && !s.Holders && !s.Everything }

// sizing lists the questions by which the server finds out whether it is to answer those about everything.
func (i *inspection) sizing() []question {
	const what = "working out how much to read"
	if i.extent.known {
		return []question{{what: what, sql: gen.WholeKnown}}
	}
	sample, times := sampleOf(names(i.scope.Roles))
	return []question{
		{what: what, sql: gen.ScopeByIndex},
		{what: what, sql: gen.WholeSample, args: []any{int64(times), sample}},
		{what: what, sql: gen.ScopeByEstimate},
		{
			what: what, sql: gen.WholeSize, args: []any{names(i.scope.Contents), int64(len(i.scope.Roles) + countNames(i.scope.Objects))},
			read: into(&i.extent.whole),
		},
	}
}

// countNames counts objects, of which those in a schema are asked for as each kind that can have the name.
func countNames(objects []catalog.ObjectID) (count int) {
	for _, id := range objects {
		if id.Schema == "" || id.Kind == catalog.Table {
			count++
		}
	}
	return count
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

// readingAll lists the questions whose answers are the whole catalog, or nothing.
func (i *inspection) readingAll() []question {
	all := append(i.sizing(),
		question{what: "working out what to read", sql: gen.WholeStart},
		question{what: "reading the server's settings", sql: gen.Server, read: i.readServer},
		question{what: "reading default privileges", sql: gen.Defaults, args: []any{letters()}, read: i.readDefaults},
		question{what: "reading roles", sql: gen.WholeRoles, read: i.readAllRoles},
		question{what: "reading roles", sql: gen.WholeHidden, read: i.readHidden},
		question{what: "reading memberships", sql: gen.WholeMemberships, read: i.readAllMemberships},
		question{what: "reading objects", sql: gen.WholeObjects, read: i.readAllObjects},
		question{what: "reading ACLs", sql: gen.WholeItems, read: i.readAllItems},
	)
	if i.scope.Passwords {
		sql := gen.WholeVerifiers
		if i.superuser {
			sql = gen.WholeVerifiersOfSuperuser
		}
		all = append(all, question{what: "reading passwords", sql: sql, args: []any{names(i.scope.Roles)}, read: i.readVerifiers})
	}
	return append(all, question{what: "working out what to read", sql: gen.ScopeEnd})
}
