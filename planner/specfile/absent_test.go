package specfile_test

import (
	"strings"
	"testing"
)

func TestAbsentIsRead(t *testing.T) {
	s := mustParse(t, "version: 1\nroles:\n  gone: {absent: true, reassign_to: \"he ir\", end_sessions: true}\n  left: {absent: true}\n")
	gone, left := s.Roles[0].Absent, s.Roles[1].Absent
	if gone == nil || gone.ReassignTo != "he ir" || !gone.EndSessions || gone.At.String() != "a.yaml:3:10" || gone.ReassignToAt.String() != "a.yaml:3:37" {
		t.Errorf("got %+v", gone)
	}
	if left == nil || left.ReassignTo != "" || left.EndSessions {
		t.Errorf("got %+v", left)
	}
}

func TestWrongAbsenceIsReported(t *testing.T) {
	for keys, want := range map[string]string{
		"absent: false":                     "3:7: absent can only be true: leave it out for a role that is to be there",
		"absent: gone":                      "3:15: absent must be true or false, not",
		"absent:":                           "3:7: absent is empty: write true or false",
		"reassign_to: b":                    "3:7: reassign_to is for a role that is to be gone: write absent: true beside it",
		"end_sessions: true":                "3:7: end_sessions is for a role that is to be gone",
		"{absent: true, reassign_to: ''}":   "3:34: reassign_to is empty",
		"{absent: true, reassign_to: a}":    `3:34: the role "a" is to be gone`,
		"{absent: true, end_sessions: now}": "3:35: end_sessions must be true or false",
		"{absent: true, grants: []}":        "3:7: beside absent stand only reassign_to and end_sessions: the role is to be gone, so take out grants",
		"{absent: true, login: {}}":         "so take out login",
	} {
		text := "version: 1\nroles:\n  a: " + keys + "\n"
		if keys[0] != '{' {
			text = "version: 1\nroles: {a: {\n      " + keys + "}}\n"
		}
		_, err := parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got\n%v\nwant %s", keys, err, want)
		}
	}
}
