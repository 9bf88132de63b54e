package specfile

import (
	"fmt"
	"pgsr/planner/spec"
	"time"
)

// readLogin reads a role's login; nil if it cannot be read.
func (f *file) readLogin(e entry) *spec.Login {
	if isBoolean(deref(e.value)) {
		f.add(f.placeOf(e.value), "login must be a mapping, not true or false: write login: {} to let the role log in; leave the key out for a role that cannot log in")
		return nil
	}
	const empty = ": write login: {} to let the role log in with the password that it has; leave the key out for a role that cannot log in"
	node := f.expect(e.value, isMapping, spec.KeyLogin, "a mapping, for example {}", e.at, empty)
	if node == nil {
		f.hide(e.value) // it may be meant as a password
		return nil
	}
	return f.readLoginKeys(f.entries(node))
}

func (f *file) readLoginKeys(entries []entry) *spec.Login {
	login := &spec.Login{}
	for _, e := range entries {
		switch {
		case e.isRepeated:
		case e.name == keyPassword:
			login.Password = f.readPassword(e)
		case e.name == keyValidUntil:
			login.ValidUntil, login.NoEnd = f.readValidUntil(e)
		default:
			f.unknownOfLogin(e)
		}
	}
	return login
}

// unknownOfLogin notes an unknown key, of which any part may be meant as a password: login: {hunter2}, say.
func (f *file) unknownOfLogin(e entry) {
	known := []string{keyPassword, keyValidUntil}
	f.hide(e.value)
	if len(spec.Nearest(e.name, known)) > 0 {
		f.unknown(e, known)
		return
	}
	f.unknownSecret(e, known)
}

// readValidUntil gives a moment, or that there is none.
func (f *file) readValidUntil(e entry) (*time.Time, bool) {
	text, ok := f.text(e)
	if !ok || text.text == never {
		return nil, ok
	}
	until, problem := parseMoment(text.text)
	if problem == "" {
		problem = spec.MomentProblem(until)
	}
	if problem != "" {
		f.add(text.at, "%s", problem)
		return nil, false
	}
	return &until, false
}

// never is in the place of a moment where there is to be none.
const never = "never"

// parseMoment reads a moment, or a date, which stands for its beginning in UTC. PostgreSQL keeps microseconds.
func parseMoment(text string) (time.Time, string) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if moment, err := spec.ParseMoment(layout, text); err == nil {
			return moment.UTC().Round(time.Microsecond), ""
		}
	}
	return time.Time{}, fmt.Sprintf("valid_until %q is no moment: write it as 2027-01-31T00:00:00Z or 2027-01-31; never for no end, or leave the key out to keep the end that there is", spec.Shorten(text))
}
