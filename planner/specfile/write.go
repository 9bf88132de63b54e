package specfile

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"pgsr/planner/lists"
	"pgsr/planner/spec"
)

// Document is a spec to be written, with comments: those on all of it, and those on roles, by name. Comments are texts
// of any kind, with names as they are.
type Document struct {
	Spec    *spec.Spec
	Header  []string
	OfRoles map[string][]string
}

// Write writes a spec as a file: [Parse] of it gives the same spec again, but for places. Phrases are written as their
// Text has them. The error is that of the writer, or says what is not written: passwords, roles that are to be absent,
// and texts that are not UTF-8.
func Write(w io.Writer, d Document) error {
	out := &writer{}
	for i, line := range d.Header {
		if i > 0 {
			out.line(0, "#")
		}
		out.comment(0, line)
	}
	out.spec(d)
	if out.problem != "" {
		return fmt.Errorf("the spec can not be written: %s", out.problem)
	}
	_, err := io.WriteString(w, out.text.String())
	return err
}

// writer holds what is written.
type writer struct {
	text strings.Builder
	// problem is the first that there is.
	problem string
}

// line writes a line that begins so many steps to the right.
func (w *writer) line(depth int, texts ...string) {
	w.text.WriteString(strings.Repeat("  ", depth))
	for _, text := range texts {
		w.text.WriteString(text)
	}
	w.text.WriteByte('\n')
}

func (w *writer) fail(format string, args ...any) {
	if w.problem == "" {
		w.problem = fmt.Sprintf(format, args...)
	}
}

func (w *writer) spec(d Document) {
	s := d.Spec
	w.line(0, keyVersion, ": 1")
	if s.LockKey != 0 {
		w.line(0, keyLockKey, ": ", strconv.FormatInt(s.LockKey, 10))
	}
	if s.Missing != "" {
		w.line(0, keyMissing, ": ", string(s.Missing))
	}
	if s.Mode != "" {
		w.line(0, spec.KeyMode, ": ", string(s.Mode))
	}
	if s.Database != "" {
		w.line(0, spec.KeyDatabase, ": ", w.name(s.Database))
	}
	w.phrases(0, spec.KeyIgnore, lists.Map(s.Ignore, func(i spec.Ignored) string { return i.Text }), false)
	w.public(&s.Public)
	if len(s.Roles) == 0 {
		w.line(0, keyRoles, ": {}")
		return
	}
	w.line(0, keyRoles, ":")
	for i := range s.Roles {
		for _, note := range d.OfRoles[s.Roles[i].Name] {
			w.comment(1, note)
		}
		w.role(&s.Roles[i])
	}
}

func (w *writer) public(p *spec.Public) {
	if p.IsEmpty() && len(p.In) == 0 {
		return
	}
	w.line(0, spec.KeyPublic, ":")
	w.publicPhrases(1, p.Grants, p.Revokes)
	if len(p.In) > 0 {
		w.line(1, spec.KeyIn, ":")
	}
	for i := range p.In {
		in := &p.In[i]
		w.mapping(2, w.database(in.Database, in.Matching), func() { w.publicPhrases(3, in.Grants, in.Revokes) })
	}
}

func (w *writer) publicPhrases(depth int, grants, revokes []spec.Grant) {
	w.phrases(depth, spec.KeyGrants, lists.Map(grants, grantText), false)
	w.phrases(depth, spec.KeyRevokes, lists.Map(revokes, grantText), false)
}

// mapping writes a key, and what is below it, which may be nothing.
func (w *writer) mapping(depth int, key string, below func()) {
	before := w.text.Len()
	w.line(depth, key, ":")
	head := w.text.Len()
	if below(); w.text.Len() == head {
		text := w.text.String()[:before]
		w.text.Reset()
		w.text.WriteString(text)
		w.line(depth, key, ": {}")
	}
}

func (w *writer) role(role *spec.Role) {
	if role.Absent != nil {
		w.fail("role %q is to be absent", role.Name)
	}
	w.mapping(1, w.name(role.Name), func() { w.keys(role) })
}

func (w *writer) keys(role *spec.Role) {
	if role.Comment != nil {
		w.line(2, spec.KeyComment, ": ", w.quoted(*role.Comment))
	}
	if role.Attributes != nil {
		w.line(2, spec.KeyAttributes, ": [", strings.Join(lists.Map(role.Attributes, spec.Attribute.String), ", "), "]")
	}
	w.settings(2, role.Settings)
	if role.Login != nil {
		w.login(role)
	}
	w.memberships(spec.KeyMemberOf, role.MemberOf)
	w.memberships(spec.KeyMembers, role.Members)
	w.holdings(2, &spec.InDatabase{
		Grants: role.Grants, DirectGrants: role.DirectGrants, Owns: role.Owns, PreserveInSchemas: role.PreserveInSchemas,
	})
	if len(role.In) > 0 {
		w.line(2, spec.KeyIn, ":")
	}
	for i := range role.In {
		in := &role.In[i]
		w.mapping(3, w.database(in.Database, in.Matching), func() { w.holdings(4, in) })
	}
}

