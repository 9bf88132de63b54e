package spec

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Error is one problem of a spec, with its place. It never shows a password, nor does its Line.
type Error struct {
	At      Position
	Message string
	// Line is the source line, or what is around the place in a long one, with what is secret masked; empty if there is
	// none to show.
	Line string
	// caret is where At.Column is in Line.
	caret int
	// Lockout tells that the connecting role would lose what it works with.
	Lockout bool
	// InTheWay tells that it is about what keeps a role from being dropped.
	InTheWay bool
}

// NewError gives a problem at a place, whose line is shown as it is given: as far as it is near the column, and without
// characters that a terminal might take for a command.
func NewError(at Position, message string, line []rune, column int) *Error {
	shown, caret := clip(line, column)
	for i, r := range shown {
		if r != '\t' && unicode.IsControl(r) {
			shown[i] = unicode.ReplacementChar
		}
	}
	return &Error{At: at, Message: message, Line: string(shown), caret: caret}
}

// Error gives place and message, and below them the source line with a mark under the column.
func (e *Error) Error() string {
	text := e.At.Before(catalog.OneLine(e.Message))
	if strings.TrimSpace(e.Line) == "" {
		return text
	}
	return text + "\n" + excerpt(e.At.Line, e.Line, e.caret)
}

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
		out = append(out, NewError(at, problem.Message, []rune(line), at.Column))
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
