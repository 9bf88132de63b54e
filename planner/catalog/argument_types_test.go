package catalog

import "testing"

func TestArgumentTypes(t *testing.T) {
	seen := map[string]bool{}
	for text, types := range map[string][]TypeName{
		`()`:                                   nil,
		`(integer, text[])`:                    {BuiltInType("int4"), {"pg_catalog", "text", true}},
		`(timestamp without time zone, "any")`: {BuiltInType("timestamp"), BuiltInType("any")},
		`("char", character)`:                  {BuiltInType("char"), BuiltInType("bpchar")},
		`("integer", integer)`:                 {BuiltInType("integer"), BuiltInType("int4")},
		`("real[]", real[], "real[]"[])`:       {BuiltInType("real[]"), {"pg_catalog", "float4", true}, {"pg_catalog", "real[]", true}},
		`("a.b"."c, ""d"")"[], s.t)`:           {{"a.b", `c, "d")`, true}, {"s", "t", false}},
		`(pg_catalogs.int4)`:                   {{"pg_catalogs", "int4", false}},
		`("1a"."größe")`:                       {{"1a", "größe", false}},
	} {
		if got := Arguments(types); got != text || seen[got] {
			t.Errorf("%v is written %s, want %s", types, got, text)
		}
		seen[text] = true
		got, ok := ArgumentTypes(text)
		if !ok || len(got) != len(types) {
			t.Errorf("%s is read as %v", text, got)
			continue
		}
		for i := range got {
			if got[i] != types[i] {
				t.Errorf("%s: %v, want %v", text, got[i], types[i])
			}
		}
	}
	for _, text := range []string{"", "integer", "(int)", "(integer,text)", "(integer", "integer)", "( integer)", "(integer, )", `("text")`, "(Text)", "(a.b.c)", "(,)", "(text[3])", `("a)`, "()(", "(text) TO x; --"} {
		if got, ok := ArgumentTypes(text); ok {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}
