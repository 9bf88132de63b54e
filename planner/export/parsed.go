package export

import (
	"errors"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// parsed reads phrases, so that what is exported is what they say. Names that can not be written are left out.
func (e *exporter) parsed(role, key string, phrases []*phrase) []spec.Grant {
	return readAll(phrases, func(p *phrase) ([]spec.Grant, error) { return spec.ParseGrants(p.String()) }, func(p *phrase, err error) {
		e.note(role, "Left out of %s: «%s»: %v", key, p, err)
	})
}

func (e *exporter) parsedOwnerships(role string, phrases []*phrase) []spec.Ownership {
	return readAll(phrases, func(p *phrase) ([]spec.Ownership, error) { return spec.ParseOwnerships(p.String()) }, func(p *phrase, err error) {
		e.note(role, "Left out of %s: «%s»: %v", spec.KeyOwns, p, err)
	})
}

// readAll reads phrases. One that can not be read is read name by name, and what is then left out is reported.
func readAll[T any](phrases []*phrase, read func(*phrase) ([]T, error), leaveOut func(*phrase, error)) []T {
	var out []T
	for _, p := range phrases {
		found, err := read(p)
		switch {
		case err == nil:
			out = append(out, found...)
		case len(p.names) > 1:
			out = append(out, readAll(apart(p), read, leaveOut)...)
		default:
			leaveOut(p, plainError(err))
		}
	}
	return out
}

// apart gives a phrase for each name.
func apart(p *phrase) []*phrase {
	return lists.Map(p.names, func(name catalog.ObjectID) *phrase {
		one := *p
		one.names = []catalog.ObjectID{name}
		return &one
	})
}

// plainError gives the first problem without its place.
func plainError(err error) error {
	if problem := new(*spec.Error); errors.As(err, problem) {
		return errors.New((*problem).Message)
	}
	return err
}
