package main

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

// timeout is a length of time on the command line, written as Go or as PostgreSQL does: 1m30s, 5s, 500ms, 2min, 1d; a
// number alone counts milliseconds.
// https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
type timeout struct{ duration time.Duration }

// longest is what lock_timeout and statement_timeout can hold.
const longest = math.MaxInt32 * time.Millisecond

// String gives the time as Go writes it; nothing for none.
func (t *timeout) String() string {
	if t.duration == 0 {
		return ""
	}
	return t.duration.String()
}

// Set reads the flag.
func (t *timeout) Set(text string) error {
	duration, err := parseTimeout(strings.TrimSpace(text))
	switch {
	case err != nil:
		return err
	case duration <= 0:
		return errors.New("it must be more than 0; leave the flag out to keep the server's setting")
	case duration > longest:
		return fmt.Errorf("PostgreSQL waits for at most %v", longest)
	}
	t.duration = duration
	return nil
}

// withUnit is a number with a unit that PostgreSQL has and Go has not, or with none.
var withUnit = regexp.MustCompile(`\A([0-9]+(?:\.[0-9]+)?)\s*(min|d|)\z`)

func parseTimeout(text string) (time.Duration, error) {
	parts := withUnit.FindStringSubmatch(text)
	if parts == nil {
		duration, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
		if err != nil {
			return 0, errors.New("write it as 5s, 500ms, 2min, or a number of milliseconds")
		}
		return duration, nil
	}
	number, err := strconv.ParseFloat(parts[1], 64)
	unit := map[string]time.Duration{"": time.Millisecond, "min": time.Minute, "d": 24 * time.Hour}[parts[2]]
	if exact := number * float64(unit); err == nil && exact <= float64(longest) {
		return time.Duration(exact), nil
	}
	return longest + 1, nil
}

// timeoutOf gives what a flag says; 0 if it was not given, or the command has none.
func timeoutOf(c *cli.Context, name string) time.Duration {
	if given, ok := c.Generic(name).(*timeout); ok {
		return given.duration
	}
	return 0
}
