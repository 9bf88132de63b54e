package executor

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/planner/report"
)

// encodings are those of databases, and the character of each that others do not have.
var encodings = map[string]string{"UTF8": "表é€", "LATIN1": "é", "EUC_JP": "表é", "SQL_ASCII": "表é€", "WIN1252": "é€"}

// otherwise is the encoding that the database says its clients have, where it can be another one, which none of ours
// is to believe.
var otherwise = map[string]string{"UTF8": "LATIN1", "LATIN1": "UTF8", "EUC_JP": "SJIS", "SQL_ASCII": "LATIN1", "WIN1252": "WIN1252"}

// databaseIn makes a database with an encoding.
func (c *cluster) databaseIn(encoding string) *pgx.Conn {
	c.Helper()
	name := "in_" + strings.ToLower(encoding)
	c.exec(`CREATE DATABASE `+name+` TEMPLATE template0 ENCODING '`+encoding+`' LC_COLLATE 'C' LC_CTYPE 'C'`,
		`ALTER DATABASE `+name+` SET client_encoding = '`+otherwise[encoding]+`'`)
	return c.connect("postgres", name, "")
}

// TestTextsAreWhatTheyAre makes a role whose name, comment and setting hold a character, in databases of five
// encodings, by psql, by one text and directly, and takes it back. What a database cannot hold is refused beforehand,
// with the text and the encoding.
func TestTextsAreWhatTheyAre(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	ctx := context.Background()
	for encoding, held := range encodings {
		conn := c.databaseIn(encoding)
		for _, character := range []string{"é", "€", "表"} {
			yaml := "version: 1\nroles:\n  r" + character + ": {comment: what " + character + " says, settings: {search_path: [public, path" + character + "]}}\n"
			s := parse(t, yaml)
			plan, err := Plan(ctx, conn, s, Options{})
			if !strings.Contains(held, character) {
				var refused *EncodingError
				if !errors.As(err, &refused) || refused.Encoding != encoding {
					t.Fatalf("%s in %s: %v", character, encoding, err)
				}
				refusedFor(t, err, ForEncoding)
				saysAll(t, err, encoding, `"r`+character+`"`, `"what `+character+` says"`, `"path`+character+`"`)
				continue
			}
			if err != nil {
				t.Fatalf("%s in %s: %v", character, encoding, err)
			}
			back, err := plan.Back()
			if err != nil {
				t.Fatal(err)
			}
			undo := c.written("psql", s, back, Options{})
			for how, do := range map[string]func(){
				"psql":   func() { c.psqlIn(conn, c.written("psql", s, plan, Options{})) },
				"sql":    func() { c.psqlIn(conn, c.written("sql", s, plan, Options{})) },
				"direct": func() { c.syncAs(conn, yaml, true) },
				"saved": func() {
					d, err := report.ReadJSON(strings.NewReader(c.written("json", s, plan, Options{})))
					if err == nil {
						_, err = ApplySaved(ctx, conn, d, Options{})
					}
					if err != nil {
						t.Fatal(err)
					}
				},
			} {
				do()
				c.holds(conn, encoding, how, character)
				c.syncAs(conn, yaml, false)
				c.psqlIn(conn, undo)
			}
		}
	}
}

// holds sees to it that the server has the bytes of the character in the encoding, by its own conversion.
func (c *cluster) holds(conn *pgx.Conn, encoding, how, character string) {
	c.Helper()
	convert := func(of string) string { // bytes that stand for nothing are those of UTF-8
		if encoding == "SQL_ASCII" {
			return `encode(` + of + `::text::bytea, 'hex')`
		}
		return `encode(convert_to(` + of + `::text, 'UTF8'), 'hex')`
	}
	var name, comment string
	err := conn.QueryRow(context.Background(), `SELECT `+convert("r.rolname")+`, `+convert("shobj_description(r.oid, 'pg_authid')")+`
		FROM pg_roles AS r WHERE r.oid >= 16384`).Scan(&name, &comment)
	if err != nil {
		c.Fatalf("%s in %s by %s: %v", character, encoding, how, err)
	}
	expect(c, encoding+" by "+how, name+" "+comment, hex.EncodeToString([]byte("r"+character))+" "+hex.EncodeToString([]byte("what "+character+" says")))
}

