package spec

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"pgsr/planner/catalog"
)

// compileWhole compiles a regular expression so that it matches whole names only.
func compileWhole(expression string) (*regexp.Regexp, error) {
	// Alone first: its errors should not show what we add, and it must not close our bracket.
	if _, err := regexp.Compile(expression); err != nil {
		return nil, plainRegexpError(err)
	}
	whole, err := regexp.Compile(`\A(?:` + expression + `)\z`)
	if err != nil {
		// \Q without \E quotes up to the end: end it before our bracket.
		whole, err = regexp.Compile(`\A(?:` + expression + `\E)\z`)
	}
	return whole, plainRegexpError(err)
}

// patternOf gives the expression that was compiled to match whole names only, or any other.
func patternOf(whole *regexp.Regexp) string {
	text := whole.String()
	if inner, is := strings.CutPrefix(text, `\A(?:`); is {
		if inner, is = strings.CutSuffix(inner, `)\z`); is {
			return strings.TrimSuffix(inner, `\E`)
		}
	}
	return text
}

// patternHint says what may have been meant by a pattern that matches none of some names: one in the style of LIKE
// or of a shell, in other letters, or the beginning of a name.
func patternHint(pattern string, names []catalog.ObjectID) string {
	for _, other := range []string{likeStyle(pattern), shellStyle(pattern), strings.ToLower(pattern), pattern + ".*", ".*" + pattern + ".*"} {
		whole, err := compileWhole(other)
		if other == pattern || err != nil {
			continue
		}
		if matches := countMatches(whole, names); matches > 0 {
			return fmt.Sprintf("did you mean '%s', which matches %d? A pattern is a regular expression, for the whole name", strings.ReplaceAll(other, "'", "''"), matches)
		}
	}
	if like := shellStyle(likeStyle(pattern)); like != pattern {
		return fmt.Sprintf("a pattern is a regular expression: did you mean '%s'?", strings.ReplaceAll(like, "'", "''"))
	}
	return ""
}

func countMatches(whole *regexp.Regexp, names []catalog.ObjectID) int {
	count := 0
	for _, id := range names {
		if whole.MatchString(id.Name) {
			count++
		}
	}
	return count
}

// likeStyle makes a regular expression of a pattern of LIKE:
// https://www.postgresql.org/docs/current/functions-matching.html
func likeStyle(pattern string) string { return strings.ReplaceAll(pattern, "%", ".*") }

var aloneStar = regexp.MustCompile(`(^|[^.)\]*+?}])\*`)

// shellStyle makes a regular expression of a pattern of a shell, in which * stands for anything.
func shellStyle(pattern string) string { return aloneStar.ReplaceAllString(pattern, "${1}.*") }

func plainRegexpError(err error) error {
	if problem := (*syntax.Error)(nil); errors.As(err, &problem) {
		return fmt.Errorf("invalid regular expression: %s: %#q", problem.Code, problem.Expr)
	}
	return err
}
