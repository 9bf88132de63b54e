package specfile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"pgsr/planner/spec"
)

// readAttributes reads attributes as CREATE ROLE has them. A comma in a password that was put there cuts it, so that
// nothing is shown where one of them speaks of one.
func (f *file) readAttributes(e entry) []spec.Attribute {
	if f.speaksOfPassword(e.value, map[*yaml.Node]bool{}) {
		f.hide(e.value)
		f.add(e.at, "PASSWORD is not for attributes: passwords stand under login: write login: {password: {env: NAME}}")
		return nil
	}
	return list(f, e, func(e entry, list *yaml.Node) []spec.Attribute {
		out := make([]spec.Attribute, 0, len(list.Content))
		for i := 0; i < len(list.Content); i++ {
			text, ok := f.item(e, list.Content[i])
			if !ok {
				continue
			}
			attribute, err := spec.ParseAttribute(text.text)
			if err != nil {
				if whole, n := f.cutAttribute(list.Content[i:]); n > 0 {
					f.add(text.at, "this and what follows is one attribute, which has no comma: write %s", whole)
					i += n - 1
					continue
				}
				f.add(text.at, "%v", err)
				continue
			}
			attribute.At = text.at.position()
			out = append(out, attribute)
		}
		return out
	})
}

// cutAttribute gives the attribute that several items make together, as CONNECTION LIMIT and 20 do, and how many they
// are; 0: they make none.
func (f *file) cutAttribute(items []*yaml.Node) (whole string, n int) {
	const most = 3
	var texts []string
	for _, item := range items[:min(most, len(items))] {
		s, ok := f.scalarOf(item)
		if !ok || f.hidden[item] {
			break
		}
		texts = append(texts, s.text)
		if a, err := spec.ParseAttribute(strings.Join(texts, " ")); err == nil && len(texts) > 1 {
			return a.String(), len(texts)
		}
	}
	return "", 0
}

// speaksOfPassword tells whether a text in a node does, or one that an alias in it stands for.
func (f *file) speaksOfPassword(n *yaml.Node, seen map[*yaml.Node]bool) bool {
	node := deref(n)
	if node == nil || seen[node] {
		return false
	}
	seen[node] = true
	if isText(node) {
		return slices.ContainsFunc(strings.FieldsFunc(node.Value, func(r rune) bool { return !isKeyLetter(r) }), isPasswordWord)
	}
	return slices.ContainsFunc(node.Content, func(inner *yaml.Node) bool { return f.speaksOfPassword(inner, seen) })
}

// isPasswordWord tells whether a word looks like PASSWORD, and not like BYPASSRLS.
func isPasswordWord(word string) bool {
	const attribute = "BYPASSRLS"
	return looksSecret(word) && len(spec.Nearest(word, []string{attribute, "NO" + attribute})) == 0
}

// readSettings reads what configuration parameters are to be; nil if that can not be read.
func (f *file) readSettings(e entry) []spec.Setting {
	const empty = ": write settings: {} for none; leave the key out to keep those that the role has"
	node := f.expect(e.value, isMapping, spec.KeySettings, "a mapping, for example {statement_timeout: 30s}", e.at, empty)
	if node == nil {
		return nil
	}
	return once(f, node, spec.KeySettings, e.at, func() []spec.Setting { return f.settingsOf(node) })
}

func (f *file) settingsOf(node *yaml.Node) []spec.Setting {
	entries := f.entries(node)
	out := make([]spec.Setting, 0, len(entries))
	for i, setting := range entries {
		if value := deref(setting.value); i > 0 && node.Style&yaml.FlowStyle != 0 && value != nil && isAbsent(value) {
			f.add(setting.at, "%s is empty"+emptySetting+" (inside of {...} YAML ends a text at each comma: write one with a comma in quotes)", f.citeSetting(setting))
			continue
		}
		if setting.isRepeated || !f.spend(1, setting.at) {
			continue
		}
		if f.hidden[setting.key] && !spec.IsSettingName(setting.name) {
			f.add(setting.at, "this is no name of a setting: it has letters, digits and underscores, and dots between its parts")
			continue
		}
		if values, ok := f.settingValues(setting); ok {
			out = append(out, spec.Setting{Name: setting.name, Values: values, At: setting.at.position()})
		}
	}
	return out
}

const emptySetting = ": write '' for an empty text; leave it out for none"

// settingValues gives the texts of a setting as they are written, whatever YAML would make of them: off is no boolean,
// 010 no number, and ~ no null.
func (f *file) settingValues(e entry) ([]string, bool) {
	node := deref(e.value)
	switch {
	case node == nil:
		return nil, false
	case isList(node) && spec.TakesOneText(e.name):
		f.add(e.at, "%s takes one text, not a list: write the text as SET takes it, in quotes", f.citeSetting(e))
	case isList(node):
		return f.settingElements(e, node)
	case node.Kind == yaml.ScalarNode && !isAbsent(node):
		return []string{node.Value}, true
	case isMapping(node):
		f.add(f.placeOf(node), "%s must be a text or a list of texts, not a mapping", f.citeSetting(e))
	default:
		f.add(e.at, "%s is empty"+emptySetting, f.citeSetting(e))
	}
	return nil, false
}

// citeSetting names a setting in a message, unless a password may be in its name.
func (f *file) citeSetting(e entry) string {
	if f.hidden[e.key] {
		return "this setting"
	}
	return "the setting " + spec.Shorten(e.name)
}

func (f *file) settingElements(e entry, list *yaml.Node) ([]string, bool) {
	if !f.spend(len(list.Content), e.at) || !f.copies(len(list.Content), e.at) {
		return nil, false
	}
	out, ok := make([]string, 0, len(list.Content)), true
	for _, item := range list.Content {
		node := deref(item)
		switch {
		case f.isTooMuch():
			return nil, false
		case node == nil:
			ok = false
		case node.Kind == yaml.ScalarNode && !isAbsent(node):
			out = append(out, node.Value)
		case isList(node):
			inner, isRead := f.settingElements(e, node)
			out, ok = append(out, inner...), ok && isRead
		default:
			f.add(f.placeOf(item), "an element of %s must be a text, not %s", f.citeSetting(e), describe(node))
			ok = false
		}
	}
	return out, ok
}
