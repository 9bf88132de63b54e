package wire

import (
	"strings"

	"github.com/jackc/pgx/v5/pgtype"

	"pgsr/planner/lists"
)

// MaxName is how many bytes a name has at most.
const MaxName = 63

// Names leaves out what can be nobody's name: the server would cut it to what fits, and take it for another.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
func Names(all []string) []string {
	return lists.Filter(all, CanExist)
}

// OrNull is a name, or NULL if it is empty.
func OrNull(name string) pgtype.Text { return pgtype.Text{String: name, Valid: name != ""} }

// CanExist tells whether something can have a name.
func CanExist(name string) bool {
	return name != "" && len(name) <= MaxName && !strings.ContainsRune(name, 0)
}
