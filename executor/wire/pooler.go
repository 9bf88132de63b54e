package wire

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// poolerError says what helps where it is a pooler that refuses, which it does in words of its own: PgBouncer's, with
// the code of a protocol_violation. https://www.pgbouncer.org/config.html#pool_mode
func poolerError(err error) error {
	said, is := errors.AsType[*pgconn.PgError](err)
	if !is || said.Code != "08P01" {
		return err
	}
	switch {
	case strings.Contains(said.Message, "statement pooling mode"):
		return &RefusedError{ForServer, fmt.Errorf("the connection goes through a pooler that gives each statement another session, where nothing can be done "+
			"all or nothing: connect directly to the server, or through a pool of sessions or transactions: %w", err)}
	case strings.Contains(said.Message, "query_wait_timeout"):
		return fmt.Errorf("the connection goes through a pooler that has no session left (a plan of several transactions needs two): "+
			"connect directly to the server, or enlarge the pool: %w", err)
	}
	return err
}
