package spec

import (
	"slices"
	"strings"
	"unicode/utf8"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Error is one problem of a spec, with its place. It never shows a password, nor does its Line.
type Error struct {
	At      Position
	Message string
	Excerpt
	// Lockout tells that the connecting role would lose what it works with.
	Lockout bool
	// InTheWay tells that it is about what keeps a role from being dropped.
	InTheWay bool
}

// Error gives place and message, and below them the source line with a mark under the column.
func (e *Error) Error() string { return e.Below(e.At.Before(catalog.OneLine(e.Message))) }

// Errors are all the problems of a spec, by file, line and column.
type Errors []*Error

// Error lists the problems one below the other.
func (e Errors) Error() string {
	return strings.Join(lists.Map(e, (*Error).Error), "\n")
}

// Unwrap gives each problem to errors.As.
func (e Errors) Unwrap() []error {
	return lists.Map(e, func(problem *Error) error { return problem })
}

// phraseErrors gives the problems of a phrase by itself, each with its line of the phrase.
func phraseErrors(text string, found []PhraseProblem) Errors {
	slices.SortStableFunc(found, func(a, b PhraseProblem) int { return a.At - b.At })
	var out Errors
	for _, problem := range slices.Compact(found) {
		line, at := lineAt(text, problem.At)
		out = append(out, &Error{At: at, Message: problem.Message, Excerpt: NewExcerpt(at.Line, []rune(line), at.Column)})
	}
	return out
}

// lineAt gives the line that a character of a text is in, and its place.
func lineAt(text string, offset int) (string, Position) {
	lines := strings.Split(text, "\n")
	number := 0
	for ; number < len(lines)-1; number++ {
		length := utf8.RuneCountInString(lines[number])
		if offset <= length {
			break
		}
		offset -= length + 1
	}
	return lines[number], Position{Line: number + 1, Column: offset + 1}
}
