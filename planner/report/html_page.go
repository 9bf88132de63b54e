package report

import (
	"crypto/sha256"
	_ "embed" // the page, its style sheet and its script
	"encoding/base64"
	"html/template"
	"strings"
	"sync"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

// The page is a template, in which a section with nothing in it is left out. Style sheet and script have no comments:
// html/template would take them out, and the hashes would differ. What is searched for stands in the address, so that
// it can be sent: page.html#q=alice.
var (
	//go:embed page.html
	pageText string
	//go:embed page_sequence.html
	sequenceText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
)

// pageTemplate is parsed when it is first needed. The content security policy allows the page's own style and script,
// by their hashes, and nothing else.
// https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
var pageTemplate = sync.OnceValue(func() *template.Template {
	style, code := "\n"+pageStyle, "\n"+pageScript
	policy := "default-src 'none'; style-src " + hashSource(style) + "; script-src " + hashSource(code) +
		"; base-uri 'none'; form-action 'none'"
	fill := strings.NewReplacer("%POLICY%", policy, "%STYLE%", style, "%SCRIPT%", code)
	page := template.Must(template.New("page").Funcs(pageFunctions).Parse(fill.Replace(pageText)))
	template.Must(page.New("sequence").Parse(fill.Replace(sequenceText)))
	return page
})

// pageFunctions write what is in a document. A name from outside goes through printable, or was written for people
// before.
var pageFunctions = template.FuncMap{
	"printable": catalog.Printable, "server": script.DescribeServer, "user": script.DescribeUser, "number": script.Number, "leftCount": script.LeftCount,
	"marks":  func() []script.Mark { return []script.Mark{script.Gives, script.Takes, script.Changes} },
	"count":  func(all []script.Statement) string { return script.Count(len(all), "statement", "statements") },
	"moreIn": func(n, columns int) map[string]int { return map[string]int{"N": n, "Columns": columns} },
	"class":  markWord, "sign": signOf,
	"markOf": func(line string) script.Mark { return script.Mark(line[0]) }, "textOf": func(line string) string { return line[2:] },
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
