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
		f.add(at, "the password is given more than once, by %s: keep one", strings.Join(sources, " and "))
		return spec.Password{}
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
		f.add(name.at, "env is empty: write the name of the variable that holds the password")
		return spec.Password{}
	case f.secrets.Unread:
		return spec.Password{Unread: true}
	case f.secrets.LookupEnv == nil:
		f.add(name.at, "environment variables cannot be read here: no way to look up %q was given", name.text)
		return spec.Password{}
	}
	password, found := f.secrets.LookupEnv(name.text)
	if !found {
		f.add(name.at, "the environment variable %q, which is to hold the password, is not set", name.text)
		return spec.Password{}
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
		f.add(path.at, "file is empty: write the name of the file of which the only line is the password")
		return spec.Password{}
	case f.secrets.Unread:
		return spec.Password{Unread: true}
	case f.secrets.ReadFile == nil:
		f.add(path.at, "password files cannot be read here: no way to read %q was given", path.text)
		return spec.Password{}
	}
	what := fmt.Sprintf("the password file %q", path.text)
	data, err := f.secrets.ReadFile(path.text)
	if err != nil {
		f.add(path.at, "%s cannot be read: %v", what, err)
		return spec.Password{}
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
		f.add(e.at, "command is a program and its arguments: write {command: [PROGRAM, ARGUMENT]}")
		return spec.Password{}
	case f.secrets.Unread || f.secrets.UnreadCommands:
		return spec.Password{Unread: true}
	}
	where := place{f.source, at[0].Line, at[0].Column}
	what := fmt.Sprintf("the command %q", words[0])
	if f.secrets.RunCommand == nil {
		f.add(where, "%s is not run: a password comes from a command only where that is allowed (--allow-commands)", what)
		return spec.Password{}
	}
	printed, err := f.secrets.RunCommand(words)
	if err != nil {
		f.add(where, "%s gave no password: %v", what, err)
		return spec.Password{}
	}
	return f.line(where, printed, "what "+what+" prints")
}

// line gives the password that a line holds. The line break at its end does not count.
func (f *file) line(at place, data []byte, from string) spec.Password {
	if len(data) > MostPasswordBytes {
		f.add(at, "%s is larger than %d bytes", from, MostPasswordBytes)
		return spec.Password{}
	}
	password := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if strings.ContainsAny(password, "\r\n") {
		f.add(at, "%s holds more than one line", from)
		return spec.Password{}
	}
	return f.checked(at, password, from)
}

// checked gives a password that can be one.
func (f *file) checked(at place, password, from string) spec.Password {
	if problem := spec.PasswordProblem(password); problem != "" {
		f.add(at, "%s %s", from, problem)
		return spec.Password{}
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
