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
	// mostCopies is how many of them may take memory of their own because of aliases, beside as many as the files have
	// bytes: what << repeats, or an alias in a list, is copied.
	mostCopies = 500_000
)

// Length gives how many bytes files have together.
func Length(files []File) int {
	sum := 0
	for _, f := range files {
		sum += len(f.Data)
	}
	return sum
}

const insteadOfRepeating = ": grant them to one role, and make the others members of it"

// spend counts items, and tells whether there may be so many. The first that are too many are noted, and nothing
// after them.
func (f *file) spend(items int, at place) bool {
	return f.count(&f.items, items, mostItems, at, "here the spec comes to more than ten million phrases, with all that aliases repeat"+insteadOfRepeating)
}

// copies counts items that take memory of their own, in the same way.
func (f *file) copies(items int, at place) bool {
	return f.count(&f.copied, items, mostCopies+f.bytes, at, "here aliases in lists and behind << repeat more than half a million phrases, names or keys"+insteadOfRepeating)
}

func (f *file) count(sum *int, items, most int, at place, problem string) bool {
	before := *sum
	if *sum += items; *sum <= most {
		return true
	}
	if before <= most {
		f.add(at, "%s", problem)
	}
	*sum = most + 1
	return false
}

// isTooMuch tells whether so much was read that nothing more is to be.
func (p *parsing) isTooMuch() bool { return p.items > mostItems || p.copied > mostCopies+p.bytes }
