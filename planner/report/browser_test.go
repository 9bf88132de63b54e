//go:build browser

// These tests open pages in a real Chromium: `make test-browser`, which CI runs. `make test` is for machines without
// one, too.

package report

import (
	_ "embed" // what is measured
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/lists"
	"pgsr/planner/script"
)

//go:embed testdata/measure.js
var measureScript string

// measured fails for what a function of testdata/measure.js finds wrong.
func (b *tab) measured(of string, functions ...string) {
	b.Helper()
	b.ask(measureScript, nil)
	for _, function := range functions {
		var wrong []string
		b.ask("measure."+function+"()", &wrong)
		for _, each := range wrong[:min(len(wrong), 5)] {
			b.Errorf("%s: %s: %s", of, function, each)
		}
	}
}

// count counts the elements that a selector finds.
func (b *tab) count(selector string) int {
	b.Helper()
	n := 0
	b.ask(fmt.Sprintf("document.querySelectorAll(%q).length", selector), &n)
	return n
}

// Pages of every sort can be read: on a screen, in the dark, on a telephone and on paper.
func TestPagesCanBeRead(t *testing.T) {
	b := newTab(t)
	for name, page := range map[string]string{
		"example": written(t, "html", example()), "guarded": written(t, "html", guarded()), "thirty-seven": written(t, "html", thirtySeven()),
		"market": written(t, "html", marketPlan(12)), "tenants": written(t, "html", tenants(100)), "different": written(t, "html", different(40)),
		"wide names": written(t, "html", wideNames()), "hostile": written(t, "html", hostileDocument()), "databases": writtenSequence(t, "html", sequenceOf(thirtySeven(), marketPlan(1))),
	} {
		b.show(1280, "screen", false)
		b.open(page, "")
		b.ask(`document.querySelectorAll("details:not(.rest)").forEach(function (d) { d.open = true; })`, nil)
		b.measured(name+" on a screen", "overlaps", "contrasts", "wide", "scopes")
		b.show(1280, "screen", true)
		b.measured(name+" in the dark", "contrasts")
		b.show(400, "screen", false)
		b.measured(name+" on a telephone", "overlaps", "contrasts", "wide", "stacked")
		b.show(703, "print", false) // the width of A4 without margins
		b.measured(name+" on paper", "overlaps", "wide", "pages")
	}
}

// What is measured is found where it is wrong.
func TestPageIsMeasured(t *testing.T) {
	b := newTab(t)
	b.show(400, "screen", false)
	b.open(`<body style="background: white"><p style="color: #999; border: 1px solid #ddd; width: 500px">pale</p>
<table><thead><tr><th>head</th></tr></thead><tr data-row><td>one</td><td>two</td></tr><tr class="heading"><th style="display: block; width: 26px">Lost</th></tr></table>
<div class="picture"><svg width="300" height="1200"><g><rect width="20" height="20"></rect><text class="box" y="15">longer than its box</text></g><text y="15">SELECT</text></svg></div>`, "")
	b.ask(measureScript, nil)
	for function, least := range map[string]int{"overlaps": 3, "contrasts": 3, "wide": 2, "stacked": 4, "scopes": 2, "pages": 2} {
		var wrong []string
		if b.ask("measure."+function+"()", &wrong); len(wrong) < least {
			t.Errorf("%s finds only %q", function, wrong)
		}
	}
}

// A plan of 37 statements is printed on at most 8 pages, and its picture on one.
func TestPageIsPrinted(t *testing.T) {
	b := newTab(t)
	for name, most := range map[string]int{"thirty-seven": 8, "market": 0} {
		b.show(1280, "screen", false)
		b.open(written(t, "html", map[string]Document{"thirty-seven": thirtySeven(), "market": marketPlan(12)}[name]), "")
		if most > 0 {
			if n := b.pages(filepath.Join(t.ArtifactDir(), name+".pdf")); n < 2 || n > most {
				t.Errorf("%s: printed on %d pages", name, n)
			}
		}
		b.ask(`document.querySelectorAll("header, section:not(.picture)").forEach(function (e) { e.style.display = "none"; })`, nil)
		if n := b.pages(filepath.Join(t.ArtifactDir(), name+"-picture.pdf")); n != 1 {
			t.Errorf("%s: the picture is printed on %d pages", name, n)
		}
	}
}

