package script

import (
	"fmt"
	"strings"
	"testing"

	"pgsr/planner/access"
	"pgsr/planner/catalog"
)

// A page is small enough to be sent and searched, whatever is in it, and says what is not.
func TestPageHasABound(t *testing.T) {
	long := func(i int) string { return fmt.Sprintf("%s%03d", strings.Repeat(`"`, 60), i) }
	for name, c := range map[string]struct {
		document Document
		says     []string
	}{
		"a long chain": {chain(117, func(i int) string { return fmt.Sprintf("c%d", i) }), []string{
			"more are left out, for a page has at most 5 MB", `data-copy="script"`,
		}},
		"a long chain of odd names": {chain(60, long), []string{
			"more are left out, for a page has at most 5 MB", "The script is cut here, for a page has at most 5 MB: pgsr plan -o change.sql writes it whole.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			text := written(t, "html", c.document)
			if len(text) > mostPage {
				t.Errorf("it has %d bytes", len(text))
			}
			for _, part := range append(c.says, "</html>") {
				if !strings.Contains(text, part) {
					t.Errorf("it does not say %s", part)
				}
			}
			if strings.Contains(text, "The script is cut") == strings.Contains(text, `data-copy="script"`) {
				t.Error("a script can be copied that is cut, or cannot be copied that is whole")
			}
		})
	}
}

// A path and a list of names are short whatever the page's size is.
func TestPageShortensPathsAndLists(t *testing.T) {
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprint(i))
	}
	if got := strings.Join(htmlPath(names), " "); got != "0 1 2 3 … 293 more … 297 298 299" {
		t.Errorf("the path is %s", got)
	}
	if got := strings.Join(htmlPath(names[:mostVia]), " "); got != "0 1 2 3 4 5 6 7" {
		t.Errorf("the short path is %s", got)
	}
	got := htmlNamesOf(names)
	if len(got.First) != 6 || len(got.Rest) != mostRest || got.More != 94 || got.Others() != 294 {
		t.Errorf("%d names are shown, %d unfold, %d are left out", len(got.First), len(got.Rest), got.More)
	}
}

// chain is a plan for a chain of roles, each of which has something that all before it have by it.
func chain(length int, name func(int) string) Document {
	d := Document{Server: from16, Effect: &access.Effect{}}
	var before []string
	for i := range length {
		table := catalog.ObjectID{Kind: catalog.Table, Schema: name(i), Name: name(i)}
		d.Warnings = append(d.Warnings, strings.Repeat(name(i), 40))
		d.Statements = append(d.Statements, Statement{Section: Privileges, Reason: strings.Repeat(name(i), 9),
			Change: catalog.Grant{Privileges: []catalog.Privilege{catalog.Select}, Object: table, Grantees: []string{name(i)}, Grantor: "o"}})
		if i > 0 {
			d.Statements = append(d.Statements, Statement{Section: Memberships,
				Change: catalog.GrantRole{Roles: []string{name(i)}, Members: before, Grantor: "o"}})
		}
		before = append(before[:i:i], name(i))
		for from := range i {
			via := make([]string, 0, length)
			for at := from + 1; at <= i; at++ {
				via = append(via, name(at))
			}
			d.Effect.Gains = append(d.Effect.Gains, access.Group{Roles: before[from:], Privileges: []catalog.Privilege{catalog.Select},
				Objects: []catalog.ObjectID{table}, Path: access.Path{Kind: access.ByGrant, Via: via}})
		}
	}
	return d
}
