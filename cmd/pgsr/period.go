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

// period is a length of time on the command line, in days or as Go writes it: 7d, 36h.
type period struct{ duration time.Duration }

// String gives it as Go writes it.
func (p *period) String() string { return p.duration.String() }

// Set reads the flag.
func (p *period) Set(text string) error {
	duration, err := time.ParseDuration(text)
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		var count uint16
		count, err = parseDays(days)
		duration = time.Duration(count) * 24 * time.Hour
	}
	if err != nil || duration <= 0 {
		return errors.New("write it in days or hours: 7d, 36h")
	}
	p.duration = duration
	return nil
}

// parseDays reads so many days as make no time longer than can be counted.
func parseDays(text string) (uint16, error) {
	count, err := strconv.ParseUint(text, 10, 16)
	return uint16(count), err
}

func endsWithinFlag() cli.Flag {
	return &cli.GenericFlag{
		Name: flagEndsWithin, Value: &period{executor.DefaultEndsWithin}, DefaultText: "7d",
		Usage: "name what ends within `TIME`: 7d, 36h",
	}
}

// endsWithin gives what the flag says; 0 if the command has none.
func endsWithin(c *cli.Context) time.Duration {
	if given, ok := c.Generic(flagEndsWithin).(*period); ok {
		return given.duration
	}
	return 0
}
