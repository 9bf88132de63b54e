//go:build browser

// These tests open pages in a real Chromium: `make test-browser`, which CI runs. `make test` is for machines without
// one, too.

package report

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/catalog/catalogtest"
	"pgsr/planner/script"
)

// browser gives the Chromium that is to open the page.
func browser(t *testing.T) string {
	t.Helper()
	for _, candidate := range []string{os.Getenv("PGSR_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(candidate); candidate != "" && err == nil {
			return path
		}
	}
	t.Fatal("no Chromium was found: install it (on Debian: apt-get install chromium), name it in PGSR_CHROMIUM, or run `make test-browser`, which as root sees to it")
	return ""
}

// opened writes a page, lets a browser open it and gives what the browser then prints.
func opened(t *testing.T, page, fragment string, flags ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	address := (&url.URL{Scheme: "file", Path: file, Fragment: fragment}).String()
	args := append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir()}, flags...)
	cmd := exec.CommandContext(ctx, browser(t), append(args, address)...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("the browser: %v\n%s", err, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// dom gives the page as it is after its script has run.
func dom(t *testing.T, page, fragment string) string { return opened(t, page, fragment, "--dump-dom") }

var (
	rowTag    = regexp.MustCompile(`<tr data-row="" class="\w+"( hidden="")?>(.*?)</tr>`)
	foundText = regexp.MustCompile(`<output id="found"[^>]*>([^<]*)</output>`)
)

// rowsOf tells the rows that are shown and those that are hidden.
func rowsOf(dom string) (shown, hidden []string) {
	for _, row := range rowTag.FindAllStringSubmatch(dom, -1) {
		if row[1] == "" {
			shown = append(shown, row[2])
		} else {
			hidden = append(hidden, row[2])
		}
	}
	return shown, hidden
}

// A browser shows all that there is, and what is searched for alone.
func TestPageInABrowser(t *testing.T) {
	page := written(t, "html", guarded())
	whole := dom(t, page, "")
	shown, hidden := rowsOf(whole)
	if len(shown) != 20 || len(hidden) != 0 {
		t.Errorf("%d rows are shown and %d hidden", len(shown), len(hidden))
	}
	for _, want := range []string{"<h2>Look twice</h2>", "<strong>ownership moves</strong> <bdi>SCHEMA sales moves from owner to etl</bdi>", "<svg role=\"img\"",
		">alice</text>", ">TABLE sales.orders</text>", `CREATE ROLE "alice";`, `<p id="search" class="search">`, `<button type="button" data-copy="script">Copy</button>`} {
		if !strings.Contains(whole, want) {
			t.Errorf("%s is not in the page", want)
		}
	}
	found := dom(t, page, "q=BOB sales.orders")
	shown, hidden = rowsOf(found)
	if len(shown) != 2 || len(hidden) != 18 {
		t.Errorf("%d rows are found and %d hidden: %q", len(shown), len(hidden), shown)
	}
	for _, row := range shown {
		if !strings.Contains(row, "bob") || !strings.Contains(row, "sales.orders") {
			t.Errorf("found: %s", row)
		}
	}
	if said := foundText.FindStringSubmatch(found); said == nil || said[1] != "2 of 20" {
		t.Errorf("the page says %q", said)
	}
	if strings.Count(found, `<tr class="heading" hidden="">`) != 5 {
		t.Error("headings without rows stay")
	}
}

// Whatever names hold, the browser finds no script and no picture of theirs, and loads nothing.
func TestHostilePageInABrowser(t *testing.T) {
	text := dom(t, written(t, "html", hostileDocument()), "q=team")
	if strings.Count(text, "<script") != 1 || strings.Contains(text, "<img") || strings.Count(text, "</script>") != 1 {
		t.Error("a name became an element")
	}
	if shown, _ := rowsOf(text); len(shown) == 0 || !strings.Contains(text, "&lt;script&gt;alert(1)") {
		t.Error("the names are not shown as they are")
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
	if len(p.Boxes) != mostNodes || p.Total != 5051 || p.Hidden < 1000 || p.Hidden > 4000 || len(p.Lines) < 24 || p.Width > 2500 || p.Height > 3000 {
		t.Errorf("%d boxes, %d of %d hidden, %d by %d", len(p.Boxes), p.Hidden, p.Total, p.Width, p.Height)
	}
	d := warehouse()
	d.Statements = crowd(5000)
	if text := written(t, "html", d); !strings.Contains(text, " of 5051 roles and objects are left out") {
		t.Error("the page does not say what the picture leaves out")
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
	if p := pictureOf(circle); len(p.Boxes) != 9 || len(p.Lines) != 9 || p.Width > mostColumns*columnWidth {
		t.Errorf("%+v", p)
	}
	if pictureOf(nil) != nil {
		t.Error("there is a picture of nothing")
	}
}

// With -update the pictures in docs/ are made anew.
func TestPicturesOfThePage(t *testing.T) {
	page := written(t, "html", example())
	for name, flags := range map[string][]string{
		"report": {"--window-size=1200,1720"}, "report-dark": {"--window-size=1200,1720", "--blink-settings=preferredColorScheme=0"},
	} {
		file := filepath.Join(t.TempDir(), name+".png")
		opened(t, page, "", append(flags, "--screenshot="+file)...)
		picture, err := os.ReadFile(file)
		if err != nil || len(picture) < 50_000 {
			t.Errorf("%s: %d bytes (%v)", name, len(picture), err)
		}
		if *update {
			if err := os.WriteFile("../../docs/"+name+".png", picture, 0o644); err != nil {
				t.Fatal(err)
			}
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
		Marks: []access.Mark{{Kind: access.LosesAccess, Text: "bob loses 3 privileges"}, {Kind: access.GainsLogin, Text: "alice can log in"},
			{Kind: access.OwnershipMoves, Text: "SCHEMA staging moves from deploy to etl"}},
	}
	d.Origin.Sources[0].SHA256 = "9b2f6c0e4d1a8f37c5e2b7d94a6013f8e7d2c1b0a9f8e7d6c5b4a39281706f5e"
	d.Rollback.Warnings = nil
	d.Header = script.HeaderLines(d.Document)
	return d
}
