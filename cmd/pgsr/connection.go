package main

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// connect connects to the database that the flags or the environment name.
func (p *program) connect(ctx context.Context, c *cli.Context) (*pgx.Conn, error) {
	url := c.String(flagDatabaseURL)
	if url == "" {
		url, _ = p.lookupEnv("PGSR_DATABASE_URL")
	}
	conn, err := executor.Connect(ctx, url)
	if err != nil {
		return nil, hinted(err, url != "" || p.namesServer())
	}
	return conn, nil
}

// namesServer tells whether the environment says where the server is.
func (p *program) namesServer() bool {
	return slices.ContainsFunc([]string{"PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE"}, func(name string) bool {
		value, _ := p.lookupEnv(name)
		return value != ""
	})
}

// readAndConnect reads the spec that the flags name while the connection is made. If there is something wrong with
// the spec, that is the error.
func (p *program) readAndConnect(c *cli.Context) (*spec.Spec, []script.Source, *pgx.Conn, error) {
	files, err := p.readFiles(c)
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, giveUp := context.WithCancel(c.Context)
	defer giveUp()
	var made *pgx.Conn
	var refused error
	done := make(chan struct{})
	go func() {
		defer close(done)
		made, refused = p.connect(ctx, c)
	}()
	s, err := p.parseSpec(c, files)
	if err != nil {
		giveUp()
	}
	<-done
	switch {
	case err == nil && refused == nil:
		return s, sources(files), made, nil
	case err == nil:
		return nil, nil, nil, refused
	case refused == nil:
		disconnect(made)
	}
	return nil, nil, nil, err
}

// disconnect closes a connection. After an interruption it waits for a moment, so that the server hears of it and
// lets go of its locks.
func disconnect(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	_ = conn.Close(ctx)
	select {
	case <-conn.PgConn().CleanupDone():
	case <-ctx.Done():
	}
}
