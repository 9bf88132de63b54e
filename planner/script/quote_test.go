package script

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
)

func TestIdent(t *testing.T) {
	for name, want := range map[string]string{
		"plain":                 `"plain"`,
		`Say "hi"`:              `"Say ""hi"""`,
		`back\slash`:            `"back\slash"`,
		":'x'":                  `":'x'"`,
		"x\n DROP ROLE y":       `U&"x\000A DROP ROLE y"`,
		"a\\b\"c\td":            `U&"a\\b""c\0009d"`,
		"\U000E0001":            `U&"\+0E0001"`,
		"":                      `""`,
		strings.Repeat("é", 63): `"` + strings.Repeat("é", 63) + `"`, // 63 bytes in LATIN1
		strings.Repeat("x", 64): `""`,
	} {
		if got := ident(name); got != want {
			t.Errorf("ident(%q) = %s, want %s", name, got, want)
		}
	}
}

func TestLiteral(t *testing.T) {
	for text, want := range map[string]string{
		"":              `''`,
		"it's":          `'it''s'`,
		`say "hi"`:      `'say "hi"'`,
		`back\slash's`:  `E'back\\slash''s'`,
		"two\nlines":    `E'two\u000Alines'`,
		"a\U000E0001'b": `E'a\U000E0001''b'`,
		"$$":            `'$$'`,
	} {
		if got := literal(text); got != want {
			t.Errorf("literal(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		`say "hi", it's`:                 `say "hi", it's`,
		"x\n DROP ROLE y":                `x\n DROP ROLE y`,
		`x\n`:                            `x\\n`,
		`\"`:                             `\\"`,
		"\x1b[31m":                       `\x1b[31m`,
		"bad\xc3":                        `bad\xc3`,
		"日本語\u202e":                      `日本語\u202e`,
		"postgres\u3164":                 `postgres\u3164`,
		"alice\ufe0f":                    `alice\ufe0f`,
		"a\U000e0100\u034fb\u2800\u115f": `a\U000e0100\u034fb\u2800\u115f`,
		`a\u3164`:                        `a\\u3164`,
	} {
		if got := catalog.Printable(text); got != want {
			t.Errorf("catalog.Printable(%q) = %s, want %s", text, got, want)
		}
	}
}

// Where the server takes even a quoted word for a keyword, the statement has to fail instead of reaching everybody.
func TestRoleIsNeverAKeyword(t *testing.T) {
	for _, name := range []string{"public", "none", ""} {
		if got := role(name); got != `""` {
			t.Errorf("role(%q) = %s", name, got)
		}
	}
	if got := grantee("PUBLIC"); got != `"PUBLIC"` {
		t.Errorf("a role with the name PUBLIC is written %s", got)
	}
}

// The law of quoting: a reader by PostgreSQL's rules finds one token, with the text as its value, all of it to be seen.
func checkQuoted(t *testing.T, text, sql string) {
	t.Helper()
	value, rest, err := lexQuoted(sql)
	if err != nil || rest != "" || value != text {
		t.Errorf("%q is written %s and read as %q, then %q (%v)", text, sql, value, rest, err)
	}
	checkSeen(t, sql)
}

func checkSeen(t *testing.T, sql string) {
	t.Helper()
	if i := strings.IndexFunc(sql, unseen); i >= 0 {
		t.Errorf("%q hides a character at byte %d", sql, i)
	}
}

func checkIdent(t *testing.T, name string) {
	if utf8.RuneCountInString(name) > maxName {
		name = name[:0]
	}
	checkQuoted(t, name, ident(name))
}

// The law of comments: one line, all of it to be seen, and no two texts alike.
func checkComment(t *testing.T, text string) {
	shown := catalog.Printable(text)
	checkSeen(t, shown)
	back, err := strconv.Unquote(`"` + strings.ReplaceAll(shown, `"`, `\"`) + `"`)
	if err != nil || back != text {
		t.Errorf("catalog.Printable(%q) = %s, which reads as %q (%v)", text, shown, back, err)
	}
}

func TestQuotingOfHostileNames(t *testing.T) {
	for _, name := range catalogtest.Names {
		checkIdent(t, name)
		checkQuoted(t, name, literal(name))
		checkComment(t, name)
	}
}

func FuzzIdent(f *testing.F)   { fuzz(f, checkIdent) }
func FuzzComment(f *testing.F) { fuzz(f, checkComment) }
func FuzzLiteral(f *testing.F) {
	fuzz(f, func(t *testing.T, text string) { checkQuoted(t, text, literal(text)) })
}

func fuzz(f *testing.F, law func(*testing.T, string)) {
	for _, name := range catalogtest.Names {
		f.Add(name)
	}
	f.Fuzz(law)
}