// psqlIn runs a script by psql where the connection is.
func (c *cluster) psqlIn(conn *pgx.Conn, text string) {
	c.Helper()
	cmd := exec.Command(psqlPath(c), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", c.server.URL("postgres", conn.Config().Database, ""))
	cmd.Stdin = strings.NewReader(text)
	cmd.Env = os.Environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		c.Fatalf("%v: %s\n%.500s", err, out, text)
	}
}

// TestNameThatIsLongerThere: the 31 characters take 62 bytes in UTF-8 and 93 in EUC_JP, where the server would take
// the first 63 bytes for them.
func TestNameThatIsLongerThere(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	conn := c.databaseIn("EUC_JP")
	name := strings.Repeat("é", 31)
	_, err := Plan(context.Background(), conn, parse(t, "version: 1\nroles:\n  "+name+": {}\n"), Options{})
	saysAll(t, err, "EUC_JP", name, "93 bytes")
}

// TestEscapeThatBytesHaveNot: a no-break space is written as an escape, which a database without an encoding knows
// nothing of.
func TestEscapeThatBytesHaveNot(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	_, err := Plan(context.Background(), c.databaseIn("SQL_ASCII"), parse(t, "version: 1\nroles:\n  \"a\\u00a0b\": {}\n"), Options{})
	saysAll(t, err, "SQL_ASCII", "cannot hold")
}

// TestNameThatCannotBeReadHere was made in a database of another encoding.
func TestNameThatCannotBeReadHere(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	mustExec(t, c.databaseIn("LATIN1"), `CREATE ROLE "é"`)
	conn := c.databaseIn("EUC_JP")
	_, err := Explain(context.Background(), conn, "é", nil)
	if err == nil || !strings.Contains(err.Error(), "does not exist") && !strings.Contains(err.Error(), "connect to the other") {
		t.Errorf("%v", err)
	}
}

// TestNamesThatAreNotUTF8: an error says which roles have a name that a database of UTF8 cannot read, and what to do.
func TestNamesThatAreNotUTF8(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := newCluster(t, `CREATE ROLE "b\c"`, `CREATE ROLE "Łódź"`)
	mustExec(t, c.databaseIn("LATIN1"), `CREATE ROLE "é"`)
	says := fmt.Sprintf(`the name of role %d ("\xe9") was made in a database of another encoding`, one[uint32](c, `SELECT max(oid) FROM pg_roles`))
	_, pruned := PlanPrune(ctx, c.super, Options{})
	_, exported := Export(ctx, c.super, ExportOptions{})
	_, missing := Plan(ctx, c.super, parse(t, "version: 1\nroles: {a: {members: [b]}}\n"), Options{})
	for _, err := range []error{pruned, exported, missing} {
		saysAll(t, err, says, "UTF8", "rename or drop the role there")
		if strings.Count(err.Error(), "made in a database") != 1 {
			t.Error(err)
		}
	}
	saysAll(t, missing, `role "b", which is to be a member of "a", does not exist`)
}

// TestScriptThatIsNotReadAsUTF8: whoever sends all of it as one text in another encoding would make other names of it.
func TestScriptThatIsNotReadAsUTF8(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	conn := c.databaseIn("LATIN1")
	s := parse(t, "version: 1\nroles:\n  café: {}\n")
	plan, err := Plan(context.Background(), conn, s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, conn, `SET client_encoding = 'LATIN1'`)
	_, err = conn.PgConn().Exec(context.Background(), c.written("sql", s, plan, Options{})).ReadAll()
	saysAll(t, err, "not read as UTF-8")
	if n := one[int](c, `SELECT count(*) FROM pg_roles WHERE rolname LIKE 'caf%'`); n != 0 {
		t.Errorf("%d roles were made", n)
	}
}
