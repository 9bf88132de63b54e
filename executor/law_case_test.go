package executor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/spec"
)

// lawCase is a state of a cluster and a spec for it: all that a law needs, as text that can be cut down and shown.
type lawCase struct {
	// statements make the state; those that fail are no matter. {{oid}} in them stands for the OID of the database.
	statements []string
	// there are statements that run in the other database, after the others.
	there []string
	// earlier is applied first, if it has roles, and later are statements that run then.
	earlier lawSpec
	later   []string
	spec    lawSpec
	// trusts tells that code may go to the actor, and to who owns it by the spec: many states are refused otherwise.
	trusts bool
}

// lawSpec is a spec that knows of each phrase what it means.
type lawSpec []lawRole

// lawRole is a role of a spec. What is nil is left out.
type lawRole struct {
	name         string
	comment      *string
	login        *lawLogin
	attributes   *[]string
	settings     *[]lawSetting // in all databases
	here         *[]lawSetting // in the database
	members      *[]lawMembership
	memberOf     []lawMembership
	grants       []lawPhrase
	directGrants []lawPhrase
	owns         []lawObject
	decidesOwned bool // owns is given
	preserve     []string
	futures      []lawFuture
	ignores      []lawIgnored // of the role that is everyone alone
	absent       bool
	reassignTo   string
	elsewhere    *lawRole // what it is to have in the other database; nil: left out
}

// lawLogin is under which conditions a role logs in; an empty end is left out.
type lawLogin struct{ validUntil string }

// lawMembership is one item of member_of. An option that is nil is left out.
type lawMembership struct {
	role                string
	admin, inherit, set *bool
	until               string
}

// lawObject is a kind in SQL's words and a name; schema is empty for kinds that lie in none, arguments for all but
// routines.
type lawObject struct{ kind, schema, name, arguments string }

// lawPhrase is privileges on objects: by name, or all of a kind in a schema whose names hold a text.
type lawPhrase struct {
	privileges []string // nil: ALL
	objects    []lawObject
	kind       string
	inSchema   string
	holding    string // empty: all
	// columns are those that are meant, nil: the objects themselves; withOption is WITH GRANT OPTION.
	columns    []string
	withOption bool
	// without is what EXCEPT leaves out; until is when it ends: lawEnded or lawSoon.
	without lawException
	until   string
}

func (o lawObject) String() string {
	if o.schema == "" {
		return o.kind + " " + o.name
	}
	return o.kind + " " + o.schema + "." + o.name + o.arguments
}

// unquoted names an object as a judge's own questions do.
func unquoted(id catalog.ObjectID) string {
	return lawObject{string(id.Kind), id.Schema, id.Name, id.Arguments}.String()
}

// inWords names an object as messages do.
func inWords(object string) string {
	o, _ := objectOf(object)
	return catalog.ObjectID{Kind: catalog.Kind(o.kind), Schema: o.schema, Name: o.name, Arguments: o.arguments}.String()
}

func (o lawObject) sql() string {
	switch {
	case o.kind == "LARGE OBJECT", o.kind == "PARAMETER":
		return o.String()
	case o.schema == "":
		return o.kind + " " + id(o.name)
	}
	return o.kind + " " + id(o.schema, o.name) + o.arguments
}

// text writes the phrase as a spec does.
func (p lawPhrase) text() string {
	privileges, option := p.privileges, ""
	if privileges == nil {
		privileges = []string{"ALL"}
	}
	if p.columns != nil {
		privileges = slices.Clone(privileges)
		for i := range privileges {
			privileges[i] += " (" + strings.Join(p.columns, ", ") + ")"
		}
	}
	if p.withOption {
		option = " WITH GRANT OPTION"
	}
	return strings.Join(privileges, ", ") + " ON " + p.target() + option + endText(p.until)
}

// varied writes it in other words that mean the same: with what is missing and passed over, with an exception that
// matches nothing, or with an end that is far away. Which of them comes of the text, so that no other state comes of
// it.
func (p lawPhrase) varied() string {
	text := p.text()
	target := p.target()
	switch way := len(text) % 4; {
	case p.until != "" || !p.without.isEmpty():
		return text
	case way == 0:
		return text + " UNTIL '2999-12-31T00:00:00Z'"
	case way == 1 && p.objects == nil && p.kind != "DATABASE":
		return strings.Replace(text, target, target+" EXCEPT MATCHING 'no such.*'", 1)
	case way == 1 && p.objects[0].kind == "TABLE":
		others := strings.TrimPrefix(target, "TABLE ")
		return strings.Replace(text, target, "TABLE IF EXISTS "+others+", "+id(p.objects[0].schema, "no such"), 1)
	}
	return text
}

func (p lawPhrase) target() string {
	switch {
	case p.objects != nil:
		names := make([]string, len(p.objects))
		for i, o := range p.objects {
			names[i] = strings.TrimPrefix(o.sql(), o.kind+" ")
		}
		return p.objects[0].kind + " " + strings.Join(names, ", ")
	case p.kind == "DATABASE":
		return fmt.Sprintf("DATABASES MATCHING '(?s).*%s.*'", p.holding) + p.without.text()
	case p.holding != "":
		return fmt.Sprintf("%sS MATCHING '(?s).*%s.*' IN SCHEMA %s", p.kind, p.holding, id(p.inSchema)) + p.without.text()
	}
	return fmt.Sprintf("ALL %sS IN SCHEMA %s", p.kind, id(p.inSchema)) + p.without.text()
}

