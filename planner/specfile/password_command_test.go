package specfile_test

import (
	"errors"
	"strings"
	"testing"

	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

const commandSpec = "version: 1\nroles:\n  a:\n    login: {password: {command: [vault, kv, hUnTeR2]}}\n"

// TestPasswordCommands: a program is run only where that is allowed, and of its words only the first is shown.
func TestPasswordCommands(t *testing.T) {
	printing := func(text string, err error) specfile.Secrets {
		return specfile.Secrets{RunCommand: func(words []string) ([]byte, error) {
			if strings.Join(words, " ") != "vault kv hUnTeR2" {
				t.Errorf("%q is run", words)
			}
			return []byte(text), err
		}}
	}
	for name, c := range map[string]struct {
		secrets specfile.Secrets
		want    spec.Password
		says    string
	}{
		"printed":       {printing("s3cret\n", nil), spec.Password{Clear: "s3cret"}, ""},
		"without end":   {printing("s3cret", nil), spec.Password{Clear: "s3cret"}, ""},
		"not allowed":   {specfile.Secrets{}, spec.Password{}, `4:34: the command "vault" is not run: a password comes from a command only where that is allowed (--allow-commands)`},
		"fails":         {printing("s3cret", errors.New("exit status 2")), spec.Password{}, `4:34: the command "vault" gave no password: exit status 2`},
		"two lines":     {printing("s3\ncret\n", nil), spec.Password{}, `4:34: what the command "vault" prints holds more than one line`},
		"nothing":       {printing("\n", nil), spec.Password{}, `4:34: what the command "vault" prints holds no password: it is empty`},
		"too much":      {printing(strings.Repeat("x", specfile.MostPasswordBytes+1), nil), spec.Password{}, `what the command "vault" prints is larger than`},
		"unread":        {specfile.Secrets{Unread: true}, spec.Password{Unread: true}, ""},
		"commands only": {specfile.Secrets{UnreadCommands: true}, spec.Password{Unread: true}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := specfile.Parse([]specfile.File{{Name: "a.yaml", Data: []byte(commandSpec)}}, c.secrets)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hUnTeR2") || strings.Contains(err.Error(), "s3cret") {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || s.Roles[0].Login.Password != c.want {
				t.Errorf("%+v %v", s, err)
			}
		})
	}
}

// TestUnreadPasswords: nothing is looked up where passwords are left out, and a file says the same otherwise.
func TestUnreadPasswords(t *testing.T) {
	text := "version: 1\nroles:\n  a: {login: {password: {env: X}}}\n  b: {login: {password: {file: x}}}\n  c: {login: {}}\n"
	s, err := specfile.Parse([]specfile.File{{Name: "a.yaml", Data: []byte(text)}}, specfile.Secrets{Unread: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, false} {
		if got := s.Roles[i].Login.Password; got != (spec.Password{Unread: want}) {
			t.Errorf("%s: %+v", s.Roles[i].Name, got)
		}
	}
	for _, wrong := range []string{"{command: vault}", "{command: []}", "{command: ['']}", "{command: [a, {b: c}]}", "{command: [a], env: X}"} {
		_, err := specfile.Parse([]specfile.File{{Name: "a.yaml", Data: []byte("version: 1\nroles:\n  a: {login: {password: " + wrong + "}}\n")}}, specfile.Secrets{Unread: true})
		if problems, is := errors.AsType[spec.Errors](err); !is || len(problems) != 1 {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
