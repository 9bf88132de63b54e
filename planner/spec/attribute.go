package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"pgsr/planner/catalog"
	"pgsr/planner/lists"
)

// Attribute is one of a role's attributes, as CREATE ROLE has them: CREATEDB, NOINHERIT, CONNECTION LIMIT 20.
// https://www.postgresql.org/docs/current/sql-createrole.html
type Attribute struct {
	// Word is the attribute without NO in front; empty: it is CONNECTION LIMIT.
	Word catalog.AttributeWord
	// No is that the role is not to have it.
	No bool
	// Limit is that of CONNECTION LIMIT; -1 is none.
	Limit int
	// At is where that stands; zero if the spec was built in Go.
	At Position
}

const connectionLimit = "CONNECTION LIMIT"

// String writes the attribute as CREATE ROLE has it.
func (a Attribute) String() string {
	switch {
	case a.Word == "":
		return fmt.Sprintf("%s %d", connectionLimit, a.Limit)
	case a.No:
		return "NO" + string(a.Word)
	}
	return string(a.Word)
}

// key gives what an attribute is about, whatever it says of it.
func (a Attribute) key() string {
	if a.Word == "" {
		return connectionLimit
	}
	return string(a.Word)
}

// problem says what is wrong with an attribute that was built in Go.
func (a Attribute) problem() string {
	switch {
	case a.Word == "" && a.Limit < catalog.NoConnectionLimit:
		return fmt.Sprintf("%s %d is no limit: it is a number from 0 on, or -1 for none", connectionLimit, a.Limit)
	case a.Word != "" && a.Word.Info() == nil:
		return fmt.Sprintf("unknown attribute %q: %s", Shorten(string(a.Word)), KnownAre(string(a.Word), attributeTexts()))
	}
	return ""
}

func attributeTexts() []string {
	words := lists.Concat(catalog.AttributeInfos(), func(info catalog.AttributeInfo) []string {
		return []string{string(info.Word), "NO" + string(info.Word)}
	})
	return append(words, connectionLimit+" n")
}

// ofLogin says what to write for what is no attribute here, because login decides it.
var ofLogin = map[string]string{
	"LOGIN":    "whether a role can log in is decided by login: write login: {} beside attributes",
	"NOLOGIN":  "whether a role can log in is decided by login: leave the key login out for a role that cannot",
	"PASSWORD": "passwords stand under login: write login: {password: {env: NAME}}",
	"VALID":    "the end of a password stands under login: write login: {valid_until: 2027-01-31T00:00:00Z}",
}

// ParseAttribute reads an attribute as CREATE ROLE has it. Its words are case-blind. The error says what to write, and
// shows nothing of a text that speaks of a password.
func ParseAttribute(text string) (Attribute, error) {
	words := strings.FieldsFunc(strings.Map(asciiCapital, text), isSQLSpace)
	joined := strings.Join(words, " ")
	if len(words) >= 2 && len(words) <= 3 && strings.Join(words[:2], " ") == connectionLimit {
		return parseLimit(strings.Join(words[2:], ""))
	}
	for _, info := range catalog.AttributeInfos() {
		if joined == string(info.Word) || joined == "NO"+string(info.Word) {
			return Attribute{Word: info.Word, No: joined != string(info.Word)}, nil
		}
	}
	if word := wordOfLogin(joined); word != "" {
		return Attribute{}, fmt.Errorf("%s is not for attributes: %s", word, ofLogin[word])
	}
	return Attribute{}, fmt.Errorf("unknown attribute %q: %s", Shorten(text), KnownAre(joined, attributeTexts()))
}

// asciiCapital makes a letter a capital. Letters beyond ASCII, some of which fold to one of it, stay as they are.
func asciiCapital(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

// wordOfLogin gives the first word of a text that login decides, PASSWORD before all others; empty: there is none.
func wordOfLogin(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	if slices.Contains(words, "PASSWORD") {
		return "PASSWORD"
	}
	if at := slices.IndexFunc(words, func(word string) bool { return ofLogin[word] != "" }); at >= 0 {
		return words[at]
	}
	return ""
}

func parseLimit(text string) (Attribute, error) {
	limit, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return Attribute{}, fmt.Errorf("%s needs a whole number behind it, -1 for no limit: %s 20, for example", connectionLimit, connectionLimit)
	}
	a := Attribute{Limit: int(limit)}
	if problem := a.problem(); problem != "" {
		return Attribute{}, fmt.Errorf("%s", problem)
	}
	return a, nil
}

// AttributesOf gives what a list of attributes decides: CREATE ROLE's defaults, but for what is in the list. Login is
// none of them.
func AttributesOf(list []Attribute) catalog.Attributes {
	out := catalog.NewAttributes()
	for _, a := range list {
		if a.Word == "" {
			out.ConnectionLimit = a.Limit
		} else if info := a.Word.Info(); info != nil {
			*info.Of(&out) = !a.No
		}
	}
	return out
}

func (c *checker) checkAttributes(role *Role) {
	seen := map[string]Attribute{}
	for _, a := range role.Attributes {
		before, again := seen[a.key()]
		switch problem := a.problem(); {
		case problem != "":
			c.refuse(KeyAttributes, a.At, problem)
		case again && before.String() == a.String():
			c.fail(KeyAttributes, a.At, "%s is listed twice", a)
		case again:
			c.fail(KeyAttributes, a.At, "%s contradicts %s: keep one", a, before)
		}
		seen[a.key()] = a
	}
}