// yaml writes the spec as a file. Its scalars are JSON's, which YAML reads alike.
func (s lawSpec) yaml() string {
	if len(s) == 0 {
		return "version: 1\nroles: {}\n"
	}
	var text strings.Builder
	text.WriteString("version: 1\n")
	if everyone := s.role(""); everyone != nil {
		text.WriteString(everyone.publicYAML())
	}
	text.WriteString(s.ignoreYAML())
	text.WriteString("roles:\n")
	if len(s) == 1 && s[0].isPublic() {
		text.WriteString("  {}\n")
	}
	for _, role := range s {
		if role.isPublic() {
			continue
		}
		fmt.Fprintf(&text, "  %s: {%s}\n", jsonText(role.name), strings.Join(role.keys(), ", "))
	}
	return text.String()
}

func (r lawRole) keys() []string {
	if r.absent {
		return r.absentKeys()
	}
	var keys []string
	key := func(name string, items []string) {
		if len(items) > 0 {
			keys = append(keys, name+": ["+strings.Join(items, ", ")+"]")
		}
	}
	if r.comment != nil {
		keys = append(keys, "comment: "+jsonText(*r.comment))
	}
	if r.login != nil {
		inner := ""
		if r.login.validUntil != "" {
			inner = "valid_until: " + r.login.validUntil
		}
		keys = append(keys, "login: {"+inner+"}")
	}
	if r.attributes != nil {
		keys = append(keys, "attributes: ["+strings.Join(*r.attributes, ", ")+"]")
	}
	if r.settings != nil {
		keys = append(keys, "settings: "+settingsYAML(*r.settings))
	}
	var in []string
	if r.here != nil {
		in = append(in, currentDatabase+": {settings: "+settingsYAML(*r.here)+"}")
	}
	if r.elsewhere != nil {
		in = append(in, elsewhere+": {"+strings.Join(r.elsewhere.keys(), ", ")+"}")
	}
	if in != nil {
		keys = append(keys, "in: {"+strings.Join(in, ", ")+"}")
	}
	if r.members != nil {
		keys = append(keys, "members: ["+strings.Join(texts(*r.members, lawMembership.yaml), ", ")+"]")
	}
	key("member_of", texts(r.memberOf, lawMembership.yaml))
	key("grants", texts(r.grants, func(p lawPhrase) string { return jsonText(p.varied()) }))
	key("direct_grants", slices.Concat(texts(r.directGrants, func(p lawPhrase) string { return jsonText(p.varied()) }),
		texts(r.futures, func(f lawFuture) string { return jsonText(f.text()) })))
	key("owns", texts(r.owns, func(o lawObject) string { return jsonText(o.sql()) }))
	if r.decidesOwned && len(r.owns) == 0 {
		keys = append(keys, "owns: []")
	}
	key("preserve_in_schemas", texts(r.preserve, jsonText))
	return keys
}

// lawSetting is what a setting is to be, as YAML has it and as the server stores it.
type lawSetting struct{ name, yaml, stored string }

func settingsYAML(settings []lawSetting) string {
	return "{" + strings.Join(texts(settings, func(s lawSetting) string { return s.name + ": " + s.yaml }), ", ") + "}"
}

func (m lawMembership) yaml() string {
	text := jsonText(m.role)
	options := ""
	for _, o := range []struct {
		name  string
		value *bool
	}{{"admin", m.admin}, {"inherit", m.inherit}, {"set", m.set}} {
		if o.value != nil {
			options += fmt.Sprintf(", %s: %t", o.name, *o.value)
		}
	}
	if m.until != "" {
		options += ", until: " + endMoment(m.until)
	}
	if options == "" {
		return text
	}
	return "{role: " + text + options + "}"
}

func texts[T any](from []T, do func(T) string) []string {
	out := make([]string, len(from))
	for i, one := range from {
		out[i] = do(one)
	}
	return out
}

func jsonText(text string) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		panic(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// parsed reads the spec as pgsr reads a file.
func (s lawSpec) parsed(t testing.TB) *spec.Spec {
	t.Helper()
	return parse(t, s.yaml())
}

func (s lawSpec) role(name string) *lawRole {
	if i := slices.IndexFunc(s, func(r lawRole) bool { return r.name == name }); i >= 0 {
		return &s[i]
	}
	return nil
}

// String shows the case as one would write it down.
func (c lawCase) String() string {
	var text strings.Builder
	list := func(statements []string) {
		for _, s := range statements {
			text.WriteString(s + ";\n")
		}
	}
	list(c.statements)
	if len(c.there) > 0 {
		text.WriteString("\\c " + elsewhere + "\n")
		list(c.there)
		text.WriteString("\\c " + currentDatabase + "\n")
	}
	if len(c.earlier) > 0 {
		text.WriteString("-- applied:\n" + c.earlier.yaml())
		list(c.later)
	}
	if c.trusts {
		text.WriteString("-- with --trust-code, and --reassign-to the actor\n")
	}
	text.WriteString("-- spec:\n" + c.spec.yaml())
	return text.String()
}
