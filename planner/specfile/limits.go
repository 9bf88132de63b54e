package specfile

// What a spec may take, so that none takes all the memory that there is.
const (
	// MostBytes is how large the files of a spec may be, together.
	MostBytes = 64 << 20
	// MostPasswordBytes is how large a file with a password may be.
	MostPasswordBytes = 4096
	// mostItems is how many phrases, names and merged keys a spec may come to: a few lines of aliases of aliases can
	// be any number.
	mostItems = 10_000_000
)

// Length gives how many bytes files have together.
func Length(files []File) int {
	sum := 0
	for _, f := range files {
		sum += len(f.Data)
	}
	return sum
}

// spend counts items, and tells whether there may be so many. The first that are too many are noted, and nothing
// after them.
func (f *file) spend(items int, at place) bool {
	before := f.items
	if f.items += items; f.items <= mostItems {
		return true
	}
	if before <= mostItems {
		f.add(at, "here the spec comes to more than ten million phrases, with all that aliases repeat: grant them to one role, and make the others members of it")
	}
	f.items = mostItems + 1
	return false
}
