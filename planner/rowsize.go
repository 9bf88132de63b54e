package planner

import (
	"cmp"
	"slices"
	"sort"

	"pgsr/planner/catalog"
)

// The ACL of a table or sequence has to fit into its row of pg_class, and that into a page, because pg_class has no
// TOAST table. All other objects' ACLs may be longer. Those of columns are not looked at: a spec grants nothing on
// columns.
// https://www.postgresql.org/docs/current/storage-toast.html
const (
	// pageHead is what a page needs beside its only row, classRow what a row of pg_class needs beside what varies: 176
	// on 18, and alignment.
	pageHead = 32
	classRow = 184
	// itemSize is the most that an item takes.
	itemSize = 16
	// usualBlockSize is for a catalog that does not say.
	usualBlockSize = 8192
)

// growth is what a plan adds to the ACL of a table or sequence.
type growth struct {
	server catalog.Server
	object catalog.ObjectID
	// stored is what the ACL takes now, 0 if that is not known; room what it may take.
	stored, room int
	// kept, lost and added are its items. One that gets more privileges is an added one.
	kept, lost, added []catalog.AclItem
	// grantees are those of added.
	grantees []string
	// final is what it will take at most, peak what it would take beside what is yet to be revoked.
	final, peak int
}

// growthOf gives what the plan is to add to an ACL; nil if that is nothing, or nothing that could be too much.
func (b *builder) growthOf(id catalog.ObjectID) *growth {
	now, want := b.working.Objects[id], b.desired.Objects[id]
	room := cmp.Or(b.server.BlockSize, usualBlockSize) - pageHead - classRow - now.Stored.Rest
	if id.Kind != catalog.Table && id.Kind != catalog.Sequence || 2*itemSize*(len(now.ACL)+len(want.ACL)+2) <= room {
		return nil
	}
	g := &growth{server: b.server, object: id, stored: now.Stored.ACL, room: room}
	before, after := b.privilegesOf(now.ACL), b.privilegesOf(want.ACL)
	for _, by := range sortedPairs(after) {
		item := catalog.AclItem{Grantee: b.oid(by.grantee), Grantor: b.oid(by.grantor), Privileges: after[by]}
		if after[by]&^before[by] == 0 {
			g.kept = append(g.kept, item)
		} else {
			g.added, g.grantees = append(g.added, item), append(g.grantees, by.grantee)
		}
	}
	for _, by := range sortedPairs(before) {
		if after[by] == 0 {
			g.lost = append(g.lost, catalog.AclItem{Grantee: b.oid(by.grantee), Grantor: b.oid(by.grantor), Privileges: before[by]})
		}
	}
	if len(g.added) == 0 {
		return nil
	}
	g.final = g.size(len(g.added))
	if g.peak = g.final; len(g.lost) > 0 {
		g.peak = g.size(len(g.added), g.lost...)
	}
	return g
}

// size is what the ACL takes at most with the first n of the added items. What is stored is known better than any
// estimate.
func (g *growth) size(n int, beside ...catalog.AclItem) int {
	added := g.added[:n]
	estimate := g.server.ACLSize(slices.Concat(g.kept, beside, added))
	if g.stored > 0 {
		return min(estimate, g.stored+g.server.ACLSize(added))
	}
	return estimate
}

// fits tells whether there is room for all that is to be.
func (g *growth) fits() bool { return g.final <= g.room }

// fitsBesideLost tells whether there is room for it before anything was revoked.
func (g *growth) fitsBesideLost() bool { return g.peak <= g.room }

// items is how many the ACL is to have.
func (g *growth) items() int { return len(g.kept) + len(g.added) }

// most is how many of these there is room for.
func (g *growth) most() int {
	tooMany := sort.Search(len(g.added)+1, func(n int) bool { return g.size(n) > g.room })
	return len(g.kept) + max(tooMany-1, 0)
}

// pair names an item of a stored ACL, which holds all privileges of a grantee from a grantor.
type pair struct{ grantee, grantor string }

func sortedPairs(of map[pair]uint64) []pair {
	pairs := make([]pair, 0, len(of))
	for p := range of {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(x.grantee, y.grantee), cmp.Compare(x.grantor, y.grantor))
	})
	return pairs
}

// privilegesOf gives each item's privileges in bits, those with grant option a second time.
func (b *builder) privilegesOf(acl catalog.ACL) map[pair]uint64 {
	out := map[pair]uint64{}
	for _, item := range acl {
		bit, known := b.bits[item.Privilege]
		if !known {
			bit = 1 << (len(b.bits) % 32)
			b.bits[item.Privilege] = bit
		}
		if item.Grantable {
			bit |= bit << 32
		}
		out[pair{item.Grantee, item.Grantor}] |= bit
	}
	return out
}

// A role that is created gets the next OID, as does each membership that it brings from 16 on: its creator's, and
// that of createrole_self_grant.
const (
	firstNewOID = 1 << 31
	oidsPerRole = 4
)

// oid gives a role's, as far as it is known, and something like those that the roles to be created will have.
func (b *builder) oid(role string) uint32 {
	if known := b.working.Roles[role]; known != nil && known.OID != 0 || role == catalog.Public {
		if known != nil {
			return known.OID
		}
		return 0
	}
	if b.newOIDs == nil {
		b.newOIDs = map[string]uint32{}
		for _, name := range roleNames(b.working) {
			if b.working.Roles[name].OID == 0 {
				b.newOIDs[name] = firstNewOID + oidsPerRole*uint32(len(b.newOIDs))
			}
		}
	}
	if _, known := b.newOIDs[role]; !known {
		b.newOIDs[role] = firstNewOID + oidsPerRole*uint32(len(b.newOIDs))
	}
	return b.newOIDs[role]
}
