package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// Format is a form in which a document can be written.
type Format struct {
	Name string
	// About says what it is for.
	About string
	// Passwords is how it holds passwords unless something else is asked for.
	Passwords script.Passwords
	// Effect and Rollback tell whether it shows those. They need not be worked out for others.
	Effect, Rollback bool
	// Held tells whether it shows what roles hold and are by themselves, where it does not show the effect.
	Held bool
	// variables tells whether it can hold variables in place of passwords.
	variables bool
	write     func(io.Writer, Document) error
	// writeSequence writes what is for several databases; nil: the format can not.
	writeSequence func(io.Writer, Sequence) error
}

// formats are all of them, the default first. Tickets and pages are shared, and hold no secrets unless asked to.
var formats = []Format{
	{Name: "psql", About: "a script for psql", Passwords: script.PasswordVerifiers, variables: true, write: sqlOnly(script.WritePSQL), writeSequence: writeSequenceScript},
	{Name: "sql", About: "a script for any client", Passwords: script.PasswordVerifiers, write: sqlOnly(script.WriteSQL)},
	{Name: "text", About: "what people gain and lose, for a terminal", Passwords: script.PasswordVerifiers, Held: true, variables: true, write: writePlainText, writeSequence: writePlainSequence},
	{Name: "markdown", About: "for a ticket or a pull request", Passwords: script.PasswordVariables, Effect: true, Rollback: true, variables: true, write: WriteMarkdown, writeSequence: writeSequenceMarkdown},
	{Name: "html", About: "one page with everything, for a browser", Passwords: script.PasswordVariables, Effect: true, Rollback: true, variables: true, write: WriteHTML, writeSequence: writeSequenceHTML},
	{Name: "json", About: "for programs, and to be applied later", Passwords: script.PasswordVerifiers, Effect: true, Rollback: true, write: WriteJSON, writeSequence: writeSequenceJSON},
	{Name: "goose", About: "a migration for goose", Passwords: script.PasswordVerifiers, Rollback: true, write: sqlOnly(script.WriteGoose)},
}

// sqlOnly makes a writer of scripts one of documents.
func sqlOnly(write func(io.Writer, script.Document) error) func(io.Writer, Document) error {
	return func(w io.Writer, d Document) error { return write(w, d.Document) }
}

func writePlainText(w io.Writer, d Document) error { return WriteText(w, d, false) }

// Formats lists all formats, the default first.
func Formats() []Format { return slices.Clone(formats) }

// FormatNames lists their names, the default first.
func FormatNames() []string {
	return lists.Map(formats, func(f Format) string { return f.Name })
}

// FormatNamed gives the format of a name.
func FormatNamed(name string) (Format, error) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, fmt.Errorf("there is no format %q: there are %s", name, strings.Join(FormatNames(), ", "))
	}
	return formats[i], nil
}

// Write writes a document in one of the [Formats].
func Write(w io.Writer, format string, d Document) error {
	f, err := FormatNamed(format)
	if err != nil {
		return err
	}
	if d, err = f.Prepare(d); err != nil {
		return err
	}
	return f.write(w, d)
}

// Prepare decides how passwords are held, leaves them out if that is asked for, and works out the digest. The error
// says that the format can not hold them so.
func (f Format) Prepare(d Document) (Document, error) {
	var err error
	if d.Passwords, err = f.Holding(d.Passwords); err != nil {
		return d, err
	}
	if d.Passwords == script.PasswordsOmitted {
		d.Document = script.WithoutPasswords(d.Document)
	}
	d.Digest = cmp.Or(d.Digest, d.PlanDigest())
	return d, nil
}

// Holding gives how the format holds passwords: as asked for, or in its own way if nothing is asked for. The error says
// that it can not.
func (f Format) Holding(asked script.Passwords) (script.Passwords, error) {
	switch {
	case asked == "":
		return f.Passwords, nil
	case asked == script.PasswordVariables && !f.variables:
		return "", fmt.Errorf("the format %s has no variables for passwords: write psql, or leave the passwords out", f.Name)
	case slices.Contains([]script.Passwords{script.PasswordVerifiers, script.PasswordVariables, script.PasswordsOmitted}, asked):
		return asked, nil
	}
	return "", fmt.Errorf("there is no way %q to hold passwords", asked)
}
