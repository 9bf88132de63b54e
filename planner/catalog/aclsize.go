package catalog

// AclItem is an element of an ACL as the server stores it: all that one grantor granted to one grantee, by OID.
type AclItem struct {
	Grantee, Grantor uint32
	// Privileges has a bit for each privilege and one for each grant option; which stands for which does not matter to
	// the size.
	Privileges uint64
}

// compressor says what a method of compression costs that writes what it sees for the first time byte by byte, and
// refers to what it has seen before: https://www.postgresql.org/docs/current/storage-toast.html
type compressor struct {
	// literal and reference are the bits that these take.
	literal, reference int
	// window is how many bytes back a reference can point.
	window int
	// latest says that only the last occurrence is referred to, also where an earlier one has more in common.
	latest bool
	// worth is how much of its size, in percent, a value may keep to be stored compressed.
	worth int
}

var (
	pglz = compressor{literal: 9, reference: 17, window: 4095, worth: 75}
	lz4  = compressor{literal: 8, reference: 24, window: 65535, latest: true, worth: 100}
)

const (
	aclHeader        = 24 // of an array of one dimension
	compressedHeader = 8
	// reserve, in percent, is for what this model does not know: it was at most 3 below what servers needed.
	reserve = 4
)

// AclItemSize is the size of an aclitem in bytes: 16 brought more privileges, and 64 bits for them.
// https://www.postgresql.org/docs/16/release-16.html
func (s Server) AclItemSize() int {
	if s.Major() < 16 {
		return 12
	}
	return 16
}

// ACLSize gives the bytes that an ACL of these items takes at most, in whatever order they are, once the server
// compresses it. It is a bound by the cost of such a compression, near the truth where most items differ only by
// their grantee.
func (s Server) ACLSize(items []AclItem) int {
	c := pglz
	if s.ToastCompression == "lz4" {
		c = lz4
	}
	length := len(items) * s.AclItemSize()
	// What repeats is seen again unless it was too long ago, which it can be only so many times.
	bits := c.bits(items, (length+c.window-1)/c.window)
	if compressed := compressedHeader + aclHeader + bits*(100+reserve)/800; compressed*100 <= (aclHeader+length)*c.worth {
		return compressed
	}
	return aclHeader + length
}

// aclPart is a part of an item that may repeat: the upper bytes of its grantee with the grantor, without or with its
// privileges.
type aclPart struct {
	// skipped is how many bytes of the grantee do not belong to it, of 4.
	skipped          int
	grantee, grantor uint32
	whole            bool
	privileges       uint64
}

// parts counts how often each was there.
type parts map[aclPart]int

// repeat counts a part and tells whether it was there more than so many times before.
func (p parts) repeat(part aclPart, again int) bool {
	p[part]++
	return p[part] > again
}

// bits is the cost of all items.
func (c compressor) bits(items []AclItem, again int) int {
	seen, bits := parts{}, 0
	for _, item := range items {
		bits += c.itemBits(item, seen, again)
	}
	if c.latest {
		bits += c.reference * min(len(items), 2*unusual(items))
	}
	return bits
}

// itemBits is the cost of one item: of a few bytes of its grantee and a reference to another item, and where that has
// other privileges of a reference to these.
func (c compressor) itemBits(item AclItem, seen parts, again int) int {
	skipped, whole := c.longest(item, seen, again)
	bits := skipped*c.literal + c.reference
	if skipped > 4 {
		bits = 8 * c.literal // the grantor is new, too
	}
	first := aclPart{skipped: 1, grantee: item.Grantee >> 8, grantor: item.Grantor}
	firstWhole := first
	firstWhole.whole, firstWhole.privileges = true, item.Privileges
	known := seen.repeat(aclPart{whole: true, privileges: item.Privileges}, again)
	switch {
	case c.latest && known:
	case c.latest:
		bits += 3 * c.literal
	case whole && skipped > 1 && seen[first] != seen[firstWhole]:
		// It takes the first that comes: a short one, and then a second one.
		bits = max(bits, c.literal+2*c.reference)
	case !whole && known:
		bits += c.reference
	case !whole:
		bits += c.reference + 3*c.literal
	}
	return bits
}

// longest finds the longest part that repeats, and whether it does with the privileges; 5 bytes are skipped if there
// is none.
func (c compressor) longest(item AclItem, seen parts, again int) (skipped int, whole bool) {
	skipped = 5
	for bytes := 4; bytes >= 1; bytes-- {
		part := aclPart{skipped: bytes, grantee: uint32(uint64(item.Grantee) >> (8 * bytes)), grantor: item.Grantor}
		repeats := seen.repeat(part, again)
		part.whole, part.privileges = true, item.Privileges
		if repeatsWhole := seen.repeat(part, again); repeats {
			skipped, whole = bytes, repeatsWhole
		}
	}
	return skipped, whole
}

// unusual counts the items that have not the privileges and the grantor that most have.
func unusual(items []AclItem) int {
	counts, most := map[AclItem]int{}, 0
	for _, item := range items {
		item.Grantee = 0
		counts[item]++
		most = max(most, counts[item])
	}
	return len(items) - most
}
