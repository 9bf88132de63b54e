package specfile

import (
	"fmt"
	"strings"

	"pgsr/planner/spec"
)

const howToGivePassword = `write {env: NAME}, {file: PATH} or {verifier: "SCRAM-SHA-256$..."}`

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
			password.Clear = f.readVariable(e)
		case keyFile:
			password.Clear = f.readPasswordFile(e)
		case keyVerifier:
			f.readVerifier(&password, e)
		default: // the key may be the password
			f.unknownSecret(e, []string{keyEnv, keyFile, keyVerifier})
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

func (f *file) readVariable(e entry) spec.Secret {
	name, ok := f.text(e)
	if !ok {
		return ""
	}
	if f.secrets.LookupEnv == nil {
		f.add(name.at, "environment variables cannot be read here: no way to look up %q was given", name.text)
		return ""
	}
	password, found := f.secrets.LookupEnv(name.text)
	if !found {
		f.add(name.at, "the environment variable %q, which is to hold the password, is not set", name.text)
		return ""
	}
	return f.checked(name.at, password, fmt.Sprintf("the environment variable %q", name.text))
}

// readPasswordFile reads a password from a file, of which the last line break does not count.
func (f *file) readPasswordFile(e entry) spec.Secret {
	path, ok := f.text(e)
	if !ok {
		return ""
	}
	if f.secrets.ReadFile == nil {
		f.add(path.at, "password files cannot be read here: no way to read %q was given", path.text)
		return ""
	}
	data, err := f.secrets.ReadFile(path.text)
	if err != nil {
		f.add(path.at, "the password file %q cannot be read: %v", path.text, err)
		return ""
	}
	if len(data) > MostPasswordBytes {
		f.add(path.at, "the password file %q is larger than %d bytes", path.text, MostPasswordBytes)
		return ""
	}
	password := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	if strings.ContainsAny(password, "\r\n") {
		f.add(path.at, "the password file %q holds more than one line", path.text)
		return ""
	}
	return f.checked(path.at, password, fmt.Sprintf("the password file %q", path.text))
}

// checked gives a password that can be one.
func (f *file) checked(at place, password, from string) spec.Secret {
	if problem := spec.PasswordProblem(password); problem != "" {
		f.add(at, "%s %s", from, problem)
		return ""
	}
	return spec.Secret(password)
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
