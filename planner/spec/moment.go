package spec

import (
	"fmt"
	"time"
)

// The years of a timestamp with time zone, so far as they are written without BC:
// https://www.postgresql.org/docs/current/datatype-datetime.html
const (
	firstYear = 1
	lastYear  = 294276
)

// MomentProblem says why PostgreSQL cannot keep a moment.
func MomentProblem(moment time.Time) string {
	if year := moment.UTC().Year(); year < firstYear || year > lastYear {
		return fmt.Sprintf("valid_until is in the year %d: PostgreSQL has the years %d to %d", year, firstYear, lastYear)
	}
	return ""
}
