package inspect

import (
	"context"
	"maps"
	"slices"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// ShowsState tells whether [StateWithin] can read all objects of a state: existing databases, schemas and relations.
func ShowsState(s script.State) bool {
	isOther := func(o script.ObjectState) bool { return o.OID == 0 || classOf(o.ID.Kind) == 0 }
	return s.IsPlain() && !slices.ContainsFunc(s.Objects, isOther)
}

// StateWithin reads what a state names, within a transaction: roles by name, with attributes and members, and objects
// by OID, with owner and ACL. It works out its arguments while the server works. Doing says in messages what it is for.
func StateWithin(ctx context.Context, tx *wire.Transaction, s script.State, doing string) (*catalog.Catalog, error) {
	i := newInspection(tx.Conn, catalog.Scope{Everyone: true}) // who is among the roles that are read
	args := func() []any {
		return []any{oidsOf(s, 'd'), oidsOf(s, 'r'), rolesOf(s), oidsOf(s, 'n')}
	}
	queries := append(i.askServer(),
		wire.Query{SQL: gen.ScopeStart},
		wire.Query{SQL: gen.StateScope, ArgsLater: args},
		wire.Query{SQL: inScope(gen.Roles), Args: []any{i.acting()}, Read: i.readRoles},
		wire.Query{SQL: inScope(gen.Memberships), Read: wire.EachRow(i.readMemberships)},
		wire.Query{SQL: inScope(gen.Objects), Read: i.readObjects},
		wire.Query{SQL: inScope(gen.Items), Read: i.readItems},
	)
	if len(s.Code) > 0 {
		queries = append(queries, i.askCode(inScope(gen.Code)))
	}
	queries = append(queries, wire.Query{SQL: gen.ScopeEnd})
	for at := range queries {
		queries[at].Doing = doing
	}
	if err := tx.RoundTrip(ctx, wire.Queries(queries...)...); err != nil {
		return nil, err
	}
	return i.finish(), nil
}

// classOf gives the letter of a kind's catalog, as in [objectKey]; 0: another catalog.
func classOf(kind catalog.Kind) byte {
	switch {
	case kind == catalog.Database:
		return 'd'
	case kind == catalog.Schema:
		return 'n'
	case kind.Info().Relkinds != "":
		return 'r'
	}
	return 0
}

// oidsOf gives the OIDs of a state's objects in one catalog.
func oidsOf(s script.State, class byte) []uint32 {
	of := lists.Filter(s.Objects, func(o script.ObjectState) bool { return classOf(o.ID.Kind) == class })
	return append([]uint32{}, lists.Map(of, func(o script.ObjectState) uint32 { return o.OID })...)
}

// rolesOf gives all roles that a state names.
func rolesOf(s script.State) []string {
	named := map[string]bool{}
	for _, r := range s.Roles {
		named[r.Name] = true
	}
	for _, m := range s.Memberships {
		named[m.Role] = true
		for _, row := range m.Rows {
			named[row.Member], named[row.Grantor] = true, true
		}
	}
	for _, o := range s.Objects {
		named[o.Owner] = true
		for _, acl := range append(slices.Collect(maps.Values(o.Columns)), o.ACL) {
			for _, item := range acl {
				named[item.Grantee], named[item.Grantor] = true, true
			}
		}
	}
	return wire.Names(slices.Collect(maps.Keys(named)))
}