// What is searched for is shown alone, and what is filtered for in the table of roles.
func TestPageIsSearched(t *testing.T) {
	b := newTab(t)
	b.open(written(t, "html", guarded()), "")
	all := b.count("tr[data-row]")
	if all < 20 || b.count("tr[data-row][hidden]") != 0 || b.count("#search[hidden]") != 0 || b.count("button[hidden]") != 0 {
		t.Errorf("%d rows, of which some are hidden, or the search is", all)
	}
	b.open(written(t, "html", guarded()), "q=BOB sales.orders")
	shown := "tr[data-row]:not([hidden])"
	if n := b.count(shown); n < 2 || n > 5 || b.text(`document.getElementById("found").textContent`) != fmt.Sprintf("%d of %d", n, all) {
		t.Errorf("%d rows are found, and the page says %s", n, b.text(`document.getElementById("found").textContent`))
	}
	if !strings.Contains(b.text(`Array.from(document.querySelectorAll("tr[data-row]:not([hidden])")).every(function (r) { return /bob/.test(r.textContent) && /sales.orders/.test(r.textContent); })`), "true") {
		t.Error("other rows are found")
	}
	if b.count("tr.heading[hidden]") == 0 {
		t.Error("headings without rows stay")
	}
	b.open(written(t, "html", tenants(300)), "")
	b.click("#twice a")
	if b.count("#each details[open]") != 1 {
		t.Error("the table of roles does not open")
	}
	b.ask(`(function () { var f = document.getElementById("filter"); f.value = "tenant_00007"; f.dispatchEvent(new Event("input")); })()`, nil)
	if b.count("#each tr[data-row]:not([hidden])") != 1 || b.text(`document.getElementById("kept").textContent`) != "1 of 400" || b.count("#access tr[data-row][hidden]") != 0 {
		t.Error("the filter keeps other rows")
	}
}

// Without JavaScript everything can be reached; only what needs it is not there.
func TestPageWithoutJavaScript(t *testing.T) {
	b := newTab(t)
	b.show(1280, "screen", false)
	b.tell("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	b.open(written(t, "html", tenants(300)), "")
	if b.count("tr[data-row][hidden]") != 0 || b.count("#search[hidden]") != 1 || b.count(".filter[hidden]") != 1 || b.count("button:not([hidden])") != 0 {
		t.Error("rows are hidden, or what needs JavaScript is shown")
	}
	b.click("#twice a")
	if b.count("#each details[open]") != 1 {
		t.Error("the table of roles does not open")
	}
	b.open(written(t, "html", marketPlan(12)), "")
	if n := b.count(".picture details"); n != 5 || b.count("svg a") != 5 || b.count(".picture details[open]") != 0 {
		t.Errorf("%d schemas can be opened", n)
	}
	b.click("svg a")
	if b.count(".picture details[open]") != 1 {
		t.Error("a click on a schema does not open it")
	}
	b.click(".picture details:not([open]) summary")
	if b.count(".picture details[open]") != 2 {
		t.Error("a click on the name of a schema does not open it")
	}
	b.click("details.rest summary")
	if b.count("details.rest[open]") != 1 {
		t.Error("names do not unfold")
	}
}

// Whatever names hold, the browser finds no script and no picture of theirs, and loads nothing.
func TestHostilePageInABrowser(t *testing.T) {
	b := newTab(t)
	for name, d := range map[string]Document{"hostile": hostileDocument(), "wide": wideNames()} {
		b.open(written(t, "html", d), "q=alert")
		if b.count("script") != 1 || b.count("img") != 0 || b.count("tr[data-row]:not([hidden])") == 0 {
			t.Errorf("%s: a name became an element, or is not shown", name)
		}
		if n := b.text(`performance.getEntriesByType("resource").length`); n != "0" {
			t.Errorf("%s: the page loads %s things", name, n)
		}
	}
}

// The page needs no other file, from wherever: it names none.
func TestPageIsSelfContained(t *testing.T) {
	page := written(t, "html", guarded())
	for _, word := range []string{"http://", "https://", " src=", "@import", "<link", "<iframe", " onclick=", "style=\""} {
		if strings.Contains(page, word) {
			t.Errorf("the page has %s", word)
		}
	}
}

// However many roles and objects there are, the picture can be looked at, and says what it leaves out.
func TestPictureIsCapped(t *testing.T) {
	p := pictureOf(crowd(5000))
	if len(p.Boxes) > mostNodes || len(p.Boxes) < 16 || p.Total != 5051 || p.Hidden < 1000 || p.Hidden > 4900 || p.Width > 2500 || p.Height > tallest {
		t.Errorf("%d boxes, %d of %d hidden, %d by %d", len(p.Boxes), p.Hidden, p.Total, p.Width, p.Height)
	}
	d := warehouse()
	d.Statements = crowd(5000)
	if text := written(t, "html", d); !strings.Contains(text, " of 5,051 roles and objects are left out") {
		t.Error("the page does not say what the picture leaves out")
	}
}

// Where there are more than 15 objects, those of a schema are one box, which opens.
func TestPictureOfSchemas(t *testing.T) {
	p := pictureOf(marketPlan(12).Statements)
	titles := lists.Map(p.Parts, func(part picturePart) string { return part.Title })
	if len(p.Parts) != 5 || p.Hidden != 0 || !slices.Contains(titles, "SCHEMA sales · 12 objects") || len(p.Parts[0].Boxes) < 12 {
		t.Errorf("parts %q, %d hidden", titles, p.Hidden)
	}
	if p := pictureOf(thirtySeven().Statements); len(p.Parts) != 0 {
		t.Errorf("%d parts of 12 objects", len(p.Parts))
	}
}

// crowd gives n people in fifty groups, one of which can read a table.
func crowd(n int) []script.Statement {
	var out []script.Statement
	for i := range n {
		out = append(out, script.Statement{Section: script.Memberships, Change: catalog.GrantRole{Roles: []string{fmt.Sprintf("group_%d", i%50)}, Members: []string{fmt.Sprintf("person_%d", i)}}})
	}
	return append(out, script.Statement{Section: script.Privileges, Change: catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: orders, Grantees: []string{"group_1"}}})
}

