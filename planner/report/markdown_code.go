package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"pgsr/planner/catalog"
)

var backticks = regexp.MustCompile("`+")

// longestRun gives the length of the longest run of backticks.
func longestRun(text string) int {
	longest := 0
	for _, run := range backticks.FindAllString(text, -1) {
		longest = max(longest, len(run))
	}
	return longest
}

// codeSpan encloses a text, on one line, in more backticks than it has in a row. Spaces keep its own backticks apart.
// https://spec.commonmark.org/0.31.2/#code-spans
func codeSpan(text string) string { return spanAround(catalog.Printable(text)) }

// spanAround is a code span of a printable text.
func spanAround(text string) string {
	mark := strings.Repeat("`", longestRun(text)+1)
	if text == "" || strings.ContainsAny(text[:1]+text[len(text)-1:], "` ") {
		text = " " + text + " "
	}
	return mark + text + mark
}

// writeFenced encloses lines in a fence that none of them can close.
// https://spec.commonmark.org/0.31.2/#fenced-code-blocks
func writeFenced(out io.Writer, language, text string) {
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	fmt.Fprintf(out, "%s%s\n%s%s\n", fence, language, text, fence)
}
