package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"
	"github.com/xrash/smetrics"

	"pgsr/planner/lists"
)

// nearEnough is how alike a word and what was meant must be, from 0 to 1. urfave/cli's own suggestions have no such
// limit and find something for everything.
const nearEnough = 0.75

// nearest gives the known word that was probably meant; empty if none is near.
func nearest(word string, known []string) string {
	best, likeness := "", nearEnough
	for _, candidate := range known {
		if l := smetrics.JaroWinkler(word, candidate, 0.7, 4); l > likeness {
			best, likeness = candidate, l
		}
	}
	return best
}

func nearestCommand(commands []*cli.Command, word string) string {
	return nearest(word, lists.Map(commands, func(c *cli.Command) string { return c.Name }))
}

func nearestFlag(command *cli.Command, word string) string {
	names := slices.DeleteFunc(lists.Concat(command.Flags, cli.Flag.Names), func(name string) bool { return len(name) == 1 && len(word) > 1 })
	if best := nearest(word, names); best != "" {
		return dashed(best)
	}
	return ""
}

// didYouMean is the end of a message; nothing if there is nothing to suggest.
func didYouMean(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", suggestion)
}
