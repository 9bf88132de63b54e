package specfile

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
	if s.Database != "" {
		w.line(0, spec.KeyDatabase, ": ", w.name(s.Database))
	}
	w.phrases(0, spec.KeyIgnore, textsOf(s.Ignore, func(i spec.Ignored) string { return i.Text }), false)
	if !s.Public.IsEmpty() {
		w.line(0, spec.KeyPublic, ":")
		w.phrases(1, spec.KeyGrants, textsOf(s.Public.Grants, grantText), false)
		w.phrases(1, spec.KeyRevokes, textsOf(s.Public.Revokes, grantText), false)
	}
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

func (w *writer) role(role *spec.Role) {
	if role.Absent != nil {
		w.fail("role %q is to be absent", role.Name)
	}
	before := w.text.Len()
	w.line(1, w.name(role.Name), ":")
	head := w.text.Len()
	if role.Comment != nil {
		w.line(2, spec.KeyComment, ": ", w.quoted(*role.Comment))
	}
	if role.Attributes != nil {
		w.line(2, spec.KeyAttributes, ": [", strings.Join(textsOf(role.Attributes, spec.Attribute.String), ", "), "]")
	}
	w.settings(2, role.Settings)
	if role.Login != nil {
		w.login(role)
	}
	w.memberships(spec.KeyMemberOf, role.MemberOf)
	w.memberships(spec.KeyMembers, role.Members)
	w.phrases(2, spec.KeyGrants, textsOf(role.Grants, grantText), false)
	w.phrases(2, spec.KeyDirectGrants, textsOf(role.DirectGrants, grantText), false)
	w.phrases(2, spec.KeyOwns, textsOf(role.Owns, func(o spec.Ownership) string { return o.Text }), role.Owns != nil)
	if len(role.PreserveInSchemas) > 0 {
		w.line(2, spec.KeyPreserveInSchemas, ": ", w.list(role.PreserveInSchemas))
	}
	w.databases(role.In)
	if w.text.Len() == head { // what there is not of it is said in the same line
		text := w.text.String()[:before]
		w.text.Reset()
		w.text.WriteString(text)
		w.line(1, w.name(role.Name), ": {}")
	}
}

func grantText(g spec.Grant) string { return g.Text }

func textsOf[T any](items []T, text func(T) string) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = text(item)
	}
	return out
}

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

func (w *writer) databases(all []spec.InDatabase) {
	if len(all) == 0 {
		return
	}
	w.line(2, spec.KeyIn, ":")
	for _, in := range all {
		if in.Settings == nil {
			w.line(3, w.name(in.Database), ": {}")
			continue
		}
		w.line(3, w.name(in.Database), ":")
		w.settings(4, in.Settings)
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
	return "[" + strings.Join(textsOf(texts, w.name), ", ") + "]"
}

func (w *writer) checkUTF8(text string) {
	if !utf8.ValidString(text) {
		w.fail("%q is not UTF-8", spec.Shorten(text))
	}
}
