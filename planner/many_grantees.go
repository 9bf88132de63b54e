package planner

import (
	"cmp"
	"fmt"
	"slices"

	"pgsr/planner/catalog"
)

// manyGrantees is how many direct grantees a table may have without a warning. Its ACL has to fit into its row of
// pg_class, and that into a page, because pg_class has no TOAST table. Some 1,000 fit always, and 2,440 at most:
// docs/benchmarks.md has figures.
// https://www.postgresql.org/docs/current/storage-toast.html
const manyGrantees = 1000

// FewerGrantees says what helps where the ACL of a table or sequence is too big for its row.
const FewerGrantees = "an ACL has to fit into one page with the rest of the object's row in pg_class; " +
	"grants: in the place of direct_grants: takes one item of it for any number of roles, by way of a privilege role"

// crowded is a table or sequence with very many direct grantees.
type crowded struct {
	object   catalog.ObjectID
	grantees int
}

// noteCrowded notes a table or sequence that gets grantees and then has very many.
func (b *builder) noteCrowded(id catalog.ObjectID) {
	now, want := b.working.Objects[id], b.desired.Objects[id]
	if id.Kind.Info().Relkinds == "" || len(want.ACL) < manyGrantees {
		return
	}
	if n := grantees(want.ACL, want.Owner); n >= manyGrantees && len(lacking(now.ACL, want.ACL)) > 0 {
		b.crowded = append(b.crowded, crowded{id, n})
	}
}

// exchangesMany tells whether the ACL may be too big for its row while old and new grantees are in it together.
func (b *builder) exchangesMany(id catalog.ObjectID) bool {
	now, want := b.working.Objects[id], b.desired.Objects[id]
	return len(now.ACL)+len(want.ACL) > manyGrantees && grantees(append(want.ACL.Without(now.ACL), now.ACL...), now.Owner) > manyGrantees
}

// grantees counts the grantees except the owner.
func grantees(items catalog.ACL, owner string) int {
	seen := map[string]bool{owner: true}
	for _, item := range items {
		seen[item.Grantee] = true
	}
	return len(seen) - 1
}

// crowdedWarnings names, in one line, the objects with very many direct grantees, those with most first.
func (b *builder) crowdedWarnings() []string {
	slices.SortStableFunc(b.crowded, func(x, y crowded) int { return cmp.Compare(y.grantees, x.grantees) })
	named := someNamed(b.crowded, func(c crowded) string { return fmt.Sprintf("%s, %d direct grantees", c.object, c.grantees) })
	if named == "" {
		return nil
	}
	return []string{fmt.Sprintf("%d direct grantees or more may be more than a table can have (%s): %s", manyGrantees, named, FewerGrantees)}
}
