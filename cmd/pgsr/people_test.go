package main

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// logsIn fails unless a role can log in with a password.
func (s *site) logsIn(role, password string) {
	s.Helper()
	conn, err := pgx.Connect(context.Background(), s.server.URL(role, "warehouse", password))
	if err != nil {
		s.Errorf("%s can not log in: %v", role, err)
		return
	}
	conn.Close(context.Background())
}

// exists tells whether a role does.
func (s *site) exists(role string) bool {
	s.Helper()
	return s.tells("EXISTS (SELECT FROM pg_roles WHERE rolname = '" + role + "')")
}

// reads tells whether a role can read a table.
func (s *site) reads(role, table string) bool {
	s.Helper()
	return s.tells("has_table_privilege('" + role + "', '" + table + "', 'SELECT')")
}
