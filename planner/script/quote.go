package script

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// style is a way to quote a text in SQL. Nothing from outside gets into a statement but through it.
type style struct {
	// mark encloses the text, and is doubled inside it.
	mark string
	// prefix stands before the mark when the text needs escapes.
	prefix string
	// needs tells which characters need them.
	needs func(rune) bool
	// escape writes a character that cannot be seen.
	escape func(rune) string
}

// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS-UESCAPE
var identifiers = style{mark: `"`, prefix: "U&", needs: unseen, escape: func(r rune) string {
	if r > 0xFFFF {
		return fmt.Sprintf(`\+%06X`, r)
	}
	return fmt.Sprintf(`\%04X`, r)
}}

// A text with a backslash is written as E'...': what a backslash means in '...' depends on standard_conforming_strings.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE
var literals = style{mark: `'`, prefix: "E", needs: func(r rune) bool { return r == '\\' || unseen(r) }, escape: func(r rune) string {
	if r > 0xFFFF {
		return fmt.Sprintf(`\U%08X`, r)
	}
	return fmt.Sprintf(`\u%04X`, r)
}}

// unseen tells whether a reader of the script would not see the character as it is. Escaped, it also survives a mail or
// a ticket system that writes line ends its own way, and each statement stays on its line.
func unseen(r rune) bool { return !catalog.IsSeen(r) }

// quote encloses the text. Bytes that are not UTF-8 stay as they are: a server for which they are wrong refuses them. A
// NUL is escaped like any control character, and every server refuses it with an error.
func (s style) quote(text string) string {
	if !strings.ContainsFunc(text, s.needs) {
		return s.mark + strings.ReplaceAll(text, s.mark, s.mark+s.mark) + s.mark
	}
	return s.prefix + s.mark + s.escaped(text) + s.mark
}

// escaped gives what stands between the marks of a text that needs escapes. Other texts are the same in them, too.
func (s style) escaped(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, width := utf8.DecodeRuneInString(text)
		switch char := text[:width]; {
		case char == s.mark, char == `\`:
			b.WriteString(char + char)
		case unseen(r):
			b.WriteString(s.escape(r))
		default:
			b.WriteString(char)
		}
		text = text[width:]
	}
	return b.String()
}

// maxName is the length of the longest name, NAMEDATALEN - 1, in bytes of the server's encoding, so that no name has
// more characters.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
const maxName = 63

// ident writes a name. One that is too long gives the empty name, which the server refuses. It would truncate the long
// one to a name that nobody meant.
func ident(name string) string {
	if utf8.RuneCountInString(name) > maxName {
		name = ""
	}
	return identifiers.quote(name)
}

// number writes the number of a large object. What is none gives the empty name, which the server refuses.
func number(text string) string {
	if _, err := strconv.ParseUint(text, 10, 32); err != nil {
		return ident("")
	}
	return text
}

// settingOf writes the name of a setting, whose parts are joined by dots.
// https://www.postgresql.org/docs/current/sql-grant.html
func settingOf(name string, ident func(string) string) string {
	return strings.Join(lists.Map(strings.Split(name, "."), ident), ".")
}

// arguments writes the types of a routine's arguments, each with its schema. What is no list of types gives the empty
// name, which the server refuses.
func arguments(text string) string { return argumentsWith(text, ident) }

// argumentFact writes them to be compared, whatever is in their names.
func argumentFact(text string) string {
	return argumentsWith(text, func(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` })
}

func argumentsWith(text string, ident func(string) string) string {
	types, ok := catalog.ArgumentTypes(text)
	if !ok {
		types = []catalog.TypeName{{}}
	}
	return "(" + lists.Join(types, func(t catalog.TypeName) string {
		written := ident(t.Schema) + "." + ident(t.Name)
		if t.Array {
			written += "[]"
		}
		return written
	}) + ")"
}

// literal writes a text. It means the same under any standard_conforming_strings, escape_string_warning and
// backslash_quote.
func literal(text string) string { return literals.quote(text) }

// connectCommand gives the command by which psql connects to another database as it is connected. A name could else be
// connection information, and lead to another host. What a reader would not see can not be escaped there.
// https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMAND-CONNECT
// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
func connectCommand(database string) (string, error) {
	if strings.ContainsFunc(database, unseen) || !utf8.ValidString(database) {
		return "", fmt.Errorf("the name of the database %s has a character that psql can not be given: apply the plan, or write json", strconv.Quote(database))
	}
	information := "dbname='" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(database) + "'"
	return `\connect -reuse-previous=on "` + strings.ReplaceAll(information, `"`, `""`) + `"`, nil
}
