package specfile

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// The keys of a membership that is a mapping.
const (
	keyRole     = "role"
	keyAdmin    = "admin"
	keyInherit  = "inherit"
	keySet      = "set"
	keyIfExists = "if_exists"
	keyUntil    = "until"
)

func membershipKeys() []string {
	return []string{keyRole, keyAdmin, keyInherit, keySet, keyUntil, keyIfExists}
}

// readMemberships reads names of roles, or mappings with options.
func (f *file) readMemberships(e entry) []spec.Membership {
	return list(f, e, func(e entry, list *yaml.Node) []spec.Membership {
		out := make([]spec.Membership, 0, len(list.Content))
		for _, item := range list.Content {
			if m, ok := f.readMembership(e, item); ok {
				out = append(out, m)
			}
		}
		return out
	})
}

func (f *file) readMembership(e entry, item *yaml.Node) (spec.Membership, bool) {
	node := deref(item)
	if !isMapping(node) {
		name, ok := f.item(e, item)
		return spec.Membership{Role: name.text, At: name.at.position()}, ok
	}
	m, hasRole, ok := spec.Membership{}, false, false
	for _, option := range f.entries(node) {
		switch {
		case option.isRepeated:
		case option.name == keyRole:
			name, is := f.text(option)
			m.Role, m.At, hasRole, ok = name.text, name.at.position(), true, is
		default:
			f.readOption(&m, option)
		}
	}
	if !hasRole {
		f.add(f.placeOf(node), "role is missing: write {role: NAME, admin: true}, for example")
	}
	return m, ok
}

func (f *file) readOption(m *spec.Membership, e entry) {
	if !slices.Contains(membershipKeys(), e.name) {
		f.unknown(e, membershipKeys())
		return
	}
	if e.name == keyUntil {
		m.Until = f.readUntil(e)
		return
	}
	value := f.boolean(e)
	switch {
	case value == nil:
	case e.name == keyAdmin:
		m.Admin = *value
	case e.name == keyInherit:
		m.Inherit = value
	case e.name == keySet:
		m.Set = value
	case e.name == keyIfExists:
		m.IfExists = *value
	}
}

// readUntil reads when a membership ends; nil if that can not be read.
func (f *file) readUntil(e entry) *time.Time {
	text, ok := f.text(e)
	if !ok {
		return nil
	}
	until, problem := spec.ParseUntil(text.text)
	if problem != "" {
		f.add(text.at, "%s", problem)
		return nil
	}
	return &until
}

// boolean gives true or false; nil if that does not stand there.
func (f *file) boolean(e entry) *bool {
	node := f.expect(e.value, isBoolean, e.name, "true or false", e.at, ": write true or false, or leave the key out")
	if node == nil {
		return nil
	}
	var value bool
	if err := node.Decode(&value); err != nil {
		f.add(f.placeOf(node), "%s must be true or false", e.name)
		return nil
	}
	return &value
}
