package executor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/resolve"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// EncodingError says which texts a database cannot hold, because of its encoding.
// https://www.postgresql.org/docs/current/multibyte.html
type EncodingError struct {
	// Encoding is that of the database.
	Encoding string
	// Problems say of each text what is wrong with it.
	Problems []string
}

// Error lists all of them.
func (e *EncodingError) Error() string {
	return fmt.Sprintf("the database's encoding is %s, so nothing was done:\n  %s", e.Encoding, strings.Join(e.Problems, "\n  "))
}

// namesOfScope gives the names that a scope has.
func namesOfScope(scope catalog.Scope) []string {
	all := slices.Concat(scope.Roles, scope.Mentioned, scope.Below)
	for _, contents := range scope.Contents {
		all = append(all, contents.Schema)
	}
	for _, id := range scope.Objects {
		all = append(all, id.Schema, id.Name, id.Arguments)
	}
	return all
}

// checkEncoding refuses a spec that has texts which the database cannot hold. It asks the server once, where the
// encoding is not UTF-8, and where reading failed for such a text.
func (p *planning) checkEncoding(ctx context.Context, from catalogReader, err error) error {
	isUTF8 := from.Conn.PgConn().ParameterStatus("server_encoding") == script.UTF8
	if from.tx != nil || p.encodingChecked || from.Conn.IsClosed() || err == nil && isUTF8 || err != nil && !isUntranslatable(err) {
		return err
	}
	p.encodingChecked = true
	texts := textsOfRoles(p.spec.Roles)
	if refused := checkTexts(ctx, from.Session, namesOfScope(p.including(resolve.Scope(p.spec), false)), texts); refused != nil {
		return refused
	}
	return unreadable(ctx, from.Conn, err)
}

// textsOfRoles gives what is written for roles and is no name: comments, and what settings are set to.
func textsOfRoles(roles []spec.Role) []string {
	var texts []string
	for _, role := range roles {
		if role.Comment != nil {
			texts = append(texts, *role.Comment)
		}
		settings := role.Settings
		for _, in := range role.In {
			settings = slices.Concat(settings, in.Settings)
		}
		for _, setting := range settings {
			texts = append(texts, setting.Values...)
		}
	}
	return texts
}

// checkTexts refuses names and other texts that the database cannot hold. It can hold ASCII, and where its encoding is
// UTF-8, everything. SQL_ASCII holds all bytes, but not what has to be written with a Unicode escape.
func checkTexts(ctx context.Context, s wire.Session, names []string, texts []string) error {
	encoding := s.Conn.PgConn().ParameterStatus("server_encoding")
	if encoding == script.UTF8 {
		return nil
	}
	refused := &EncodingError{Encoding: encoding}
	if wire.ClientEncoding(s.Conn) == encoding {
		return refused.unless(slices.DeleteFunc(suspects(names, texts), suspect.isPrintable))
	}
	for left := suspects(names, texts); len(left) > 0 && len(refused.Problems) < mostProblems; {
		asked := 0
		requests := lists.Map(left, func(text suspect) wire.Request { return text.ask(refused, &asked) })
		switch err := s.Read(ctx, requests...); {
		case err == nil:
			left = nil
		case isUntranslatable(err): // the transaction has failed, and the rest is asked for in another
			refused.Problems = append(refused.Problems, fmt.Sprintf("it cannot hold %q", left[asked].text))
			left = left[asked+1:]
		default:
			return err
		}
	}
	return refused.unless(nil)
}

// unless gives the error with more texts that the database cannot hold; nil if there are no problems at all.
func (e *EncodingError) unless(unheld []suspect) error {
	for _, s := range unheld {
		e.Problems = append(e.Problems, fmt.Sprintf("it cannot hold %q", s.text))
	}
	if len(e.Problems) == 0 {
		return nil
	}
	return e
}

// mostProblems bounds how many problems an error names.
const mostProblems = 10

// suspect is a text that the database may be unable to hold.
type suspect struct {
	text   string
	isName bool
}

// suspects gives those of some texts that are not ASCII, each once.
func suspects(names []string, texts []string) []suspect {
	var all []suspect
	seen := map[suspect]bool{}
	for i, text := range slices.Concat(names, texts) {
		s := suspect{text, i < len(names)}
		if isASCII(text) || seen[s] {
			continue
		}
		seen[s] = true
		all = append(all, s)
	}
	return all
}

func (s suspect) isPrintable() bool {
	return !strings.ContainsFunc(s.text, func(r rune) bool { return r > '~' && !catalog.IsSeen(r) })
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > '~' })
}

// ask asks for the length of a text in the database's encoding. The server truncates a name that is too long, and would
// so take another role for it.
func (s suspect) ask(refused *EncodingError, asked *int) wire.Request {
	var bytes int
	return wire.Query{Doing: "looking whether the database can hold a text", SQL: gen.TextLength, Args: []any{s.text}, Read: func(rows pgx.Rows) error {
		err := wire.Into(&bytes)(rows)
		if err != nil {
			return err
		}
		*asked++
		if s.isName && bytes > wire.MaxName {
			refused.Problems = append(refused.Problems, fmt.Sprintf("the name %q is %d bytes long there, and a name has at most %d", s.text, bytes, wire.MaxName))
		}
		return nil
	}}
}
