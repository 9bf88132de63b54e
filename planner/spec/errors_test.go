package spec_test

import (
	"testing"

	"pgsr/planner/spec"
)

func TestPositionsPrint(t *testing.T) {
	for want, p := range map[string]spec.Position{
		"":       {},
		"a":      {File: "a"},
		"a:1:2":  {File: "a", Line: 1, Column: 2},
		"3:4":    {Line: 3, Column: 4},
		":a:1:2": {File: ":a", Line: 1, Column: 2},
	} {
		if got := p.String(); got != want {
			t.Errorf("%#v: got %q", p, got)
		}
	}
	if got := (&spec.Error{At: spec.Position{File: "a", Line: 1, Column: 2}, Message: "m"}).Error(); got != "a:1:2: m" {
		t.Error(got)
	}
}
