package resolve_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgsr/planner/catalog"
)

// Catalogs of the stories are written as text, a line a fact. Each has a superuser postgres and a database db that he
// owns.
//
//	server 16 as admin [logged in as session]
//	role NAME [ATTRIBUTE ...] [password TEXT] [until DATE] [administers COUNT] [comment WORD] [holds PRIVILEGE on OBJECT]
//	member NAME of ROLE by GRANTOR [admin] [noinherit] [noset]
//	schema NAME owned by ROLE
//	table SCHEMA.NAME owned by ROLE
//	view SCHEMA.NAME owned by ROLE
//	grant PRIVILEGE [(column)] on OBJECT to GRANTEE by GRANTOR [grantable]
type catalogReader struct {
	*testing.T
	catalog *catalog.Catalog
	oid     uint32
}

const bootstrap, database = "postgres", "db"

func readCatalog(t *testing.T, text string) *catalog.Catalog {
	t.Helper()
	r := &catalogReader{T: t}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); len(words) > 0 {
			r.read(words)
		}
	}
	return r.catalog
}

func (r *catalogReader) read(words []string) {
	r.oid++
	switch rest := words[1:]; words[0] {
	case "server":
		r.server(rest)
	case "role":
		r.role(rest)
	case "member":
		r.member(rest)
	case "grant":
		r.grant(rest)
	default:
		r.object(words[0], rest)
	}
}

func (r *catalogReader) server(words []string) {
	major, err := strconv.Atoi(words[0])
	if err != nil {
		r.Fatal(err)
	}
	r.catalog = catalog.New(catalog.Server{
		VersionNum: major * 10000, Database: database, DatabaseOID: 5, Bootstrap: bootstrap, Defaults: defaults(major),
		CurrentUser: words[2], SessionUser: words[len(words)-1],
	})
	r.role([]string{bootstrap, "SUPERUSER", "LOGIN"})
	r.object("database", []string{database, "owned", "by", bootstrap})
}

// defaults is what acldefault() gives.
func defaults(major int) map[catalog.Kind]catalog.ACL {
	out := map[catalog.Kind]catalog.ACL{}
	for _, kind := range catalog.Kinds() {
		var items []catalog.Item
		for _, privilege := range kind.Privileges {
			if privilege != catalog.Maintain || major >= 17 {
				items = append(items, catalog.Item{Grantee: catalog.Owner, Grantor: catalog.Owner, Privilege: privilege})
			}
		}
		out[kind.Kind] = catalog.NewACL(items...)
	}
	return out
}

func (r *catalogReader) role(words []string) {
	role := &catalog.Role{Name: words[0], OID: r.oid, Verifier: catalog.NoPassword, Attributes: catalog.Attributes{Inherit: true, ConnectionLimit: -1}}
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
		case "password":
			i++
			role.Verifier = catalog.Verifier(words[i])
		case "until":
			i++
			until, err := time.Parse(time.DateOnly, words[i])
			if err != nil {
				r.Fatal(err)
			}
			role.ValidUntil = &until
		case "administers":
			i++
			role.Administers, _ = strconv.Atoi(words[i])
		case "comment":
			i++
			role.Comment = words[i]
		case "holds":
			id := objectID(words[i+3:])
			role.Holds = &catalog.Held{Privilege: catalog.Privilege(words[i+1]), Object: id}
			r.grant([]string{words[i+1], "on", words[i+3], words[i+4], "to", role.Name, "by", r.catalog.Objects[id].Owner})
			return
		default:
			r.Fatalf("what is %q of a role?", words[i])
		}
	}
}

