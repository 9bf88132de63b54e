package script

import (
	"fmt"
	"strings"
	"testing"
)

func TestFacts(t *testing.T) {
	t.Parallel()
	few := tableOf("f", "n integer", "name text")
	if got, want := few.sql(), "f (n, name) AS (\n    SELECT NULL::integer, NULL::text WHERE false\n)"; got != want {
		t.Errorf("no facts are\n%s", got)
	}
	few.add("1", "o'clock")
	few.add("2", "")
	if got, want := few.sql(), `f (n, name) AS (
    SELECT NULL::integer, NULL::text WHERE false
    UNION ALL VALUES
    (1, 'o''clock'),
    (2, '')
)`; got != want {
		t.Errorf("a few facts are\n%s", got)
	}
	many := few
	for n := many.rows() + 1; n <= fewFacts+1; n++ {
		many.add(fmt.Sprint(n), fmt.Sprintf("r%d", n))
	}
	got := many.sql()
	for _, part := range []string{
		"f (n, name) AS (\n    SELECT * FROM unnest(\n    '{1,2,3,4,5,6,7,8,\n    9,10,", "64,\n    65}'::integer[],\n",
		`'{"o''clock","",r3,r4,`, "r64,\n    r65}'::text[])\n)",
	} {
		if !strings.Contains(got, part) {
			t.Errorf("many facts lack %s:\n%s", part, got)
		}
	}
}

func TestArray(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want   string
		values []string
	}{
		{`'{a,B_1,""}'`, []string{"a", "B_1", ""}},
		{`'{"null","NULL",""," ","a b","{","}",","}'`, []string{"null", "NULL", "", " ", "a b", "{", "}", ","}},
		{`E'{"\\"","\\\\","a''"}'`, []string{`"`, `\`, "a'"}},
		{"'{1,2,3,4,5,6,7,8,\n    9}'", strings.Split("1 2 3 4 5 6 7 8 9", " ")},
		{"E'{1,2,3,4,5,6,7,8,\n    \"\\u000A\"}'", append(strings.Split("1 2 3 4 5 6 7 8", " "), "\n")},
		{"E'{\"\\u000A\",2,3,4,5,6,7,8,\n    \"o''clock\"}'", append([]string{"\n"}, append(strings.Split("2 3 4 5 6 7 8", " "), "o'clock")...)},
	} {
		if got := array(c.values); got != c.want {
			t.Errorf("%q is %s, not %s", c.values, got, c.want)
		}
	}
}
