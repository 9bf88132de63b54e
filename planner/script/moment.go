package script

import (
	"fmt"
	"time"

	"pgsr/planner/catalog"
)

// The moments before and after all others.
const (
	infinity         = "infinity"
	negativeInfinity = "-infinity"
)

// timestamp writes a moment so that it is read alike under any TimeZone and DateStyle; nil is infinity.
// https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-INPUT
func timestamp(t *time.Time) string { return dated(t, " 15:04:05.999999", "+00") }

// timestampCompared writes a moment as [guardQuestion] has the server write it.
func timestampCompared(t *time.Time) string { return dated(t, " 15:04:05.000000", "") }

// dated writes a moment in PostgreSQL's years: the one before the year 1 is the year 1 BC.
func dated(t *time.Time, clock, zone string) string {
	switch {
	case t == nil:
		return infinity
	case t.Equal(catalog.NegativeInfinity):
		return negativeInfinity
	}
	utc := t.UTC()
	year, era := utc.Year(), ""
	if year < 1 {
		year, era = 1-year, " BC"
	}
	return fmt.Sprintf("%04d", year) + utc.Format("-01-02"+clock) + zone + era
}
