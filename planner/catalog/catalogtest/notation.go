package catalogtest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"pgsr/planner/catalog"
)

// T is what reading needs of a test.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

type catalogReader struct {
	T
	catalog *catalog.Catalog
	oid     uint32
}

const bootstrap, database = "postgres", "db"

// Read reads a catalog that is written as text, a line a fact. Each has a superuser postgres and a database db, which
// postgres owns if nothing else is said. A name that is not letters alone stands in double quotes.
//
//	server 16 as admin [logged in as session]
//	moment 2026-12-01T00:00:00Z
//	role NAME [ATTRIBUTE ...] [limit COUNT] [password VERIFIER] [until DATE] [administers COUNT] [comment TEXT]
//	role NAME holds PRIVILEGE [(column)] on OBJECT
//	setting NAME of ROLE [in DATABASE] is VALUE
//	parameter NAME CONTEXT [granted]
//	member NAME of ROLE by GRANTOR [admin] [noinherit] [noset]
//	schema NAME owned by ROLE
//	table SCHEMA.NAME owned by ROLE [columns NAME ...]
//	sequence SCHEMA.NAME owned by ROLE [of TABLE]
//	routine SCHEMA.NAME(TYPES) owned by ROLE [refused WHY]
//	KIND NAME owned by ROLE [refused WHY] [in extension]
//	grant PRIVILEGE [(column)] on OBJECT to GRANTEE by GRANTOR [grantable]
//	revoke PRIVILEGE on OBJECT from GRANTEE
//	future PRIVILEGE on KIND [in SCHEMA] of ROLE to GRANTEE [grantable]
//	future PRIVILEGE on KIND [in SCHEMA] of ROLE from GRANTEE
//
// An object is the word for its kind and its name. A view, materialized view, partitioned table and foreign table are
// written so, and are tables; so are a function, procedure and security definer function, which are routines, and a
// domain, which is a type. The types of a routine's arguments have no spaces around commas. A password may be
// unreadable, as it is for who is no superuser.
func Read(t T, text string) *catalog.Catalog {
	t.Helper()
	r := &catalogReader{T: t}
	for line := range strings.Lines(text) {
		if words := wordsOf(line); len(words) > 0 {
			r.read(words)
		}
	}
	return r.catalog
}

func (r *catalogReader) read(words []string) {
	r.oid++
	switch rest := words[1:]; words[0] {
	case "parameter":
		if rest[1] == "owned" {
			r.object(words)
		} else {
			r.parameter(rest)
		}
	case "server":
		r.server(rest)
	case "moment":
		moment, err := time.Parse(time.RFC3339, words[1])
		if err != nil {
			r.Fatalf("%v", err)
		}
		r.catalog.Moment = moment
	case "role":
		r.role(rest)
	case "setting":
		r.setting(rest)
	case "member":
		r.member(rest)
	case "grant":
		r.grant(rest)
	case "revoke":
		r.revoke(rest)
	case "future":
		r.future(rest)
	default:
		r.object(words)
	}
}

func (r *catalogReader) server(words []string) {
	major, err := strconv.Atoi(words[0])
	if err != nil {
		r.Fatalf("%v", err)
	}
	r.catalog = catalog.New(catalog.Server{
		VersionNum: major * 10000, Database: database, DatabaseOID: 5, Bootstrap: bootstrap, Defaults: Defaults(major),
		CurrentUser: name(words[2]), SessionUser: name(words[len(words)-1]),
	})
	r.role([]string{bootstrap, "SUPERUSER", "LOGIN"})
	r.object([]string{"database", database, "owned", "by", bootstrap})
}

