package specfile

import (
	"fmt"
	"time"

	"pgsr/planner/spec"
)

// never is in the place of a moment where there is to be none.
const never = "never"

// parseMoment reads a moment, or a date, which stands for its beginning in UTC. PostgreSQL keeps microseconds.
func parseMoment(text string) (time.Time, string) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if moment, err := time.Parse(layout, text); err == nil {
			return moment.UTC().Round(time.Microsecond), ""
		}
	}
	return time.Time{}, fmt.Sprintf("valid_until %q is no moment: write it as 2027-01-31T00:00:00Z or 2027-01-31; never for no end, or leave the key out to keep the end that there is", spec.Shorten(text))
}
