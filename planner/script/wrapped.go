package script

import "strings"

// widest is how long a line of text for the machine gets, unless one word is longer.
const widest = 600

// wrapped writes a query, which is as we have written it, on few lines, with blanks only where it takes them. What is
// in quotes stays.
func wrapped(sql string) string {
	var out strings.Builder
	length, before := 0, ""
	for _, word := range words(sql) {
		blank := ""
		if before != "" && !touches(before, word) {
			blank = " "
		}
		if length+len(blank)+len(word) > widest {
			blank, length = "\n", 0
		}
		out.WriteString(blank + word)
		length += len(blank) + len(word)
		before = word
	}
	return out.String()
}

// operators are characters of which PostgreSQL makes operators: two words of them would be one.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
const operators = "+-*/<>=~!@#%^&|`?"

// touches tells whether two words need no blank between them: one of them ends or begins with what is no part of a
// word.
func touches(before, next string) bool {
	last, first := before[len(before)-1], next[0]
	switch {
	case last == '(' || last == ',' || first == ')' || first == ',':
		return true
	case strings.IndexByte(operators, last) >= 0:
		return strings.IndexByte(operators, first) < 0
	}
	return strings.IndexByte(operators, first) >= 0
}

// words divides a query at its blanks. Those in quotes divide nothing.
func words(sql string) []string {
	var out []string
	quote, begin := byte(0), 0
	for i := 0; i <= len(sql); i++ {
		switch {
		case i == len(sql) || quote == 0 && (sql[i] == ' ' || sql[i] == '\n'):
			if i > begin {
				out = append(out, sql[begin:i])
			}
			begin = i + 1
		case quote == '$' && strings.HasPrefix(sql[i:], "$$"):
			quote, i = 0, i+1
		case quote != 0 && quote != '$' && sql[i] == quote:
			quote = 0
		case quote == 0 && strings.HasPrefix(sql[i:], "$$"):
			quote, i = '$', i+1
		case quote == 0 && (sql[i] == '\'' || sql[i] == '"'):
			quote = sql[i]
		}
	}
	return out
}
