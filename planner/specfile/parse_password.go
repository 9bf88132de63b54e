package specfile

import (
	"fmt"
	"strings"

	"pgsr/planner/spec"
)

const howToGivePassword = `write {env: NAME}, {file: PATH}, {verifier: "SCRAM-SHA-256$..."} or {command: [PROGRAM, ARGUMENT]}`

// readPassword reads where a password is, and the password from there.
func (f *file) readPassword(e entry) spec.Password {
	f.hide(e.value)
	node := deref(e.value)
	switch {
	case node == nil:
	case isNull(node):
		f.add(e.at, "password is empty: leave the key out to keep the one that the role has, or %s", howToGivePassword)
	case isMapping(node):
		return f.readPasswordKeys(f.entries(node), f.placeOf(node))
	case isList(node):
		f.add(f.placeOf(node), "password must be a mapping, not a list: %s", howToGivePassword)
	default:
		f.add(f.placeOf(node), "a password must not stand in the file: %s", howToGivePassword)
	}
	return spec.Password{}
}

func (f *file) readPasswordKeys(entries []entry, at place) (password spec.Password) {
	var sources []string
	for _, e := range entries {
		switch e.name {
		case keyEnv:
			password = f.readVariable(e)
		case keyFile:
			password = f.readPasswordFile(e)
		case keyCommand:
			password = f.runCommand(e)
		case keyVerifier:
			f.readVerifier(&password, e)
		default: // the key may be the password
			f.unknownSecret(e, []string{keyEnv, keyFile, keyVerifier, keyCommand})
			continue
		}
		if !e.isRepeated {
			sources = append(sources, e.name)
		}
	}
	switch {
	case len(sources) > 1:
		return f.noPassword(at, "the password is given more than once, by %s: keep one", strings.Join(sources, " and "))
	case len(entries) == 0:
		f.add(at, "password is empty: leave the key out to keep the one that the role has, or %s", howToGivePassword)
	}
	return password
}

func (f *file) readVariable(e entry) spec.Password {
	name, ok := f.text(e)
	switch {
	case !ok:
		return spec.Password{}
	case name.text == "":
		return f.noPassword(name.at, "env is empty: write the name of the variable that holds the password")
	case f.secrets.Unread:
		return spec.Password{Unread: true}
	case f.secrets.LookupEnv == nil:
		return f.noPassword(name.at, "environment variables cannot be read here: no way to look up %q was given", name.text)
	}
	password, found := f.secrets.LookupEnv(name.text)
	if !found {
		return f.noPassword(name.at, "the environment variable %q, which is to hold the password, is not set", name.text)
	}
	return f.checked(name.at, password, fmt.Sprintf("the environment variable %q", name.text))
}

// readPasswordFile reads a password from a file, of which the last line break does not count.
func (f *file) readPasswordFile(e entry) spec.Password {
	path, ok := f.text(e)
	switch {
	case !ok:
		return spec.Password{}
	case path.text == "":
		return f.noPassword(path.at, "file is empty: write the name of the file of which the only line is the password")
	case f.secrets.Unread:
		return spec.Password{Unread: true}
	case f.secrets.ReadFile == nil:
		return f.noPassword(path.at, "password files cannot be read here: no way to read %q was given", path.text)
	}
	what := fmt.Sprintf("the password file %q", path.text)
	data, err := f.secrets.ReadFile(path.text)
	if err != nil {
		return f.noPassword(path.at, "%s cannot be read: %v", what, err)
	}
	return f.line(path.at, data, what)
}

// runCommand takes a password from what a program prints. Of its words only the program's name is shown: others may be
// secrets.
func (f *file) runCommand(e entry) spec.Password {
	words, at := f.readNames(e)
	switch {
	case !isList(deref(e.value)): // which is said already
		return spec.Password{}
	case len(words) == 0 || words[0] == "":
		return f.noPassword(e.at, "command is a program and its arguments: write {command: [PROGRAM, ARGUMENT]}")
	case f.secrets.Unread || f.secrets.UnreadCommands:
		return spec.Password{Unread: true}
	}
	where := place{f.source, at[0].Line, at[0].Column}
	what := fmt.Sprintf("the command %q", words[0])
	if f.secrets.RunCommand == nil {
		return f.noPassword(where, "%s is not run: a password comes from a command only where that is allowed (--allow-commands)", what)
	}
	printed, err := f.secrets.RunCommand(words)
	if err != nil {
		return f.noPassword(where, "%s gave no password: %v", what, err)
	}
	return f.line(where, printed, "what "+what+" prints")
}

// noPassword notes why there is none.
func (f *file) noPassword(at place, format string, args ...any) spec.Password {
	f.add(at, format, args...)
	return spec.Password{}
}

// line gives the password that a line holds. The line break at its end does not count.
func (f *file) line(at place, data []byte, from string) spec.Password {
	if len(data) > MostPasswordBytes {
		return f.noPassword(at, "%s is larger than %d bytes", from, MostPasswordBytes)
	}
	password := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if strings.ContainsAny(password, "\r\n") {
		return f.noPassword(at, "%s holds more than one line", from)
	}
	return f.checked(at, password, from)
}

// checked gives a password that can be one.
func (f *file) checked(at place, password, from string) spec.Password {
	if problem := spec.PasswordProblem(password); problem != "" {
		return f.noPassword(at, "%s %s", from, problem)
	}
	return spec.Password{Clear: spec.Secret(password)}
}

// readVerifier reads a verifier into a password, which keeps nothing of one that can not be one.
func (f *file) readVerifier(password *spec.Password, e entry) {
	text, ok := f.text(e)
	if !ok {
		return
	}
	verifier, problem := spec.ParseVerifier(text.text)
	if password.Verifier = verifier; problem != "" {
		f.add(text.at, "%s", problem)
	}
}