func (r *catalogReader) member(words []string) {
	member, role := words[0], words[2]
	m := catalog.Membership{Member: member, Grantor: words[4], Options: r.catalog.DefaultOptions(member)}
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

func (r *catalogReader) object(word string, words []string) {
	relkind := map[string]string{"table": "r", "view": "v", "sequence": "S"}[word]
	if word == "view" {
		word = "table"
	}
	id := objectID([]string{word, words[0]})
	if id.Kind.Info().Kind == "" {
		r.Fatalf("what is a %s?", word)
	}
	owner := words[3]
	r.catalog.Objects[id] = &catalog.Object{ID: id, OID: r.oid, Owner: owner, Relkind: relkind, ACL: r.catalog.DefaultACL(id.Kind, owner)}
}

// objectID reads a kind and a name.
func objectID(words []string) catalog.ObjectID {
	id := catalog.ObjectID{Kind: catalog.Kind(strings.ToUpper(words[0])), Name: words[1]}
	if schema, name, is := strings.Cut(words[1], "."); is {
		id.Schema, id.Name = schema, name
	}
	return id
}

func (r *catalogReader) grant(words []string) {
	item, column := catalog.Item{Privilege: catalog.Privilege(words[0])}, ""
	words = words[1:]
	if words[0] != "on" {
		column = strings.Trim(words[0], "()")
		words = words[1:]
	}
	item.Grantee, item.Grantor, item.Grantable = words[4], words[6], words[len(words)-1] == "grantable"
	if item.Grantee == "PUBLIC" {
		item.Grantee = catalog.Public
	}
	object := r.catalog.Objects[objectID(words[1:])]
	switch {
	case object == nil:
		r.Fatalf("there is no %v", words[1:3])
	case column == "":
		object.ACL = catalog.NewACL(append(object.ACL, item)...)
	default:
		if object.Columns == nil {
			object.Columns = map[string]catalog.ACL{}
		}
		object.Columns[column] = catalog.NewACL(append(object.Columns[column], item)...)
	}
}

// differences writes what is only in the one catalog and what is only in the other, in the words of the stories.
func differences(current, desired *catalog.Catalog) string {
	before, after := linesOf(current), linesOf(desired)
	var out []string
	for _, line := range before {
		if !slices.Contains(after, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			out = append(out, "+ "+line)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(a[2:], b[2:]) })
	return unlines(out)
}

func unlines(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, "\n") + "\n"
}

// linesOf leaves out what an owner has by itself.
func linesOf(c *catalog.Catalog) []string {
	var out []string
	for _, role := range c.Roles {
		out = append(out, roleLine(role))
	}
	for role, rows := range c.Members {
		for _, m := range rows {
			line := fmt.Sprintf("member %s of %s by %s", m.Member, role, m.Grantor)
			out = append(out, line+option(m.Admin, "admin")+option(!m.Inherit, "noinherit")+option(!m.Set, "noset"))
		}
	}
	for id, object := range c.Objects {
		out = append(out, fmt.Sprintf("%s owned by %s", objectWords(id), object.Owner))
		out = append(out, aclLines(object, object.ACL, "")...)
		for column, acl := range object.Columns {
			out = append(out, aclLines(object, acl, " ("+column+")")...)
		}
	}
	return out
}

func roleLine(role *catalog.Role) string {
	has := role.Attributes
	line := "role " + role.Name + option(has.Superuser, "SUPERUSER") + option(has.CreateRole, "CREATEROLE") + option(has.CreateDB, "CREATEDB") +
		option(has.Login, "LOGIN") + option(!has.Inherit, "NOINHERIT")
	if role.Verifier != "" && role.Verifier != catalog.NoPassword {
		line += " password " + string(role.Verifier)
	}
	if role.ValidUntil != nil {
		line += " until " + role.ValidUntil.Format(time.DateOnly)
	}
	line += option(role.Comment != "", "comment "+role.Comment)
	if role.Holds != nil {
		line += fmt.Sprintf(" holds %s on %s", role.Holds.Privilege, objectWords(role.Holds.Object))
	}
	return line
}

func aclLines(object *catalog.Object, acl catalog.ACL, column string) []string {
	var out []string
	for _, item := range acl {
		if item.Grantee != object.Owner {
			grantee := cmp.Or(item.Grantee, "PUBLIC")
			out = append(out, fmt.Sprintf("grant %s%s on %s to %s by %s", item.Privilege, column, objectWords(object.ID), grantee, item.Grantor)+option(item.Grantable, "grantable"))
		}
	}
	return out
}

func objectWords(id catalog.ObjectID) string {
	kind, name, _ := strings.Cut(id.String(), " ")
	return strings.ToLower(kind) + " " + name
}

func option(is bool, word string) string {
	if is {
		return " " + word
	}
	return ""
}
