package specfile

import "pgsr/planner/spec"

// emptyList says what to write instead of a key without a value that is to have a list, for each thing that may have
// been meant.
func emptyList(key string) string {
	if key == spec.KeyOwns {
		return "write owns: [] for no schema and no table; leave the key out to keep what the role owns"
	}
	return "write " + key + ": [] for nothing; to leave the key out says the same"
}

// emptyText says the same of one that is to have a text.
func emptyText(key string) string {
	switch key {
	case spec.KeyComment:
		return `write comment: "" for none; leave the key out to keep the comment that the role has`
	case keyMissing:
		return "write missing: warn to go on without what does not exist; missing: refuse, or to leave the key out, refuses"
	case keyValidUntil:
		return "write valid_until: never for no end; leave the key out to keep the end that the password has"
	}
	return "it must be a text"
}
