package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scratch"
)

// owner owns the database and all that is in it. It has CREATEROLE, and is the one who connects when no superuser does.
const owner = "boss"

// localPrefix begins the names of privilege roles of the database that a cluster is made for, whose OID is known only
// then.
const localPrefix = "_pgsr_local_{oid}_"

// place is a cluster on a running server, and who connects to it.
type place struct {
	ctx    context.Context
	server *scratch.Server
	actor  actor
	// dir is for files: specs, scripts.
	dir string
	// stays is the server's process of a connection that stays open; 0: there is none.
	stays uint32
}

func (p *place) url() string { return p.server.URL(p.actor.role, database, "") }

// file writes a file and gives its path.
func (p *place) file(name, content string) (string, error) {
	path := filepath.Join(p.dir, name)
	return path, os.WriteFile(path, []byte(content), 0o644)
}

// saved is a cluster that is kept to be copied, and the settings of servers on the copies.
type saved struct {
	installation *scratch.Installation
	data         string
	settings     map[string]string
}

// build makes a workload's cluster once.
func (b *bench) build(ctx context.Context, o scratch.Options, sql, dir string) (saved, error) {
	s := saved{o.Installation, filepath.Join(dir, "cluster"), maps.Clone(undisturbed)}
	server, err := scratch.Start(ctx, o)
	if err != nil {
		return s, err
	}
	defer server.Close()
	oid, err := createDatabase(ctx, server)
	if err != nil {
		return s, err
	}
	script := filepath.Join(dir, "cluster.sql")
	if err := os.WriteFile(script, []byte(strings.ReplaceAll(sql, "{oid}", oid)), 0o644); err != nil {
		return s, err
	}
	if err := b.runPSQL(ctx, server.URL(scratch.Superuser, database, ""), "-f", script); err != nil {
		return s, fmt.Errorf("making the cluster: %w", err)
	}
	if err := b.runPSQL(ctx, server.URL(scratch.Superuser, database, ""), "-c", "VACUUM ANALYZE"); err != nil {
		return s, err
	}
	return s, server.Save(s.data)
}

// createDatabase gives its OID.
func createDatabase(ctx context.Context, server *scratch.Server) (string, error) {
	conn, err := pgx.Connect(ctx, server.URL(scratch.Superuser, "postgres", ""))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	for _, sql := range []string{"CREATE ROLE " + owner + " LOGIN CREATEROLE", "CREATE DATABASE " + database + " OWNER " + owner} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", err
		}
	}
	var oid string
	err = conn.QueryRow(ctx, "SELECT oid::text FROM pg_database WHERE datname = $1", database).Scan(&oid)
	return oid, err
}

// undisturbed keeps what the server does by itself out of the measurements. So tables are not analyzed after large
// changes either, which is the harder case.
var undisturbed = map[string]string{"autovacuum": "off"}

// open starts a server on a copy of the cluster.
func (s saved) open(ctx context.Context, a actor, dir string) (*place, error) {
	server, err := scratch.Start(ctx, scratch.Options{Installation: s.installation, From: s.data, Settings: s.settings})
	if err != nil {
		return nil, err
	}
	return &place{ctx: ctx, server: server, actor: a, dir: dir}, nil
}

// runPSQL is for what is not measured.
func (b *bench) runPSQL(ctx context.Context, url string, args ...string) error {
	out, err := exec.CommandContext(ctx, b.psql, append([]string{"-qX", "-v", "ON_ERROR_STOP=1", "-d", url}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("psql: %w: %s", err, out)
	}
	return nil
}
