package executor

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"pgsr/planner/catalog"
)

// TestACLSizeIsAnUpperBound lets the server compress random ACLs, written as it would store them, by each method that
// it has: none may take more than was estimated, and those in which all have the same from the owner not much less.
func TestACLSizeIsAnUpperBound(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE TABLE v (i integer, b bytea)`, `ALTER TABLE v ALTER b SET STORAGE MAIN`)
	for i, method := range []string{"pglz", "lz4"} {
		if _, err := c.super.Exec(context.Background(), `SET default_toast_compression = `+method); err != nil && method == "lz4" {
			continue // a server that was built without it
		} else if err != nil {
			t.Fatal(err)
		}
		server := catalog.Server{VersionNum: c.major * 10000, ToastCompression: method}
		for seed := range uint64(120) {
			w := newStoredACL(seed)
			var size int
			err := c.super.QueryRow(context.Background(), `WITH stored AS (INSERT INTO v VALUES ($1, $2) RETURNING i) SELECT i FROM stored`, 1000*i+int(seed), w.bytes(server)).Scan(&size)
			if err != nil {
				t.Fatal(err)
			}
			size = one[int](c, `SELECT pg_column_size(b) FROM v WHERE i = $1`, 1000*i+int(seed))
			estimate := server.ACLSize(w.items)
			if estimate < size {
				t.Errorf("%s, seed %d: %d bytes were estimated for %d items, %d are stored", method, seed, estimate, len(w.items), size)
			}
			if w.alike && estimate > size*14/10 {
				t.Errorf("%s, seed %d: %d bytes were estimated for %d items, only %d are stored", method, seed, estimate, len(w.items), size)
			}
		}
	}
}

// storedACL is a random ACL. Alike are those in which all but the owner have the same privileges from the owner.
type storedACL struct {
	*rand.Rand
	items []catalog.AclItem
	alike bool
}

func newStoredACL(seed uint64) *storedACL {
	w := &storedACL{Rand: rand.New(rand.NewPCG(seed, 4))}
	privileges := 1 << w.IntN(6)
	grantors := []int{1, 1, 2, 100}[w.IntN(4)]
	w.alike = privileges == 1 && grantors == 1
	grantees := w.oids(250 + w.IntN(2200))
	owner := catalog.AclItem{Grantee: grantees[0], Grantor: grantees[0], Privileges: 1<<7 - 1}
	w.items = append(w.items, owner)
	for _, grantee := range grantees[1:] {
		item := catalog.AclItem{Grantee: grantee, Grantor: owner.Grantee, Privileges: w.privileges(privileges)}
		if grantors > 1 && w.IntN(3) == 0 {
			item.Grantor = grantees[w.IntN(grantors)]
		}
		w.items = append(w.items, item)
	}
	return w
}

// oids gives OIDs near to each other or far apart, in order or not.
func (w *storedACL) oids(n int) []uint32 {
	apart := []int{1, 4, 16, 64, 256, 5000, 100000}[w.IntN(7)]
	oids := make([]uint32, n)
	last := []uint32{16384, 70000, 3000000, 1 << 25, 4000000000}[w.IntN(5)]
	for i := range oids {
		last += 1 + w.Uint32N(uint32(apart))
		oids[i] = last
	}
	if w.IntN(2) == 0 {
		w.Shuffle(n, func(i, j int) { oids[i], oids[j] = oids[j], oids[i] })
	}
	return oids
}

// privileges gives one of so many combinations, some with grant options.
func (w *storedACL) privileges(kinds int) uint64 {
	kind := uint64(w.IntN(kinds))
	return kind + 1 | kind%3/2<<(32+kind%7)
}

// bytes is what the server compresses of such an ACL: the header of an array, without its length, and the items.
func (w *storedACL) bytes(server catalog.Server) []byte {
	const oidOfAclitem = 1033
	out := make([]byte, 20)
	for i, n := range []uint32{1, 0, oidOfAclitem, uint32(len(w.items)), 1} {
		binary.LittleEndian.PutUint32(out[4*i:], n)
	}
	for _, item := range w.items {
		out = binary.LittleEndian.AppendUint32(out, item.Grantee)
		out = binary.LittleEndian.AppendUint32(out, item.Grantor)
		if server.AclItemSize() == 12 {
			out = binary.LittleEndian.AppendUint32(out, uint32(item.Privileges)|uint32(item.Privileges>>16))
		} else {
			out = binary.LittleEndian.AppendUint64(out, item.Privileges)
		}
	}
	return out
}
