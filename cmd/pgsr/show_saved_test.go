package main

import (
	"strings"
	"testing"

	"pgsr/planner/report"
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
