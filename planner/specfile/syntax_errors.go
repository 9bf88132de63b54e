package specfile

import (
	"errors"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// addSyntaxError notes why a text is not YAML. Nothing that the file says is cited: it may be of a password.
func (f *file) addSyntaxError(err error) {
	found, is := errors.AsType[*yaml.LoadError](err)
	if !is {
		f.add(place{f.source, 1, 1}, "not valid YAML: %v", err)
		return
	}
	at, message := f.sayingOf(found)
	f.add(at, "not valid YAML: %s", message)
}

// sayingOf puts an error of the library into words that tell what to do, and at the place where to do it.
func (f *file) sayingOf(found *yaml.LoadError) (place, string) {
	at, begun := f.placeAt(found.Mark.Line, found.Mark.Column), f.placeAt(found.ContextMark.Line, found.ContextMark.Column)
	scanner := scanner{at}
	switch message := found.Message; message {
	case "found unexpected end of stream", "found unexpected document indicator":
		return begun, "the text that begins with this quote has no end: the quote is not closed"
	case "could not find expected ':'":
		return begun, "this is no key: a colon with a space behind it is missing"
	case "found character that cannot start any token":
		if scanner.peek() == '\t' {
			return at, useSpaces
		}
		return at, "no text can begin with this character unless it is in quotes"
	case "did not find expected key":
		return at, fmt.Sprintf("this is no key of the mapping that begins in line %d: the indentation is wrong, or what stands before needs quotes", begun.line)
	case "did not find expected '-' indicator":
		return at, fmt.Sprintf("this is no item of the list that begins in line %d: a - is missing, or the indentation is wrong", begun.line)
	case "did not find expected ',' or ']'":
		return at, fmt.Sprintf("a comma or ] is missing before this: the list begins in line %d, column %d", begun.line, begun.column)
	case "did not find expected ',' or '}'":
		return at, fmt.Sprintf("a comma or } is missing before this, or a space behind a colon: the mapping begins in line %d, column %d", begun.line, begun.column)
	default:
		if saying, known := sayings[message]; known {
			return at, saying
		}
		return at, message
	}
}

const useSpaces = "a tab cannot indent: write spaces"

// sayings are for messages of the library which do not depend on anything else.
var sayings = map[string]string{
	"mapping values are not allowed in this context":               "a colon with a space behind it cannot stand here: the indentation is wrong, or the text needs quotes",
	"mapping keys are not allowed in this context":                 "a question mark with a space behind it cannot stand here: the text needs quotes",
	"block sequence entries are not allowed in this context":       "an item of a list cannot begin here: it begins in a line of its own, and a text that begins with - needs quotes",
	"found a tab character where an indentation space is expected": useSpaces,
	"found a tab character that violates indentation":              useSpaces,
	"found unknown escape character":                               `there is no such escape: a backslash between double quotes is written as \\`,
	"did not find expected hexadecimal number":                     "an escape has to be followed by hexadecimal digits",
	"found invalid Unicode character escape code":                  "this escape stands for no character",
	"did not find expected alphabetic or numeric character":        "a text that begins with & or * needs quotes, or the name of an anchor is missing",
	"did not find expected comment or line break":                  "nothing can follow here but a line break: the text begins below",
	"found a comment without preceding whitespace":                 "a comment needs a space before its #",
	"found undefined tag handle":                                   "tags are not supported: a text that begins with ! needs quotes",
	"did not find expected node content":                           "a value, or a bracket that closes, is missing before this",
	"did not find expected <document start>":                       "this does not belong to what stands before: the indentation is wrong, or a quote or bracket",
	"found incompatible YAML document":                             "this version of YAML is not known: leave the line out",
	"found unexpected content after document-end marker":           "nothing can follow ... in its line",
	"found an indentation indicator equal to 0":                    "an indentation of 0 is none: leave it out",
}
