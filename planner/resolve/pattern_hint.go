package resolve

import (
	"fmt"
	"regexp"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// patternHint says what may have been meant by a pattern that matches none of some names: one in the style of LIKE
// or of a shell, in other letters, or the beginning of a name.
func patternHint(pattern string, names []catalog.ObjectID) string {
	for _, other := range []string{likeStyle(pattern), shellStyle(pattern), strings.ToLower(pattern), pattern + ".*", ".*" + pattern + ".*"} {
		whole, err := spec.CompileWhole(other)
		if other == pattern || err != nil {
			continue
		}
		if matching := lists.Filter(names, func(id catalog.ObjectID) bool { return whole.MatchString(id.Name) }); len(matching) > 0 {
			return fmt.Sprintf("did you mean '%s', which matches %d? A pattern is a regular expression, for the whole name", strings.ReplaceAll(other, "'", "''"), len(matching))
		}
	}
	if like := shellStyle(likeStyle(pattern)); like != pattern {
		return fmt.Sprintf("a pattern is a regular expression: did you mean '%s'?", strings.ReplaceAll(like, "'", "''"))
	}
	return ""
}

// likeStyle makes a regular expression of a pattern of LIKE:
// https://www.postgresql.org/docs/current/functions-matching.html
func likeStyle(pattern string) string { return strings.ReplaceAll(pattern, "%", ".*") }

var aloneStar = regexp.MustCompile(`(^|[^.)\]*+?}])\*`)

// shellStyle makes a regular expression of a pattern of a shell, in which * stands for anything.
func shellStyle(pattern string) string { return aloneStar.ReplaceAllString(pattern, "${1}.*") }
