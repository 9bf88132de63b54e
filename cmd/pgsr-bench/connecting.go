package main

// connecting is many roles that may connect to one database and nothing else.
func connecting(roles int) workload {
	spec := &text{}
	spec.line("version: 1\nroles:")
	for i := range roles {
		spec.line("  r%d: {grants: [CONNECT ON DATABASE %s]}", i, database)
	}
	return workload{
		letter: "a", what: count(roles, "roles") + ", CONNECT each",
		steps: []step{
			{what: "first apply", target: 1.3, command: []string{"apply", "--yes"}, spec: spec.String(), floor: func(a actor) string {
				t := &text{}
				for i := range roles {
					t.line("CREATE ROLE r%d;", i)
				}
				t.createPrivilegeRoles(a, []privilegeRole{{"p", "CONNECT ON DATABASE " + database, upTo(roles)}})
				return t.String()
			}},
			{what: "nothing to do", target: 2, command: []string{"apply", "--yes"}, spec: spec.String(), floor: reading, reads: true, parses: true},
		},
	}
}
