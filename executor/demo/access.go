package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"pgsr/executor"
)

// The SQLSTATEs of being refused: https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	insufficientPrivilege = "42501"
	invalidPassword       = "28P01"
)

// attempt is something that a role tries, logged in with its password.
type attempt struct {
	role, variable string
	sql            string
	// refused tells whether the server is to refuse it.
	refused bool
}

// try tells what becomes of each attempt. It is an error when that is not what should.
func (s *stage) try(ctx context.Context, attempts ...attempt) error {
	for _, a := range attempts {
		answer, err := s.ask(ctx, a)
		var refusal *pgconn.PgError
		switch {
		case a.refused && errors.As(err, &refusal) && refusal.Code == insufficientPrivilege:
			s.say("  %s: %s  ->  %s", a.role, a.sql, refusal.Message)
		case !a.refused && err == nil:
			s.say("  %s: %s  ->  %d", a.role, a.sql, answer)
		case err != nil:
			return fmt.Errorf("%s: %s: %w", a.role, a.sql, err)
		default:
			return fmt.Errorf("%s: %s: was not refused", a.role, a.sql)
		}
	}
	return nil
}

// ask logs in over TCP, where the server checks the password, and asks for a number.
func (s *stage) ask(ctx context.Context, a attempt) (answer int, err error) {
	conn, err := executor.Connect(ctx, s.url(a.role, database, s.passwords[a.variable]))
	if err != nil {
		return 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, a.sql).Scan(&answer)
	return answer, err
}

// tryWrongPassword shows that it is the password that lets a role in.
func (s *stage) tryWrongPassword(ctx context.Context, role string) error {
	conn, err := executor.Connect(ctx, s.url(role, database, "not the password"))
	if err == nil {
		conn.Close(context.WithoutCancel(ctx))
		return fmt.Errorf("%s was let in with a wrong password", role)
	}
	if refusal := (*pgconn.PgError)(nil); !errors.As(err, &refusal) || refusal.Code != invalidPassword {
		return err
	}
	s.say("  %s, with a wrong password  ->  not let in", role)
	return nil
}

// What alice tries again and again. It takes CONNECT on the database, USAGE on the schema and SELECT on the table.
var (
	aliceReadsOrders = attempt{role: "alice", variable: "ALICE_PASSWORD", sql: "SELECT count(*) FROM sales.orders"}
	aliceReadsFacts  = attempt{role: "alice", variable: "ALICE_PASSWORD", sql: "SELECT count(*) FROM sales.fact_2026"}
	aliceReadsHR     = attempt{role: "alice", variable: "ALICE_PASSWORD", sql: "SELECT count(*) FROM hr.salaries", refused: true}
	aliceWrites      = attempt{role: "alice", variable: "ALICE_PASSWORD", sql: "INSERT INTO sales.orders VALUES (4, 100) RETURNING id", refused: true}
	loaderWrites     = attempt{role: "loader", variable: "LOADER_PASSWORD", sql: "INSERT INTO sales.orders VALUES (3, 30) RETURNING id"}
)

// allowed turns a refusal around: what should not be, and is.
func allowed(a attempt) attempt {
	a.refused = false
	return a
}
