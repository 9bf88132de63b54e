package spec

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moments are the forms of a moment: RFC 3339, and what PostgreSQL writes. Each has an offset or Z.
var moments = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00",
	"2006-01-02T15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07", "2006-01-02T15:04Z07", "2006-01-02 15:04Z07",
}

// ParseUntil reads the moment at which something ends, in UTC and as PostgreSQL keeps it, or says what is wrong with
// it. It has to have an offset from UTC: a moment that depends on where it is read is none.
func ParseUntil(text string) (moment time.Time, problem string) {
	for _, layout := range moments {
		if parsed, err := ParseMoment(layout, text); err == nil {
			parsed = parsed.UTC().Round(time.Microsecond)
			return parsed, momentProblem("the end", parsed)
		}
	}
	return time.Time{}, fmt.Sprintf("the end %q is no moment with an offset from UTC: write for example 2026-12-24T18:00:00Z or 2026-12-24T18:00:00+01:00", Shorten(text))
}

// ParseMoment reads a moment as [time.Parse] does, and years of five and six digits, too, which PostgreSQL keeps.
func ParseMoment(layout, text string) (time.Time, error) {
	digits, _, _ := strings.Cut(text, "-")
	year, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || year < 10000 || len(digits) > 6 || digits[0] == '0' {
		return time.Parse(layout, text)
	}
	// A year 400 years away has the same days.
	same := 2000 + int(year)%400
	moment, err := time.Parse(layout, strconv.Itoa(same)+text[len(digits):])
	return moment.AddDate(int(year)-same, 0, 0), err
}

// until reads UNTIL and the moment.
func (p *PhraseReader) until() (time.Time, bool) {
	p.take()
	text := p.take()
	if text.kind != quotedText {
		return time.Time{}, p.fail(text, "%s: a moment in '...' has to come here, for example UNTIL '2026-12-24T18:00:00Z'", text.unexpected())
	}
	moment, problem := ParseUntil(text.text)
	if problem != "" {
		return time.Time{}, p.fail(text, "%s", problem)
	}
	return moment, true
}
