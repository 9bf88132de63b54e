package spec

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// CompileWhole compiles a regular expression so that it matches whole names only.
func CompileWhole(expression string) (*regexp.Regexp, error) {
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

// PatternText gives the expression that was compiled to match whole names only, or any other.
func PatternText(whole *regexp.Regexp) string {
	if whole == nil {
		return ""
	}
	text := whole.String()
	if inner, is := strings.CutPrefix(text, `\A(?:`); is {
		if inner, is = strings.CutSuffix(inner, `)\z`); is {
			return strings.TrimSuffix(inner, `\E`)
		}
	}
	return text
}

func plainRegexpError(err error) error {
	if problem, is := errors.AsType[*syntax.Error](err); is {
		return fmt.Errorf("invalid regular expression: %s: %#q", problem.Code, problem.Expr)
	}
	return err
}
