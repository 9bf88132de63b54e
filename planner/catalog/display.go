package catalog

import (
	"strconv"
	"strings"
	"unicode"

	"pgsr/planner/lists"
)

// DisplayName gives a name for people: as it is, or in quotes if one could take it for something else.
func DisplayName(name string) string {
	if name != "" && !strings.ContainsFunc(name, needsQuotes) {
		return name
	}
	return `"` + strings.ReplaceAll(Printable(name), `"`, `""`) + `"`
}

func needsQuotes(r rune) bool {
	return r != '_' && !unicode.IsDigit(r) && (!unicode.IsLetter(r) || unicode.IsUpper(r)) || isUnseen(r)
}

// DisplayGrantee gives a name as [DisplayName] does, or PUBLIC.
func DisplayGrantee(name string) string {
	if name == Public {
		return "PUBLIC"
	}
	return DisplayName(name)
}

// DisplayObject gives an object for people: TABLE sales.orders.
func DisplayObject(id ObjectID) string {
	return Printable(string(id.Kind)) + " " + DisplayQualified(id)
}

// DisplayQualified gives it without its kind: sales.orders.
func DisplayQualified(id ObjectID) string {
	if id.Kind.Info().Name == NameOfSetting {
		return strings.Join(lists.Map(strings.Split(id.Name, "."), DisplayName), ".")
	}
	text := DisplayName(id.Name)
	if id.Schema != "" {
		text = DisplayName(id.Schema) + "." + text
	}
	return text + Printable(id.Arguments)
}

// DisplayUnqualified gives an object for people without its kind and its schema.
func DisplayUnqualified(id ObjectID) string {
	id.Schema = ""
	return DisplayQualified(id)
}

// DisplayColumn gives what stands before an object if only one of its columns is meant.
func DisplayColumn(column string) string {
	if column == "" {
		return ""
	}
	return "column " + DisplayName(column) + " of "
}

// DisplayFuture gives objects to come for people: new TABLES of loader in SCHEMA staging.
func DisplayFuture(f Future) string {
	text := "new " + Printable(string(f.Kind)) + " of " + DisplayName(f.Owner)
	if f.Schema != "" {
		text += " in SCHEMA " + DisplayName(f.Schema)
	}
	return text
}

// OneLine keeps the line ends of a text from beginning a line: what somebody has named would say there whatever he
// likes.
func OneLine(text string) string { return lineEnds.Replace(text) }

// lineEnds are those of Unicode: https://www.unicode.org/reports/tr14/#BK
var lineEnds = strings.NewReplacer(
	"\n", `\n`, "\r", `\r`, "\v", `\v`, "\f", `\f`, "\u0085", `\u0085`, "\u2028", `\u2028`, "\u2029", `\u2029`,
)

// Printable writes a text for a comment or a terminal: on one line, with everything escaped that a reader would not
// see. Different texts stay different. A -- comment ends with its line, for psql and for the server, whatever is in
// it.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-COMMENTS
func Printable(text string) string {
	quoted := strconv.Quote(text)
	text = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	if !strings.ContainsFunc(text, isUnseen) {
		return text
	}
	var b strings.Builder
	for _, r := range text { // which strconv takes for what prints
		if isUnseen(r) {
			escaped := strconv.QuoteRuneToASCII(r)
			b.WriteString(escaped[1 : len(escaped)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// IsSeen tells whether a reader sees a character as it is. He does not see controls, line ends, spaces other than the
// space, what turns the writing direction (https://trojansource.codes), nor what is drawn as nothing: Hangul fillers,
// selectors of variants.
// https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
func IsSeen(r rune) bool {
	const brailleBlank = '\u2800'
	return unicode.IsPrint(r) && r != brailleBlank && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func isUnseen(r rune) bool { return !IsSeen(r) }
