package script

import (
	"fmt"
	"slices"
	"strings"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Guard is the error of a check in a script.
type Guard struct {
	// Message is the error's, Hint what to do about it.
	Message, Hint string
}

// The two checks of a script: before its first change, and before COMMIT.
var (
	Stale = Guard{
		Message: "this script is stale: what it relies on has changed since it was written, so nothing was changed",
		Hint:    "Plan again, and have the new script reviewed.",
	}
	NotAsPlanned = Guard{
		Message: "the result is not what was planned, so nothing was changed",
		Hint:    "Something else is at work, an event trigger for one. Plan again to see what differs.",
	}
	// Elsewhere and AlreadyRun take the place of [Stale] if the script runs in the wrong place, or has already run.
	Elsewhere = Guard{
		Message: "this script is for another database, cluster or role, so nothing was changed",
		Hint:    "Run it where it was written for, as the role that it was written for, or plan again here.",
	}
	AlreadyRun = Guard{
		Message: "this script was run already, or another run did the same: all is as it leads to, so nothing was changed",
		Hint:    "Nothing is left to do. In this it differs from what the script was written for:",
	}
	// TransactionRun takes the place of [AlreadyRun] in one of several transactions: the others may not have run.
	TransactionRun = Guard{
		Message: "this transaction of the script was run already, or another run did the same, so it changed nothing",
		Hint:    "Plan again: that goes on from here, if anything is left to do. In this it differs from what the script was written for:",
	}
)

// mostDifferences bounds how many differences an error names, mostOfLine how many characters of each: a word that
// ts_stat() gives has at most 2,046 bytes.
const mostDifferences, mostOfLine = 10, 500

// DifferencesSQL writes a query for what differs from a state: a row for each of the first differences, with how many
// there are in all.
func DifferencesSQL(server catalog.Server, state State) string {
	facts := lists.Map(slices.Collect(factLines(server, State{}, state, nil)), func(line string) string { return strings.TrimSuffix(line, "\n") })
	given := "SELECT CAST(" + literal(strings.Join(facts, " ")) + " AS jsonb), 2"
	return compare(server, given, state) + fmt.Sprintf(guardRows, mostDifferences)
}

const guardRows = ` SELECT d.line, count(*) OVER () AS of FROM difference AS d ORDER BY d.line COLLATE "C" LIMIT %d`

// The settings of a transaction that hold what the two checks of a script need: the facts, before and after, and the
// query that compares either with the catalog. So the query is there once. ts_stat() runs it: of what PostgreSQL has to
// run a text that is a query, it takes no language that not everyone may use.
const (
	settingOfFacts = "pgsr.facts"
	settingOfCheck = "pgsr.comparison"
)

// settings counts the statements of [Document.checksBefore] that set something.
const settings = 2

// checksBefore gives the statements before the first change: what both checks need, and the first check, if there is
// anything to check. In READ COMMITTED it sees what was committed while the script waited for the lock.
func (d Document) checksBefore(stale Guard) []string {
	if d.ReliesOn.IsEmpty() && d.LeadsTo.IsEmpty() {
		return nil
	}
	facts := d.checkSettings()
	if d.ReliesOn.IsEmpty() {
		return facts[:]
	}
	return append(facts[:], d.sqlBefore(stale))
}

// checkSettings gives the statements that set the facts, a line an object, and the comparing query, whose text has no
// name from outside.
func (d Document) checkSettings() [settings]string {
	var facts strings.Builder
	facts.WriteString("SET LOCAL " + settingOfFacts + " = " + literals.prefix + literals.mark)
	for line := range factLines(d.Server, d.ReliesOn, d.LeadsTo, d.later) {
		text, ends := strings.CutSuffix(line, "\n")
		facts.WriteString(literals.escaped(text))
		if ends {
			facts.WriteByte('\n')
		}
	}
	facts.WriteString(literals.mark)
	given := "SELECT CAST(current_setting('" + settingOfFacts + "') AS jsonb), {state}"
	check := compare(d.Server, given, d.ReliesOn, d.LeadsTo) + fmt.Sprintf(guardWords, mostDifferences, mostOfLine)
	return [settings]string{facts.String(), "SET LOCAL " + settingOfCheck + " = $pgsr$" + wrapped(check) + "$pgsr$"}
}

// guardWords gives the differences as words of text search vectors, in order, or a word that there are none. If it
// gives neither, that is an error, too.
const guardWords = `, numbered AS (
    SELECT d.line, row_number() OVER (ORDER BY d.line COLLATE "C") AS i, count(*) OVER () AS of FROM difference AS d
)
SELECT array_to_tsvector(ARRAY[lpad(n.i::text, 3, '0') || left(CASE WHEN n.i > %[1]d THEN format('and %%s more', n.of - %[1]d) ELSE n.line END, %[2]d)])
FROM numbered AS n WHERE n.i <= %[1]d + 1
UNION ALL
SELECT array_to_tsvector(ARRAY['000ok']) WHERE NOT EXISTS (SELECT FROM difference)`

// said gives a query for the result of the check before the statements (1), after them (2) or at the end of the script
// (3): 'ok', or lines.
func said(state int) string {
	return fmt.Sprintf(`SELECT string_agg(substr(w.word, 4), E'\n' ORDER BY w.word COLLATE "C") AS said FROM ts_stat(replace(current_setting('%s'), '{state}', '%d')) AS w`, settingOfCheck, state)
}

// failing writes the query of a check. It is plain SQL, because not everyone may use plpgsql. To fail, it casts the
// error's text to a boolean. CASE does not run that cast if there is no difference.
// https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-EXPRESS-EVAL
func failing(state int, text string) string {
	return fmt.Sprintf("SELECT CASE c.said WHEN 'ok' THEN true ELSE CAST(concat_ws(E'\\n', %s) AS pg_catalog.bool) END AS pgsr_guard\nFROM (%s) AS c", text, said(state))
}

// text writes what an error says, and the differences.
func (g Guard) text() string { return literal(g.Message+":") + ", c.said, " + literal(g.Hint) }

// sqlAfter writes the check before COMMIT.
func (g Guard) sqlAfter() string { return failing(2, g.text()) }

// sqlBefore writes the check before the first change.
func (d Document) sqlBefore(stale Guard) string {
	again, isAgain := AlreadyRun, "("+said(2)+") = 'ok'"
	if d.isOneOfSeveral() {
		again = TransactionRun
	}
	if len(d.later) > 0 {
		isAgain += "\nOR (" + said(3) + ") = 'ok'"
	}
	return failing(1, fmt.Sprintf("CASE WHEN c.said ~ '^(connected to|run as|run in) ' THEN concat_ws(E'\\n', %s)\n"+
		"WHEN %s THEN concat_ws(E'\\n', %s, %s, c.said) ELSE concat_ws(E'\\n', %s) END",
		Elsewhere.text(), isAgain, literal(again.Message+"."), literal(again.Hint), stale.text()))
}
