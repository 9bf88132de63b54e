package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"pgsr/planner/catalog"
)

var update = flag.Bool("update", false, "write the generated parts of the pages")

// generated are the parts of pages that are made of what the program itself goes by, each between two comments.
var generated = []struct {
	page, name string
	text       func() string
}{
	{"docs/spec.md", "kinds", kindsTable},
	{"docs/spec.md", "attributes", attributesTable},
	{"docs/commands.md", "exit status", exitTable},
	{"docs/commands.md", "flags", flagTables},
}

// TestGeneratedPartsOfPages: with -update it writes them.
func TestGeneratedPartsOfPages(t *testing.T) {
	for _, part := range generated {
		file := filepath.Join(repository, part.page)
		before, rest, begins := strings.Cut(readFile(t, file), "<!-- generated: "+part.name+" -->\n")
		is, after, ends := strings.Cut(rest, "<!-- end of "+part.name+" -->\n")
		if !begins || !ends {
			t.Fatalf("%s has no part %q", part.page, part.name)
		}
		want := "\n" + part.text() + "\n"
		if is == want {
			continue
		}
		if !*update {
			t.Errorf("%s: the part %q is out of date: run go test ./cmd/pgsr -run TestGeneratedPartsOfPages -update", part.page, part.name)
			continue
		}
		text := before + "<!-- generated: " + part.name + " -->\n" + want + "<!-- end of " + part.name + " -->\n" + after
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// row is a line of a table. What is between backquotes holds bars as they are.
func row(cells ...string) string {
	for i, cell := range cells {
		cells[i] = strings.ReplaceAll(cell, "|", `\|`)
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func table(head ...string) string {
	return row(head...) + strings.Repeat("|---", len(head)) + "|\n"
}

// quoted puts a text between backquotes; empty stays empty.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// kindsTable has the kinds of objects with their privileges.
func kindsTable() string {
	var text strings.Builder
	text.WriteString(table("word", "many of them", "privileges", "of these on columns", "PostgreSQL"))
	for _, kind := range catalog.Kinds() {
		one, many := quoted(string(kind.Kind)), ""
		for _, word := range kind.Words {
			one += ", " + quoted(word.One)
		}
		if kind.InSchema() || kind.Kind == catalog.Database {
			many = quoted(kind.Plural)
			for _, word := range kind.Words {
				many += ", " + quoted(word.Plural)
			}
		}
		from := "all"
		if kind.From > 0 {
			from = fmt.Sprintf("%d and later", kind.From)
		}
		text.WriteString(row(one, many, catalog.JoinPrivileges(kind.Privileges), catalog.JoinPrivileges(kind.ColumnPrivileges), from))
	}
	return text.String()
}

// attributesTable has the attributes, and what a new role has of them.
func attributesTable() string {
	var text strings.Builder
	text.WriteString(table("attribute", "its contrary", "of a new role"))
	of := catalog.NewAttributes()
	for _, info := range catalog.AttributeInfos() {
		is := "NO" + string(info.Word)
		if *info.Of(&of) {
			is = string(info.Word)
		}
		text.WriteString(row(quoted(string(info.Word)), quoted("NO"+string(info.Word)), quoted(is)))
	}
	text.WriteString(row(quoted("CONNECTION LIMIT n"), "", quoted(fmt.Sprintf("CONNECTION LIMIT %d", of.ConnectionLimit))))
	return text.String()
}

func exitTable() string {
	var text strings.Builder
	text.WriteString(table("exit status", ""))
	for _, s := range exitStatuses {
		text.WriteString(row(fmt.Sprint(s.status), s.about))
	}
	return text.String()
}

// flagTables has every command with its flags, as help has them.
func flagTables() string {
	var text strings.Builder
	p := &program{lookupEnv: os.LookupEnv, stdin: strings.NewReader("")}
	var walk func(prefix string, commands []*cli.Command)
	walk = func(prefix string, commands []*cli.Command) {
		for _, c := range commands {
			name := prefix + " " + c.Name
			flags := ""
			for _, flag := range c.Flags {
				flags += flagRow(flag)
			}
			if flags != "" {
				fmt.Fprintf(&text, "### %s\n\n%s%s\n", name, table("flag", "what it does"), flags)
			}
			walk(name, c.Subcommands)
		}
	}
	walk("pgsr", p.app().Commands)
	return strings.TrimSuffix(text.String(), "\n")
}

// flagRow is empty for one that every command has.
func flagRow(flag cli.Flag) string {
	names := flag.Names()
	if names[0] == "help" {
		return ""
	}
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = quoted(dashed(name))
	}
	usage := flag.(cli.DocGenerationFlag).GetUsage()
	if before, rest, has := strings.Cut(usage, "`"); has { // urfave/cli takes what is between them for the name of the value
		value, after, _ := strings.Cut(rest, "`")
		shown[0] = quoted(dashed(names[0]) + " " + value)
		usage = before + value + after
	}
	return row(strings.Join(shown, ", "), usage)
}