// A circle of memberships, which a plan can go through, has a picture too.
func TestPictureOfACircle(t *testing.T) {
	var circle []script.Statement
	for i, member := range strings.Fields("a b c d e f g h i") {
		circle = append(circle, script.Statement{Section: script.Memberships, Change: catalog.GrantRole{Roles: []string{string("bcdefghia"[i])}, Members: []string{member}}})
	}
	if p := pictureOf(circle); len(p.Boxes) != 9 || len(p.Lines) != 9 || p.Width > mostColumns*(boxWidth+curveWidth+mostOnALine) {
		t.Errorf("%+v", p)
	}
	if pictureOf(nil) != nil {
		t.Error("there is a picture of nothing")
	}
}

// Pictures are made of what people see: -artifacts keeps them, to be looked at. With -update those in docs/ are made
// anew.
func TestPicturesOfThePage(t *testing.T) {
	b := newTab(t)
	one, large := written(t, "html", example()), written(t, "html", marketPlan(3))
	databases := writtenSequence(t, "html", sequenceOf(thirtySeven(), marketPlan(1)))
	for name, is := range map[string]struct {
		width, height int
		dark          bool
		page          string
	}{
		"report": {1200, 2000, false, one}, "report-dark": {1200, 2000, true, one}, "400": {400, 0, false, one},
		"1280": {1280, 0, false, large}, "dark": {1280, 0, true, large},
		"databases": {1280, 0, false, databases}, "databases-dark": {1280, 0, true, databases}, "databases-400": {400, 0, false, databases},
	} {
		b.show(is.width, "screen", is.dark)
		b.open(is.page, "")
		file := filepath.Join(t.ArtifactDir(), name+".png")
		if *update && is.width == 1200 {
			file = "../../docs/" + name + ".png"
		}
		if picture := b.picture(file, is.width, is.height); len(picture) < 50_000 {
			t.Errorf("%s: %d bytes", name, len(picture))
		}
	}
}

