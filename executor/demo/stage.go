package demo

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor"
	"pgsr/executor/scratch"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

//go:embed warehouse.sql
var warehouseSQL string

//go:embed roles.yaml
var rolesYAML string

const (
	database = "warehouse"
	// deployer is the role that pgsr connects as. It is no superuser.
	deployer  = "deployer"
	superuser = "postgres"
)

// stage is what the story plays on: a server with the warehouse, and a connection as pgsr would have it.
type stage struct {
	*narrator
	server *scratch.Server
	conn   *pgx.Conn
	spec   *spec.Spec
	// passwords are by the name of the variable that holds them. Nobody ever sees them.
	passwords map[string]string
}

// setStage starts the server and makes the warehouse. If that fails, nothing is left of it.
func setStage(ctx context.Context, n *narrator) (*stage, error) {
	s := &stage{narrator: n, passwords: map[string]string{
		"ALICE_PASSWORD": rand.Text(), "LOADER_PASSWORD": rand.Text(),
	}}
	var err error
	if s.spec, err = parse(s.passwords); err != nil {
		return nil, err
	}
	if s.server, err = scratch.Start(ctx, scratch.Options{}); err != nil {
		return nil, err
	}
	if err := s.makeWarehouse(ctx); err != nil {
		s.clear()
		return nil, fmt.Errorf("making the warehouse: %w", err)
	}
	return s, nil
}

func parse(passwords map[string]string) (*spec.Spec, error) {
	return specfile.Parse([]specfile.File{{Name: "roles.yaml", Data: []byte(rolesYAML)}}, specfile.Secrets{
		LookupEnv: func(name string) (string, bool) { value, set := passwords[name]; return value, set },
	})
}

func (s *stage) makeWarehouse(ctx context.Context) error {
	for _, sql := range []string{
		"CREATE ROLE " + deployer + " LOGIN CREATEROLE",
		"CREATE DATABASE " + database + " OWNER " + deployer,
		"REVOKE CONNECT ON DATABASE " + database + " FROM PUBLIC",
	} {
		if err := s.run(ctx, superuser, superuser, sql); err != nil {
			return err
		}
	}
	if err := s.run(ctx, deployer, database, warehouseSQL); err != nil {
		return err
	}
	conn, err := executor.Connect(ctx, s.url(deployer, database, ""))
	s.conn = conn
	return err
}

// url is what a role connects with: whatever the story says, it is pg_catalog's words that are meant.
func (s *stage) url(role, database, password string) string {
	return s.server.URL(role, database, password) + "&search_path=" + url.QueryEscape("pg_catalog, pg_temp")
}

// clear ends everything. The context may have ended before.
func (s *stage) clear() {
	if s.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.conn.Close(ctx)
	}
	s.server.Close()
}

// run runs SQL as somebody.
func (s *stage) run(ctx context.Context, role, database, sql string) error {
	conn, err := executor.Connect(ctx, s.url(role, database, ""))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.PgConn().Exec(ctx, sql).ReadAll() // which takes several statements
	return err
}
