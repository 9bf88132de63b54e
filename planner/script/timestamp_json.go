package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pgsr/planner/catalog"
)

// Timestamp is when a password stops working, as it stands in a file. At is nil for never.
type Timestamp struct{ At *time.Time }

// IsZero tells whether it is never. JSON leaves it out then, by omitzero.
func (m Timestamp) IsZero() bool { return m.At == nil }

const jsonClock = "T15:04:05.999999"

// MarshalText writes it as in RFC 3339, but with PostgreSQL's years, of which there are more.
func (m Timestamp) MarshalText() ([]byte, error) {
	return []byte(formatTimestamp(m.At, jsonClock, "Z")), nil
}

// UnmarshalText reads it.
func (m *Timestamp) UnmarshalText(text []byte) error {
	switch string(text) {
	case infinity:
		m.At = nil
		return nil
	case negativeInfinity:
		m.At = &catalog.NegativeInfinity
		return nil
	}
	at, err := parseTimestamp(string(text))
	m.At = &at
	return err
}

func parseTimestamp(text string) (time.Time, error) {
	moment, bc := strings.CutSuffix(text, " BC")
	years, rest, _ := strings.Cut(moment, "-")
	year, err := strconv.ParseUint(years, 10, 32)
	at, bad := time.Parse("01-02"+jsonClock+"Z", rest)
	if err != nil || bad != nil {
		return at, fmt.Errorf("%q is no moment in time", text)
	}
	count := int(year)
	if bc {
		count = 1 - count
	}
	// Parsed without a year it is of the year 0, a leap year, so that February 29 can be parsed.
	return time.Date(count, at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC), nil
}
