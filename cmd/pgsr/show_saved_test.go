package main

import (
	"bytes"
	"strings"
	"testing"

	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
)

// TestShow: a saved plan in each format is what plan writes of the same state, and what was changed is not shown.
func TestShow(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "plan", "--format", "json", "-o", "ticket.json")
	for _, format := range report.FormatNames() {
		planned := s.want(0, "plan", "--format", format).stdout
		shown := s.want(0, "show", "-f", "ticket.json", "--format", format).stdout
		if planned != shown && format != "text" { // whose warnings plan says on stderr
			t.Errorf("%s: shown is another than planned:\n%s\n%s", format, planned, shown)
		}
	}
	contains(t, s.want(1, "show", "-f", "ticket.json", "-o", "ticket.json").stderr, "would be lost")
	s.file("changed.json", strings.Replace(readFile(t, s.dir+"/ticket.json"), "readers", "reapers", 1))
	if o := s.want(1, "show", "-f", "changed.json"); o.stdout != "" || !o.failsPipe {
		t.Errorf("a plan that was changed is shown: %s", o)
	}
	if o := s.want(1, "show"); o.stdout != "" || !o.failsPipe || !strings.HasPrefix(o.stderr, "pgsr: which plan? Name the file of a saved one with --plan") {
		t.Errorf("without a plan: %s", o)
	}
	contains(t, s.want(1, "show", "-f", "no such file").stderr, "no such file")
}

// TestSavedPlanThatLiesOfPeople: who writes a plan can leave out what it means, in a file that is whole. Its statements
// say all, and that it is so is said where they are not shown.
func TestSavedPlanThatLiesOfPeople(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", readersSpec)
	s.want(0, "plan", "--format", "json", "-o", "ticket.json")
	d, err := report.ReadJSON(strings.NewReader(readFile(t, s.dir+"/ticket.json")))
	if err != nil {
		t.Fatal(err)
	}
	hidden := catalog.GrantRole{Roles: []string{"pg_execute_server_program"}, Members: []string{"eve"}, Grantor: "postgres"}
	d.Statements = append(d.Statements, script.Statement{Change: hidden, Section: script.ActingFor})
	var lie bytes.Buffer
	d.Digest = ""
	if err := report.WriteJSON(&lie, d); err != nil {
		t.Fatal(err)
	}
	s.file("lie.json", lie.String())
	const note, tells = "is said as the file says it, and proven by nothing", "pg_execute_server_program"
	for _, format := range []string{"text", "markdown", "html", "psql", "json"} {
		o := s.want(0, "show", "-f", "lie.json", "--format", format)
		if isNoted := strings.Contains(o.stderr, note); isNoted != (format != "psql") {
			t.Errorf("%s: it is noted: %t", format, isNoted)
		}
	}
	o := s.want(0, "show", "-f", "lie.json", "--format", "text", "--verbose")
	contains(t, o.stdout, tells)
	if strings.Contains(o.stderr, note) {
		t.Error("it is noted beside the statements")
	}
	contains(t, s.want(1, "apply", "--plan", "lie.json", "--yes").stderr, note)
}
