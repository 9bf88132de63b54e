package ledger

import (
	"fmt"
	"strings"

	"pgsr/planner/lists"
)

// startAnew is the way out where a ledger can not be used, or not be believed.
const startAnew = "`ALTER SCHEMA pgsr RENAME TO pgsr_old` by its owner or a superuser, which keeps its rows, and then `pgsr ledger install`"

// UntrustedError says that there is a ledger that may be someone else's, who could make code of his own run as
// soon as it is read or written. Nothing was done to it.
type UntrustedError struct {
	Database string
	// Owners are roles that the schema or a table of it belongs to and that are not trusted.
	Owners []string
	// Flaws say in what else it is not as pgsr makes it.
	Flaws []string
}

// Error says why it is not trusted and what can be done.
func (e *UntrustedError) Error() string {
	var why, ways []string
	if len(e.Owners) > 0 {
		for _, owner := range e.Owners {
			ways = append(ways, fmt.Sprintf("--ledger-owner %s if role %q is to be trusted with the rights of everyone who applies", shellWord(owner), owner))
		}
		why = append(why, "it belongs to role "+strings.Join(lists.Quoted(e.Owners), ", "))
	}
	why = append(why, e.Flaws...)
	ways = append(ways, "--no-ledger to go on without it",
		startAnew)
	return fmt.Sprintf("the ledger (schema pgsr) of database %q is not trusted, so it was neither read nor written: %s; what helps: %s",
		e.Database, strings.Join(why, "; "), strings.Join(ways, "; or "))
}

// shellWord writes a name as a word for a shell.
func shellWord(name string) string { return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'" }

// Trusted returns an [*UntrustedError] unless all that there is of the ledger belongs to the connecting role,
// to the role that made the cluster, or to one that was named, and is as pgsr makes it. Members of such a role can do
// all that it can.
func (s State) Trusted() error {
	if len(s.Doubts) == 0 {
		return nil
	}
	err := &UntrustedError{Database: s.Database}
	for _, doubt := range s.Doubts {
		if owner, is := strings.CutPrefix(doubt, "owner "); is {
			err.Owners = append(err.Owners, owner)
		} else {
			err.Flaws = append(err.Flaws, strings.TrimPrefix(doubt, "flaw "))
		}
	}
	return err
}
