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

func timeoutFlag(name, usage string) cli.Flag {
	return &cli.GenericFlag{Name: name, Value: &length{parse: parseTimeout}, DefaultText: "the server's setting", Usage: usage}
}

// longest is what lock_timeout and statement_timeout can hold.
const longest = math.MaxInt32 * time.Millisecond

// parseTimeout reads a length of time written as Go or as PostgreSQL does: 1m30s, 5s, 500ms, 2min, 1d; a number alone
// counts milliseconds. https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-NAMES-VALUES
func parseTimeout(text string) (time.Duration, error) {
	duration, err := parseDuration(strings.TrimSpace(text))
	switch {
	case err != nil:
		return 0, err
	case duration <= 0:
		return 0, errors.New("it must be more than 0; leave the flag out to keep the server's setting")
	case duration > longest:
		return 0, fmt.Errorf("PostgreSQL waits for at most %v", longest)
	}
	return duration, nil
}

// withUnit is a number with a unit that PostgreSQL has and Go has not, or with none.
var withUnit = regexp.MustCompile(`\A([0-9]+(?:\.[0-9]+)?)\s*(min|d|)\z`)

func parseDuration(text string) (time.Duration, error) {
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
