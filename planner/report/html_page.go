package report

import (
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"strings"
	"sync"

	"pgsr/planner/script"
)

// pageTemplate is parsed when it is first needed. The content security policy allows the page's own style and script,
// by their hashes, and nothing else.
// https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
var pageTemplate = sync.OnceValue(func() *template.Template {
	policy := "default-src 'none'; style-src " + hashSource(htmlStyle) + "; script-src " + hashSource(htmlScript) +
		"; base-uri 'none'; form-action 'none'"
	page := strings.NewReplacer("%POLICY%", policy, "%STYLE%", htmlStyle, "%SCRIPT%", htmlScript).Replace(htmlTemplate)
	return template.Must(template.New("page").Funcs(pageFunctions).Parse(page))
})

// pageFunctions write what is in a document. A name from outside goes through printable, or was written for people
// before.
var pageFunctions = template.FuncMap{
	"printable": script.Printable, "server": script.DescribeServer, "user": script.DescribeUser, "effectCounts": effectCounts,
	"marks":  func() []script.Mark { return []script.Mark{script.Gives, script.Takes, script.Changes} },
	"marked": marked, "class": markClass, "sign": signOf, "names": htmlNamesOf,
}

func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// htmlTemplate is the page. A section with nothing in it is left out.
const htmlTemplate = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%POLICY%">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Roles of database {{printable .Server.Database}}: {{.Counts}}</title>
<style>%STYLE%</style>
</head>
<body>
<header>
<p class="kicker">pgsr · plan</p>
<h1>Roles of database <bdi>{{printable .Server.Database}}</bdi></h1>
<p class="pills"><span class="pill gives">+{{marked .Statements '+'}} given</span> <span class="pill takes">−{{marked .Statements '-'}} taken</span> <span class="pill changes">~{{marked .Statements '~'}} changed</span></p>
<p class="tally">{{.Counts}}</p>
<dl>
<dt>Server</dt><dd>{{printable (server .Server)}}</dd>
<dt>Runs as</dt><dd>{{printable (user .Server)}}</dd>
<dt>Plan</dt><dd>{{printable .Origin.WrittenBy}}</dd>
{{range .Origin.Sources}}<dt>Spec</dt><dd><bdi>{{printable .Name}}</bdi> <code class="hash" title="SHA-256">{{printable .SHA256}}</code></dd>
{{end}}</dl>
<nav>{{with .Effect}}{{if .Marks}}<a href="#twice">Look twice</a>{{end}}<a href="#access">Effective access</a>{{end}}{{if .Picture}}<a href="#graph">Picture</a>{{end}}{{if .Sections}}<a href="#changes">Changes</a><a href="#sql">SQL</a>{{end}}{{if .Rollback}}<a href="#back">The way back</a>{{end}}</nav>
</header>
<main>
{{if .Highlights}}<section id="foremost"><h2>First of all, this</h2>
<ul class="cards">{{range .Highlights}}<li class="card takes"><bdi>{{.}}</bdi></li>{{end}}</ul></section>
{{end}}{{if .Warnings}}<section id="warnings"><h2>Warnings</h2>
<ul class="cards">{{range .Warnings}}<li class="card changes"><bdi>{{printable .}}</bdi></li>{{end}}</ul></section>
{{end}}{{with .Effect}}{{if .Marks}}<section id="twice"><h2>Look twice</h2>
<ul class="cards">{{range .Marks}}<li class="card mark"><strong>{{printf "%s" .Kind | printable}}</strong> <bdi>{{printable .Text}}</bdi></li>{{end}}</ul></section>
{{end}}{{end}}{{if not .Sections}}<section id="nothing"><h2>Nothing to do</h2><p>The roles are what the spec says.</p></section>
{{else}}<p id="search" class="search" hidden><label for="q">Search</label> <input id="q" type="search" placeholder="alice select orders" autocomplete="off" spellcheck="false"> <output id="found" for="q"></output></p>
{{end}}{{if .Effect}}<section id="access"><h2>Effective access</h2>
<p class="tally">{{effectCounts .Effect}}</p>
{{if .Access}}<div class="scroll"><table>
<thead><tr><th></th><th>Who</th><th>What</th><th>On</th><th>How</th></tr></thead>
<tbody>
{{range .Access}}<tr data-row class="{{class .Mark}}"><td class="sign">{{sign .Mark}}</td><td>{{template "names" names .Roles}} <span class="verb">{{.Verb}}</span></td><td>{{range $i, $p := .Privileges}}{{if $i}}, {{end}}<b>{{$p}}</b>{{end}}</td><td>{{template "names" names .Objects}}</td><td>{{if .Via}}via {{range $i, $v := .Via}}{{if $i}} → {{end}}<bdi class="name">{{$v}}</bdi>{{end}}, {{end}}{{.How}}</td></tr>
{{end}}</tbody></table></div>{{else}}<p>Nobody gains or loses a privilege.</p>{{end}}</section>
{{end}}{{with .Picture}}<section id="graph"><h2>Picture</h2>
<p class="legend"><span class="gives">given</span> <span class="takes">taken</span> <span class="changes">changed</span> · from who has to what they have{{if .Hidden}} · {{.Hidden}} of {{.Total}} roles and objects are left out: those with the fewest lines{{end}}</p>
<div class="scroll"><svg role="img" aria-label="Roles, their memberships and objects" width="{{.Width}}" height="{{.Height}}" viewBox="0 0 {{.Width}} {{.Height}}">
<defs>{{range marks}}{{$m := class .}}<marker id="arrow-{{$m}}" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="{{$m}} head" d="M0 0L8 4L0 8z"></path></marker>{{end}}</defs>
{{range .Lines}}<path class="line {{.Class}}" d="{{.Path}}" marker-end="url(#arrow-{{.Class}})"><title>{{.Full}}</title></path>
{{end}}{{range .Boxes}}<g class="{{.Class}}"><title>{{.Full}}</title><rect x="{{.X}}" y="{{.Y}}" width="{{.Width}}" height="{{.Height}}" rx="{{.Radius}}"></rect><text x="{{.TextX}}" y="{{.TextY}}">{{.Text}}</text></g>
{{end}}{{range .Lines}}{{if .Text}}<text class="label {{.Class}}" x="{{.TextX}}" y="{{.TextY}}">{{.Text}}</text>
{{end}}{{end}}</svg></div></section>
{{end}}{{if .Sections}}<section id="changes"><h2>Changes</h2>
<div class="scroll"><table>
{{range .Sections}}<tbody><tr class="heading"><th colspan="3">{{.Title}}</th></tr>
{{range .Changes}}<tr data-row class="{{class .Mark}}"><td class="sign">{{sign .Mark}}</td><td><bdi>{{.Text}}</bdi></td><td class="why"><bdi>{{.Reason}}</bdi>{{if .As}} <span class="as">as <bdi>{{.As}}</bdi></span>{{end}}</td></tr>
{{end}}</tbody>
{{end}}</table></div></section>
<section id="sql"><h2>SQL</h2>
<p>For psql: <code>psql -f change.sql</code> <button type="button" data-copy="script" hidden>Copy</button></p>
<pre id="script" tabindex="0">{{.Script}}</pre></section>
{{end}}{{if .Rollback}}<section id="back"><h2>The way back</h2>
{{if .Rollback.Warnings}}<ul class="cards">{{range .Rollback.Warnings}}<li class="card changes"><bdi>{{printable .}}</bdi></li>{{end}}</ul>{{end}}
<details><summary>The script back</summary>
<p><button type="button" data-copy="scriptback" hidden>Copy</button></p>
<pre id="scriptback" tabindex="0">{{.RollbackScript}}</pre></details></section>
{{end}}</main>
<script>%SCRIPT%</script>
</body>
</html>
{{define "names"}}{{range $i, $n := .First}}{{if $i}}, {{end}}<bdi class="name">{{$n}}</bdi>{{end}}{{if .Rest}} <details class="rest"><summary>and {{len .Rest}} more</summary>{{range $i, $n := .Rest}}{{if $i}}, {{end}}<bdi class="name">{{$n}}</bdi>{{end}}</details>{{end}}{{end}}
`