// example is a plan as there are many, for the pictures.
func example() Document {
	d := warehouse()
	d.Statements = nil
	do := func(section script.Section, reason string, change catalog.Change) {
		d.Statements = append(d.Statements, script.Statement{Section: section, Reason: reason, Change: change})
	}
	parts := catalog.ObjectID{Kind: catalog.Table, Schema: "sales", Name: "parts"}
	staging := catalog.ObjectID{Kind: catalog.Schema, Name: "staging"}
	reading, usage := []catalog.Privilege{catalog.Select}, []catalog.Privilege{catalog.Usage}
	held := map[string]catalog.Held{
		"_pgsr_local_16384_table_select_0a1b2c3d": {Privilege: catalog.Select, Object: orders}, "_pgsr_local_16384_table_select_7f00d1e2": {Privilege: catalog.Select, Object: parts},
	}
	names := []string{"_pgsr_local_16384_table_select_0a1b2c3d", "_pgsr_local_16384_table_select_7f00d1e2"}
	do(script.LosingLogin, "no login in the spec", catalog.AlterRole{Name: "bob", Login: &no})
	for _, name := range strings.Fields("alice analysts dashboards") {
		do(script.Roles, "a role of the spec that does not exist", catalog.CreateRole{Name: name})
	}
	for _, name := range names {
		h := held[name]
		do(script.Roles, "a privilege role: it holds SELECT on "+h.Object.String(), catalog.CreateRole{Name: name, Holds: &h})
	}
	do(script.Owners, "etl owns it in the spec", catalog.SetOwner{Object: staging, Owner: "etl"})
	do(script.Privileges, "a direct grant of the spec", catalog.Grant{Privileges: usage, Object: sales, Grantees: []string{"etl"}})
	do(script.Privileges, "not in the spec", catalog.Revoke{Privileges: []catalog.Privilege{catalog.Select, catalog.Insert}, Object: orders, Grantees: []string{"bob"}})
	for _, name := range names {
		do(script.Privileges, "what the privilege role is for", catalog.Grant{Privileges: reading, Object: held[name].Object, Grantees: []string{name}})
	}
	for _, name := range names {
		do(script.Memberships, "a grant of the spec", catalog.GrantRole{Roles: []string{name}, Members: []string{"analysts"}})
	}
	do(script.Memberships, "member_of in the spec", catalog.GrantRole{Roles: []string{"analysts"}, Members: []string{"alice", "dashboards"}})
	do(script.Memberships, "not in the spec", catalog.RevokeRole{Roles: []string{"admins"}, Members: []string{"bob"}})
	do(script.GainingLogin, "the login that the spec gives", catalog.AlterRole{Name: "alice", Login: &yes, Verifier: catalogtest.Verifier})
	people := []string{"alice", "dashboards"}
	d.Effect = &access.Effect{
		Compared: 6, Gained: 7, Lost: 3,
		Gains: []access.Group{
			{Roles: []string{"analysts"}, Privileges: reading, Objects: []catalog.ObjectID{orders, parts}, Path: access.Path{Kind: access.ByPrivilegeRole}},
			{Roles: people, Privileges: reading, Objects: []catalog.ObjectID{orders, parts}, Path: access.Path{Kind: access.ByPrivilegeRole, Via: []string{"analysts"}}},
			{Roles: []string{"etl"}, Privileges: usage, Objects: []catalog.ObjectID{sales}, Path: access.Path{Kind: access.ByGrant}},
		},
		Losses: []access.Group{
			{Roles: []string{"bob"}, Privileges: []catalog.Privilege{catalog.Select, catalog.Insert}, Objects: []catalog.ObjectID{orders}, Path: access.Path{Kind: access.ByGrant}},
			{Roles: []string{"bob"}, Privileges: []catalog.Privilege{catalog.Create}, Objects: []catalog.ObjectID{sales}, Path: access.Path{Kind: access.ByGrant, Via: []string{"admins"}}},
		},
		Memberships: []access.MembershipChange{{Role: "admins", Members: []string{"bob"}, Before: &catalog.Options{Inherit: true, Set: true}}, {Role: "analysts", Members: people, After: &catalog.Options{Inherit: true, Set: true}}},
		Ownerships:  []access.OwnershipChange{{From: "deploy", To: "etl", Objects: []catalog.ObjectID{staging}}},
		GainLogin:   []string{"alice"}, LoseLogin: []string{"bob"}, Created: []string{"alice", "analysts", "dashboards"},
		Marks: []access.Mark{{Kind: access.LosesLogin, Role: "bob", Text: "bob can no longer log in"},
			{Kind: access.LosesAccess, Role: "bob", Text: "bob loses 3 privileges: SELECT, INSERT on TABLE sales.orders; CREATE on SCHEMA sales"},
			{Kind: access.OwnershipMoves, Role: "etl", Text: "etl owns SCHEMA staging instead of deploy"}, {Kind: access.GainsLogin, Role: "alice", Text: "alice can log in now"}},
	}
	d.Origin.Sources[0].SHA256 = "9b2f6c0e4d1a8f37c5e2b7d94a6013f8e7d2c1b0a9f8e7d6c5b4a39281706f5e"
	d.Rollback.Warnings = nil
	d.Header = script.HeaderLines(d.Document)
	return d
}
