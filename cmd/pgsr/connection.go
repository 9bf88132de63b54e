package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/urfave/cli/v2"

	"pgsr/executor"
)

// connect connects to the database that the flags or the environment name.
func (p *program) connect(c *cli.Context) (*pgx.Conn, *executor.Notices, error) {
	url := c.String(flagDatabaseURL)
	if url == "" {
		url, _ = p.lookupEnv("PGSR_DATABASE_URL")
	}
	notices := &executor.Notices{}
	conn, err := executor.Connect(c.Context, url, notices)
	return conn, notices, err
}

// disconnect closes a connection. After an interruption it waits for a moment, so that the server hears of it and lets go of its locks.
func disconnect(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	_ = conn.Close(ctx)
	select {
	case <-conn.PgConn().CleanupDone():
	case <-ctx.Done():
	}
}
