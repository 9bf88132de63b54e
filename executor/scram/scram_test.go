package scram

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch/scratchtest"
)

// interesting are characters that SASLprep treats in different ways, and some that other implementations get wrong.
var interesting = []rune{
	'a', 'Z', ' ', '\'', '"', '\\', '$', '%', 0x01, 0x1b, 0x7f, // ASCII, control characters among them
	0xa0, 0x1680, 0x2003, 0x200b, 0x3000, // spaces; U+200B is also to be dropped
	0xad, 0x34f, 0x1806, 0x200d, 0xfe0f, 0xfeff, // to be dropped
	'Ⅸ', 'ﬁ', 'Å', 'é', '①', 'ﾊ', '㌀', 0x3f9, 0x1d2c, // normalized to others; the last two are not assigned in Unicode 3.2
	'e', 0x301, 0x340, 0x1100, 0x1161, 0x11a8, // composed; U+0340 is prohibited, and normalized away
	0x80, 0x85, 0x6dd, 0x2028, 0xe000, 0xfffd, 0xfdd0, 0x202e, 0xe0041, 0x10ffff, // prohibited
	'א', 'ا', 'ב', 'ﷺ', '1', '-', // right to left: only between others of their kind
	'ẞ', '😀', 0x378, // not assigned in Unicode 3.2
	'日', '本', 'ß', 'ü',
}

// odd are passwords made for a purpose.
var odd = []string{
	"x", " ", "correct horse", "Ⅸ", "a\u00adb", "\u00ad", "a\u00a0b", "a\u3000b", "a\u200bb", "a\u1806b", "\u0340Ⅸ", "\u1d2cⅨ", "ẞⅨ", "😀Ⅸ",
	"e\u0301", "é", "ﬁ", "אב", "אaⅨ", "א1", "1א", "אⅨא", "\u0007", "\x7fé", "tab\tⅨ", "line\nfeed", "\\", "'", "''; DROP ROLE x; --",
	"md5" + strings.Repeat("0", 31), "SCRAM-SHA-256$", strings.Repeat("long ", 1000), strings.Repeat("Ⅸ", 3000), strings.Repeat("\u00ad", 40) + "Ⅸ",
}

// TestVerifiersAreTheServers lets a real server hash passwords, and checks that each of its verifiers is found to be
// one of the password, and of no other, and that ours with the same salt is the same to the byte.
func TestVerifiersAreTheServers(t *testing.T) {
	for password, verifier := range serversVerifiers(t, slices.Concat(odd, random(120))) {
		if !Matches(verifier, password) {
			t.Errorf("the server's verifier of %+q does not match", password)
		}
		if Matches(verifier, password+"x") || Matches(verifier, "x"+password) {
			t.Errorf("the server's verifier of %+q matches another password", password)
		}
	}
}

// random makes up passwords, the same ones each time.
func random(n int) []string {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]string, n)
	for i := range out {
		var text strings.Builder
		for range 1 + r.IntN(6) {
			c := interesting[r.IntN(len(interesting))]
			if r.IntN(4) == 0 {
				c = anyRune(r)
			}
			text.WriteRune(c)
		}
		out[i] = text.String()
	}
	return out
}

// anyRune gives a character of the first plane, most of whose characters have something to them.
func anyRune(r *rand.Rand) rune {
	for {
		if c := rune(1 + r.IntN(0xffff)); utf8.ValidRune(c) {
			return c
		}
	}
}

// serversVerifiers gives the server's verifier for each password.
func serversVerifiers(t *testing.T, passwords []string) map[string]string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, scratchtest.Cluster(t).URL("postgres", "postgres", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, statement := range []string{`CREATE ROLE probe`, `CREATE FUNCTION verifier_of(password text) RETURNS text LANGUAGE plpgsql AS $$
		BEGIN
			EXECUTE format('ALTER ROLE probe PASSWORD %L', password);
			RETURN (SELECT rolpassword FROM pg_authid WHERE rolname = 'probe');
		END $$`} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	var version int
	if err := conn.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	if most := 1023; version < 140000 { // which took no longer ones
		passwords = slices.DeleteFunc(passwords, func(p string) bool { return len(p) > most })
	}
	out := map[string]string{}
	var password, verifier string
	rows, _ := conn.Query(ctx, `SELECT p, verifier_of(p) FROM unnest($1::text[]) AS p`, passwords)
	if _, err := pgx.ForEachRow(rows, []any{&password, &verifier}, func() error {
		out[password] = verifier
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMatchesNothingElse: what is not a SCRAM-SHA-256 verifier is nobody's, not even what it says in clear.
func TestMatchesNothingElse(t *testing.T) {
	good, err := Verifier("x", []byte("0123456789abcdef"), Iterations)
	if err != nil {
		t.Fatal(err)
	}
	if !Matches(good, "x") {
		t.Fatal("our own verifier does not match")
	}
	for _, stored := range []string{
		"", "x", "md5" + strings.Repeat("0", 32), good + "=", good[1:], strings.TrimSuffix(good, "="), strings.Replace(good, "4096", "0", 1),
		strings.Replace(good, "4096", "-1", 1), strings.Replace(good, "4096", "4097", 1), strings.Replace(good, "4096", "", 1),
		strings.Replace(good, "$", "", 1), strings.Replace(good, ":", "", 1), "SCRAM-SHA-256$4096:!$x:y", "SCRAM-SHA-256", "SCRAM-SHA-256$$",
	} {
		if Matches(stored, "x") {
			t.Errorf("%q matches", stored)
		}
	}
}