func (r *catalogReader) role(words []string) {
	role := &catalog.Role{Name: name(words[0]), OID: r.oid, Verifier: catalog.NoPassword, Attributes: catalog.NewAttributes()}
	r.catalog.Roles[role.Name] = role
	for i := 1; i < len(words); i++ {
		switch has := &role.Attributes; words[i] {
		case "SUPERUSER":
			has.Superuser = true
		case "CREATEROLE":
			has.CreateRole = true
		case "CREATEDB":
			has.CreateDB = true
		case "LOGIN":
			has.Login = true
		case "NOINHERIT":
			has.Inherit = false
		case "REPLICATION":
			has.Replication = true
		case "BYPASSRLS":
			has.BypassRLS = true
		case "limit":
			i++
			has.ConnectionLimit, _ = strconv.Atoi(words[i])
		case "password":
			i++
			role.Verifier = catalog.Verifier(words[i])
			if words[i] == "unreadable" {
				role.Verifier = ""
			}
		case "until":
			i++
			until, err := time.Parse(time.DateOnly, words[i])
			if err != nil {
				r.Fatalf("%v", err)
			}
			role.ValidUntil = &until
		case "administers":
			i++
			role.Administers, _ = strconv.Atoi(words[i])
		case "comment":
			i++
			role.Comment = name(words[i])
		case "holds":
			on := slices.Index(words, "on")
			object, _ := r.find(words[on+1:])
			role.Holds = &catalog.Held{Object: object.ID}
			var column []string
			if role.Holds.Privilege, column = privilege(words[i+1:]); column[0] != "on" {
				role.Holds.Column = name(strings.Trim(column[0], "()"))
			}
			r.grant(append(slices.Clone(words[i+1:]), "to", words[0], "by", word(object.Owner)))
			return
		default:
			r.Fatalf("what is %q of a role?", words[i])
		}
	}
}

func (r *catalogReader) setting(words []string) {
	role, database := r.catalog.Roles[name(words[2])], ""
	if words[3] == "in" {
		database = name(words[4])
	}
	role.Settings = append(role.Settings, catalog.NewSetting(database, name(words[0])+"="+name(words[len(words)-1])))
	slices.SortFunc(role.Settings, catalog.Setting.Compare)
}

func (r *catalogReader) parameter(words []string) {
	if r.catalog.Parameters == nil {
		r.catalog.Parameters = map[string]catalog.Parameter{}
	}
	p := catalog.Parameter{Name: name(words[0]), Context: words[1], MaySet: words[len(words)-1] == "granted"}
	if p.Context == "unknown" {
		p.Context = ""
	}
	r.catalog.Parameters[catalog.SettingKey(p.Name)] = p
}

func (r *catalogReader) member(words []string) {
	member, role := name(words[0]), name(words[2])
	m := catalog.Membership{Member: member, Grantor: name(words[4]), Options: r.catalog.DefaultOptions(member)}
	for _, option := range words[5:] {
		switch option {
		case "admin":
			m.Admin = true
		case "noinherit":
			m.Inherit = false
		case "noset":
			m.Set = false
		}
	}
	r.catalog.Members[role] = append(r.catalog.Members[role], m)
}

func (r *catalogReader) object(words []string) {
	id, relkind, rest := r.objectID(words)
	owner := name(rest[2])
	object := &catalog.Object{ID: id, OID: r.oid, Owner: owner, Relkind: relkind, ACL: r.catalog.DefaultACL(id.Kind, owner)}
	if words[0] == "security" {
		object.Code = catalog.SecurityDefiner
	}
	if len(rest) > 3 && rest[3] == "of" {
		object.OwnedBy, _, _ = r.objectID(rest[4:])
	}
	if len(rest) > 3 && rest[3] == "refused" {
		object.Refused = strings.Join(rest[4:], " ")
	}
	if len(rest) > 3 && rest[3] == "columns" {
		for _, word := range rest[4:] {
			object.AllColumns = append(object.AllColumns, name(word))
		}
	}
	if len(rest) > 3 && rest[3] == "wrapper" {
		object.Wrapper = name(rest[4])
	}
	object.OfExtension = len(rest) > 4 && rest[3] == "in" && rest[4] == "extension"
	r.catalog.Objects[id] = object
}

