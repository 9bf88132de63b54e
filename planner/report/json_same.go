package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"pgsr/planner/script"
)

// checkSame refuses a file that is not, but for the space between its parts, what is written of what was read of it: so
// that whoever reads it reads what will be done.
func checkSame(data, written []byte) error {
	f := follower{left: data, line: 1}
	for i, c := range written {
		if !f.next(c) {
			return fmt.Errorf("line %d of the plan is not as pgsr writes it: it goes on with %s, and what was read of it with %s",
				f.line, excerpt(f.left), excerpt(written[i:]))
		}
	}
	return nil
}

// follower goes through a text of JSON, byte by byte.
type follower struct {
	left            []byte
	line            int
	quoted, escaped bool
}

// next tells whether a byte is what comes next, and takes it.
func (f *follower) next(c byte) bool {
	for !f.quoted && len(f.left) > 0 && strings.IndexByte(" \t\r\n", f.left[0]) >= 0 {
		if f.left[0] == '\n' {
			f.line++
		}
		f.left = f.left[1:]
	}
	if len(f.left) == 0 || f.left[0] != c {
		return false
	}
	f.left = f.left[1:]
	if c == '"' && !f.escaped {
		f.quoted = !f.quoted
	}
	f.escaped = f.quoted && c == '\\' && !f.escaped
	return true
}

// excerpt shows the beginning of a text.
func excerpt(text []byte) string {
	const most = 60
	return script.Printable(string(bytes.ToValidUTF8(text[:min(most, len(text))], nil)))
}

// checkKeys refuses keys that stand twice in one object, or that differ in case alone: readers differ in which they
// take.
func checkKeys(data []byte) error {
	in := json.NewDecoder(bytes.NewReader(data))
	type object struct {
		keys  map[string]string // nil: an array
		value bool
	}
	var open []object
	for {
		token, err := in.Token()
		if err != nil {
			return nil // others say what is wrong, or it is the end
		}
		top := len(open) - 1
		delim, isDelim := token.(json.Delim)
		switch {
		case isDelim && (delim == '}' || delim == ']'):
			open = open[:top]
			continue
		case top >= 0 && open[top].keys != nil && !open[top].value:
			key, _ := token.(string)
			folded := strings.ToLower(key)
			if other, known := open[top].keys[folded]; known {
				return fmt.Errorf("the keys %q and %q of the plan stand in one object: there can be one of them", other, key)
			}
			open[top].keys[folded], open[top].value = key, true
			continue
		}
		if top >= 0 {
			open[top].value = false
		}
		if isDelim {
			o := object{}
			if delim == '{' {
				o.keys = map[string]string{}
			}
			open = append(open, o)
		}
	}
}

// checkNUL refuses what no name and no text of PostgreSQL can hold.
func checkNUL(data []byte) error {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(`\u0000`))
		if i < 0 {
			return nil
		}
		at += i
		slashes := len(data[:at]) - len(bytes.TrimRight(data[:at], `\`))
		if slashes%2 == 0 {
			return errors.New("the plan has a NUL (\\u0000), which nothing in PostgreSQL can hold")
		}
		at++
	}
}
