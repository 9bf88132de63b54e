package executor

import (
	"fmt"
	"strings"

	"pgsr/planner/lists"

	"github.com/jackc/pgx/v5/pgconn"
)

// WarningError says that the server warned about a statement, which then did nothing: a GRANT without grant option,
// say. Everything was rolled back. https://www.postgresql.org/docs/current/sql-grant.html#SQL-GRANT-NOTES
type WarningError struct{ Warnings []string }

// Error lists the server's warnings.
func (e *WarningError) Error() string {
	return "the server warned that a statement did nothing, so everything was rolled back:\n  " + strings.Join(e.Warnings, "\n  ")
}

func warningError(notices []*pgconn.Notice) error {
	if len(notices) == 0 {
		return nil
	}
	return &WarningError{lists.Map(notices, func(n *pgconn.Notice) string { return fmt.Sprintf("%s (SQLSTATE %s)", n.Message, n.Code) })}
}