// others are the words for objects that are of a kind with another word, with their letters.
var others = map[string]struct {
	kind   catalog.Kind
	letter string
}{
	"view": {catalog.Table, "v"}, "materialized view": {catalog.Table, "m"}, "partitioned table": {catalog.Table, "p"}, "foreign table": {catalog.Table, "f"},
	"function": {catalog.Routine, "f"}, "security definer function": {catalog.Routine, "f"}, "procedure": {catalog.Routine, "p"}, "domain": {catalog.Type, "d"},
	"routine": {catalog.Routine, "f"}, "type": {catalog.Type, "e"},
}

// objectID reads the word for a kind, which may be several, and a name. It gives the words after them, too.
func (r *catalogReader) objectID(words []string) (id catalog.ObjectID, relkind string, rest []string) {
	for n := min(3, len(words)-1); n > 0; n-- {
		kind := strings.Join(words[:n], " ")
		relkind, id.Kind = others[kind].letter, catalog.Kind(strings.ToUpper(kind))
		if relkind != "" {
			id.Kind = others[kind].kind
		} else if all := id.Kind.Info().Relkinds; all != "" {
			relkind = all[:1]
		}
		if info := id.Kind.Info(); info.Kind != "" {
			text := words[n]
			if at := strings.LastIndexByte(text, '('); info.Name == catalog.NameWithArguments && at > 0 {
				id.Arguments = strings.ReplaceAll(text[at:], ",", ", ")
				text = text[:at]
			}
			id.Name = name(text)
			if info.InSchema() {
				dot := dotOf(text)
				id.Schema, id.Name = name(text[:dot]), name(text[dot+1:])
			}
			return id, relkind, words[n+1:]
		}
	}
	r.Fatalf("what is a %v?", words)
	return id, "", nil
}

// find gives an object that is in the catalog, and the words after it.
func (r *catalogReader) find(words []string) (*catalog.Object, []string) {
	id, _, rest := r.objectID(words)
	object := r.catalog.Objects[id]
	if object == nil {
		r.Fatalf("there is no %v", words)
	}
	return object, rest
}

func (r *catalogReader) grant(words []string) {
	item, column := catalog.Item{}, ""
	item.Privilege, words = privilege(words)
	if words[0] != "on" {
		column = name(strings.Trim(words[0], "()"))
		words = words[1:]
	}
	object, to := r.find(words[1:])
	item.Grantee, item.Grantor, item.Grantable = grantee(to[1]), name(to[3]), to[len(to)-1] == "grantable"
	if column == "" {
		object.ACL = catalog.NewACL(append(slices.Clone(object.ACL), item)...)
		return
	}
	if object.Columns == nil {
		object.Columns = map[string]catalog.ACL{}
	}
	object.Columns[column] = catalog.NewACL(append(slices.Clone(object.Columns[column]), item)...)
}

// privilege reads a privilege, of one word or two.
func privilege(words []string) (catalog.Privilege, []string) {
	if two := strings.Join(words[:2], " "); two == string(catalog.AlterSystem) {
		return catalog.AlterSystem, words[2:]
	}
	return catalog.Privilege(words[0]), words[1:]
}

func (r *catalogReader) revoke(words []string) {
	revoked, words := privilege(words)
	object, from := r.find(words[1:])
	object.ACL = slices.DeleteFunc(slices.Clone(object.ACL), func(item catalog.Item) bool {
		return item.Grantee == grantee(from[1]) && item.Privilege == revoked
	})
}

// public stands for everyone.
const public = "PUBLIC"

func grantee(word string) string {
	if word == public {
		return catalog.Public
	}
	return name(word)
}

// wordsOf divides a line at its spaces, but for those between double quotes.
func wordsOf(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && (r == ' ' || r == '\n')
	})
}

// dotOf finds the dot between a schema and a name.
func dotOf(word string) int {
	quoted := false
	return strings.IndexFunc(word, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return !quoted && r == '.'
	})
}

// name gives what a word stands for.
func name(word string) string {
	if len(word) > 1 && word[0] == '"' {
		return strings.ReplaceAll(word[1:len(word)-1], `""`, `"`)
	}
	return word
}

// word writes a name so that it is one word.
func word(name string) string {
	if name == public || strings.ContainsAny(name, " .\"()") {
		return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
	}
	return name
}
