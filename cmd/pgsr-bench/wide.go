package main

import "fmt"

// inTransaction is how many privilege roles the floor makes in one transaction: more do not fit into the lock table
// on default settings. From 18 on the tables take room, too.
func inTransaction(major int) int {
	if major >= 18 {
		return 3500
	}
	return 7000
}

// wide is one role that reads very many tables.
func wide(tables int) workload {
	cluster := &text{}
	cluster.tables(tables, tables)
	spec := "version: 1\nroles:\n  r0: {grants: [\"SELECT ON TABLES MATCHING 't.*' IN SCHEMA s0\"]}\n"
	return workload{
		letter: "d", what: "1 role, " + count(tables, "tables") + " by pattern", cluster: cluster.String(),
		steps: []step{
			{what: "first apply", target: 1.5, command: []string{"apply", "--yes"}, spec: spec, floor: func(a actor) string {
				t := &text{}
				t.line("CREATE ROLE r0;")
				var roles []privilegeRole
				for n := range tables {
					roles = append(roles, privilegeRole{fmt.Sprintf("pt%d", n), fmt.Sprintf("SELECT ON TABLE s0.t%d", n), []int{0}})
					if len(roles) == inTransaction(a.major) || n == tables-1 {
						t.createPrivilegeRoles(a, roles)
						t.line("COMMIT; BEGIN;")
						roles = nil
					}
				}
				return t.String()
			}},
			{what: "nothing to do", target: 2, command: []string{"apply", "--yes"}, spec: spec, floor: reading, reads: true},
		},
	}
}
