package spec

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
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

func plainRegexpError(err error) error {
	if problem := (*syntax.Error)(nil); errors.As(err, &problem) {
		return fmt.Errorf("invalid regular expression: %s: %#q", problem.Code, problem.Expr)
	}
	return err
}
