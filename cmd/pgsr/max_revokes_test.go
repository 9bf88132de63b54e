package main

import "testing"

// What may be lost is bounded in each way to apply, with exit status 1, and nothing is done.
func TestMaxRevokes(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("deployer", "warehouse", "CREATE ROLE intern; GRANT SELECT ON hr.salaries TO intern")
	s.file("pgsr.yaml", "version: 1\nroles:\n  intern: {comment: an intern}\n")
	const refused = "roles would lose 1 thing, and nothing is allowed (--max-revokes), so nothing was done: 1 privilege"
	for _, command := range []string{"plan", "apply"} {
		contains(t, s.want(1, command, "--max-revokes", "0").stderr, refused, "intern: SELECT on TABLE hr.salaries")
	}
	s.want(0, "plan", "--format", "json", "-o", "plan.json", "--max-revokes", "1")
	contains(t, s.want(1, "apply", "--plan", "plan.json", "--max-revokes", "0").stderr, refused)
	if !s.reads("intern", "hr.salaries") {
		t.Error("it was taken all the same")
	}
	contains(t, s.want(1, "apply", "--max-revokes", "-1").stderr, "--max-revokes takes no negative number")
	contains(t, s.want(1, "apply", "--plan", "plan.json", "--mode", "add").stderr, "--mode goes with a spec")
	contains(t, s.want(1, "apply", "--mode", "ad").stderr, "--mode does not take", "(did you mean add?)")
	s.want(0, "apply", "--plan", "plan.json", "--max-revokes", "1")
	if s.reads("intern", "hr.salaries") {
		t.Error("it was not taken")
	}
}

// The connecting role may lock itself out where that is allowed, with a warning.
func TestAllowLockout(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.sql("postgres", "warehouse", "CREATE ROLE chief LOGIN SUPERUSER")
	s.setenv("PGSR_DATABASE_URL", s.server.URL("chief", "warehouse", ""))
	s.file("pgsr.yaml", "version: 1\nroles:\n  chief: {}\n")
	contains(t, s.want(1, "apply").stderr, "would lock itself out")
	contains(t, s.want(0, "apply", "--allow-lockout").stderr, `warning: the connecting role locks itself out: "chief" loses its login`)
	s.want(1, "check")
}
