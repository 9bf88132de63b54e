package script

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Format is one of the forms in which a document can be written.
type Format struct {
	Name string
	// About says in a few words what it is for.
	About string
	// Passwords is how it holds passwords unless something else is asked for.
	Passwords Passwords
	// variables tells whether it can leave variables in the place of passwords.
	variables bool
	write     func(io.Writer, Document) error
}

// formats: the default comes first. What people share, tickets and pages, holds no secrets unless that is asked for.
var formats = []Format{
	{"psql", "a script for psql", PasswordVerifiers, true, WritePSQL},
	{"sql", "a script for any client", PasswordVerifiers, false, WriteSQL},
	{"text", "a line for each change, for a terminal", PasswordVerifiers, true, func(w io.Writer, d Document) error { return WriteText(w, d, false) }},
	{"markdown", "for a ticket or a pull request", PasswordVariables, true, WriteMarkdown},
	{"html", "one page with everything, for a browser", PasswordVariables, true, WriteHTML},
	{"json", "for programs, and to be applied later", PasswordVerifiers, false, WriteJSON},
	{"goose", "a migration for goose", PasswordVerifiers, false, WriteGoose},
}

// Formats lists all formats, the default first.
func Formats() []Format { return slices.Clone(formats) }

// FormatNames lists their names, the default first.
func FormatNames() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.Name
	}
	return names
}

// Write writes a document in one of the [Formats].
func Write(w io.Writer, format string, d Document) error {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == format })
	if i < 0 {
		return fmt.Errorf("there is no format %q: there are %s", format, strings.Join(FormatNames(), ", "))
	}
	d, err := formats[i].prepare(d)
	if err != nil {
		return err
	}
	return formats[i].write(w, d)
}

// prepare sees to it that passwords are held as asked for.
func (f Format) prepare(d Document) (Document, error) {
	if d.Passwords == "" {
		d.Passwords = f.Passwords
	}
	switch d.Passwords {
	case PasswordVerifiers:
	case PasswordsOmitted:
		d = WithoutPasswords(d)
	case PasswordVariables:
		if !f.variables {
			return d, fmt.Errorf("the format %s has no variables for passwords: write psql, or leave the passwords out", f.Name)
		}
	default:
		return d, fmt.Errorf("there is no way %q to hold passwords", d.Passwords)
	}
	return d, nil
}
