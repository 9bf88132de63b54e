package script

import (
	"fmt"
	"time"

	"pgsr/planner/catalog"
)

// The times before and after all others.
const (
	infinity         = "infinity"
	negativeInfinity = "-infinity"
)

// timestamp writes a time so that every TimeZone and DateStyle reads it alike; nil is infinity.
// https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-INPUT
func timestamp(t *time.Time) string { return formatTimestamp(t, " 15:04:05.999999", "+00") }

// timestampCompared writes a time as [guardQuery] has the server write it.
func timestampCompared(t *time.Time) string { return formatTimestamp(t, " 15:04:05.000000", "") }

// formatTimestamp writes a time with PostgreSQL's years: before the year 1 comes the year 1 BC.
func formatTimestamp(t *time.Time, clock, zone string) string {
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
