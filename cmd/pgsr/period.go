package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"pgsr/executor"
)

const flagEndsWithin = "ends-within"

func endsWithinFlag() cli.Flag {
	return &cli.GenericFlag{
		Name: flagEndsWithin, Value: &length{executor.DefaultEndsWithin, parsePeriod}, DefaultText: "7d",
		Usage: "name what ends within `TIME`: 7d, 36h",
	}
}

// parsePeriod reads a length of time in days or as Go writes it: 7d, 36h. No number of days that it takes is longer
// than can be counted.
func parsePeriod(text string) (time.Duration, error) {
	duration, err := time.ParseDuration(text)
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		var count uint64
		count, err = strconv.ParseUint(days, 10, 16)
		duration = time.Duration(count) * 24 * time.Hour
	}
	if err != nil || duration <= 0 {
		return 0, errors.New("write it in days or hours: 7d, 36h")
	}
	return duration, nil
}

// length is a length of time on the command line, as its flag reads it.
type length struct {
	duration time.Duration
	parse    func(string) (time.Duration, error)
}

// String gives it as Go writes it; nothing for none.
func (l *length) String() string {
	if l.duration == 0 {
		return ""
	}
	return l.duration.String()
}

// Set reads the flag.
func (l *length) Set(text string) (err error) {
	l.duration, err = l.parse(text)
	return err
}

// given gives the length of time that a flag says; 0 if it says none, or the command does not have it.
func given(c *cli.Context, name string) time.Duration {
	if l, ok := c.Generic(name).(*length); ok {
		return l.duration
	}
	return 0
}
