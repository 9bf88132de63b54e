package script

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// lexQuoted reads one quoted token from the start of a text by the rules of PostgreSQL's manual, in a way of its own:
// it is what the tests hold the quoting against. It gives the token's value and what follows it.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html
func lexQuoted(sql string) (value, rest string, err error) {
	form, body, mark := "", sql, byte(0)
	if i := strings.IndexAny(sql, `"'`); i >= 0 {
		form, body, mark = sql[:i], sql[i+1:], sql[i]
	}
	switch form + string(mark) {
	case `"`:
		value, rest, err = lexBody(body, mark, nil)
	case `U&"`:
		value, rest, err = lexBody(body, mark, unicodeEscape)
	case `'`: // may not hold a backslash: its meaning hangs on standard_conforming_strings
		value, rest, err = lexBody(body, mark, func(string) (string, int, error) { return "", 0, errors.New("a bare backslash") })
	case `E'`:
		value, rest, err = lexBody(body, mark, stringEscape)
	default:
		err = fmt.Errorf("no quoted token: %q", sql)
	}
	return value, rest, err
}

// lexBody reads up to the closing mark. escape, if there is one, reads what follows a backslash and gives its length.
func lexBody(body string, mark byte, escape func(string) (string, int, error)) (value, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == mark && i+1 < len(body) && body[i+1] == mark:
			b.WriteByte(mark)
			i++
		case c == mark:
			return b.String(), body[i+1:], nil
		case c == '\\' && escape != nil:
			char, length, err := escape(body[i+1:])
			if err != nil {
				return "", "", err
			}
			b.WriteString(char)
			i += length
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errors.New("the token does not end")
}

// unicodeEscape reads \XXXX, \+XXXXXX and \\.
func unicodeEscape(s string) (string, int, error) {
	switch {
	case strings.HasPrefix(s, `\`):
		return `\`, 1, nil
	case strings.HasPrefix(s, "+"):
		return codePoint(s, 1, 6)
	}
	return codePoint(s, 0, 4)
}

// stringEscape reads \uXXXX, \UXXXXXXXX and \\, and nothing else that the server would take.
func stringEscape(s string) (string, int, error) {
	switch {
	case strings.HasPrefix(s, `\`):
		return `\`, 1, nil
	case strings.HasPrefix(s, "u"):
		return codePoint(s, 1, 4)
	case strings.HasPrefix(s, "U"):
		return codePoint(s, 1, 8)
	}
	return "", 0, fmt.Errorf("a backslash before %q", s)
}

func codePoint(s string, from, digits int) (string, int, error) {
	if len(s) < from+digits {
		return "", 0, errors.New("an escape that is too short")
	}
	n, err := strconv.ParseUint(s[from:from+digits], 16, 32)
	return string(rune(n)), from + digits, err
}

// shape gives a statement with every quoted token replaced by its mark and what is in brackets or words left: what of a
// statement must not depend on any name or text.
func shape(sql string) (string, error) {
	var b strings.Builder
	for sql != "" {
		if !startsQuoted(sql) {
			_, width := utf8.DecodeRuneInString(sql)
			b.WriteString(sql[:width])
			sql = sql[width:]
			continue
		}
		b.WriteByte(sql[strings.IndexAny(sql, `"'`)])
		_, rest, err := lexQuoted(sql)
		if err != nil {
			return "", err
		}
		sql = rest
	}
	return b.String(), nil
}

func startsQuoted(sql string) bool {
	for _, start := range []string{`"`, `'`, `U&"`, `E'`} {
		if strings.HasPrefix(sql, start) {
			return true
		}
	}
	return false
}
