package executor

import (
	"fmt"

	"pgsr/executor/wire"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// rowTooBig says what helps where the server has no room for a GRANT: program_limit_exceeded, "row is too big".
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func rowTooBig(s script.Statement, err error) error {
	grant, grants := s.Change.(catalog.Grant)
	if !grants || wire.SQLState(err) != "54000" {
		return err
	}
	return fmt.Errorf("%w\n%s has too many direct grantees: %s", err, grant.Object, planner.FewerGrantees)
}