// holdings writes what a role has in one database.
func (w *writer) holdings(depth int, in *spec.InDatabase) {
	w.settings(depth, in.Settings)
	w.phrases(depth, spec.KeyGrants, lists.Map(in.Grants, grantText), false)
	w.phrases(depth, spec.KeyDirectGrants, lists.Map(in.DirectGrants, grantText), false)
	w.phrases(depth, spec.KeyOwns, lists.Map(in.Owns, func(o spec.Ownership) string { return o.Text }), in.Owns != nil)
	if len(in.PreserveInSchemas) > 0 {
		w.line(depth, spec.KeyPreserveInSchemas, ": ", w.list(in.PreserveInSchemas))
	}
}

// database writes the key of one under in.
func (w *writer) database(name string, matching *regexp.Regexp) string {
	if matching != nil {
		return w.quoted("MATCHING '" + strings.ReplaceAll(spec.PatternText(matching), "'", "''") + "'")
	}
	if read, _, _ := spec.ParseDatabases(name); read != name {
		w.fail("the name of the database %q would be read as a pattern", name)
	}
	return w.name(name)
}

func grantText(g spec.Grant) string { return g.Text }

func (w *writer) login(role *spec.Role) {
	inner := ""
	switch l := role.Login; {
	case !l.Password.IsZero():
		w.fail("role %q has a password", role.Name)
	case l.NoEnd:
		inner = keyValidUntil + ": " + never
	case l.ValidUntil != nil:
		inner = keyValidUntil + ": " + l.ValidUntil.UTC().Format(time.RFC3339Nano)
	}
	w.line(2, spec.KeyLogin, ": {", inner, "}")
}

// settings writes settings; nothing, if there is to be nothing said of them.
func (w *writer) settings(depth int, settings []spec.Setting) {
	if settings == nil {
		return
	}
	if len(settings) == 0 {
		w.line(depth, spec.KeySettings, ": {}")
		return
	}
	w.line(depth, spec.KeySettings, ":")
	for _, s := range settings {
		value := w.list(s.Values)
		if len(s.Values) == 1 {
			value = w.name(s.Values[0])
		}
		w.line(depth+1, w.name(s.Name), ": ", value)
	}
}

// memberships writes those without options as names.
func (w *writer) memberships(key string, all []spec.Membership) {
	if all == nil || len(all) == 0 && key == spec.KeyMemberOf {
		return
	}
	items, length := make([]string, len(all)), 0
	for i, m := range all {
		items[i] = w.membership(m)
		length += len(items[i])
	}
	if length+2*len(items) <= widest {
		w.line(2, key, ": [", strings.Join(items, ", "), "]")
		return
	}
	w.line(2, key, ":")
	for _, item := range items {
		w.line(3, "- ", item)
	}
}

func (w *writer) membership(m spec.Membership) string {
	var options string
	option := func(key, value string) { options += ", " + key + ": " + value }
	if m.Admin {
		option(keyAdmin, "true")
	}
	if m.Inherit != nil {
		option(keyInherit, strconv.FormatBool(*m.Inherit))
	}
	if m.Set != nil {
		option(keySet, strconv.FormatBool(*m.Set))
	}
	if m.IfExists {
		option(keyIfExists, "true")
	}
	if m.Until != nil {
		option(keyUntil, m.Until.UTC().Format(time.RFC3339Nano))
	}
	if options == "" {
		return w.name(m.Role)
	}
	return "{" + keyRole + ": " + w.name(m.Role) + options + "}"
}

// phrases writes phrases, each once: one may stand for several things in a spec.
func (w *writer) phrases(depth int, key string, texts []string, always bool) {
	if len(texts) == 0 {
		if always {
			w.line(depth, key, ": []")
		}
		return
	}
	w.line(depth, key, ":")
	for i, text := range texts {
		if i == 0 || texts[i-1] != text {
			w.line(depth+1, "- ", w.phrase(text, 2*(depth+1)+2))
		}
	}
}

// list writes texts in brackets.
func (w *writer) list(texts []string) string {
	return "[" + strings.Join(lists.Map(texts, w.name), ", ") + "]"
}

func (w *writer) checkUTF8(text string) {
	if !utf8.ValidString(text) {
		w.fail("%q is not UTF-8", spec.Shorten(text))
	}
}
