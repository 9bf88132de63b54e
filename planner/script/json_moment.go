package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"pgsr/planner/catalog"
)

// Moment is when a password stops working, as it stands in a file. At is nil for never.
type Moment struct{ At *time.Time }

// IsZero tells whether it is never, which is left out where it goes without saying.
func (m Moment) IsZero() bool { return m.At == nil }

const wireClock = "T15:04:05.999999"

// MarshalText writes it: as RFC 3339 does, but that years are PostgreSQL's, of which there are more.
func (m Moment) MarshalText() ([]byte, error) { return []byte(dated(m.At, wireClock, "Z")), nil }

// UnmarshalText reads it.
func (m *Moment) UnmarshalText(text []byte) error {
	switch string(text) {
	case infinity:
		m.At = nil
		return nil
	case negativeInfinity:
		m.At = &catalog.NegativeInfinity
		return nil
	}
	at, err := readMoment(string(text))
	m.At = &at
	return err
}

func readMoment(text string) (time.Time, error) {
	moment, bc := strings.CutSuffix(text, " BC")
	years, rest, _ := strings.Cut(moment, "-")
	year, err := strconv.ParseUint(years, 10, 32)
	at, bad := time.Parse("01-02"+wireClock+"Z", rest)
	if err != nil || bad != nil {
		return at, fmt.Errorf("%q is no moment in time", text)
	}
	count := int(year)
	if bc {
		count = 1 - count
	}
	// What is read without a year is of the year 0, which is a leap year, so that any day can be read.
	return time.Date(count, at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC), nil
}
