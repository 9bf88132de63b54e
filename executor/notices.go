package executor

import (
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
)

// Notices collects the warnings that a server sends. Give its Handle to the connection's configuration:
//
//	config.OnNotice = notices.Handle
type Notices struct {
	mu       sync.Mutex
	warnings []*pgconn.Notice
}

// Handle takes one notice. Anything below a warning is dropped.
func (n *Notices) Handle(_ *pgconn.PgConn, notice *pgconn.Notice) {
	if notice.SeverityUnlocalized != "WARNING" {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.warnings = append(n.warnings, notice)
}

// take gives the warnings since it was last asked. A nil receiver has none.
func (n *Notices) take() []*pgconn.Notice {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	taken := n.warnings
	n.warnings = nil
	return taken
}

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
	e := &WarningError{}
	for _, n := range notices {
		e.Warnings = append(e.Warnings, fmt.Sprintf("%s (SQLSTATE %s)", n.Message, n.Code))
	}
	return e
}
