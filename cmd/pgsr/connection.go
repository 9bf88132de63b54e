package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/urfave/cli/v2"

	"pgsr/executor"
	"pgsr/planner/script"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
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

// subject is what a command works with: a spec, its files, and a connection.
type subject struct {
	spec     *spec.Spec
	sources  []script.Source
	conn     *pgx.Conn
	prefetch *executor.Prefetch
	// giveUp ends what is prefetched.
	giveUp context.CancelFunc
}

// close ends what was begun.
func (s subject) close() {
	s.giveUp()
	s.prefetch.Close()
	if s.conn != nil {
		disconnect(s.conn)
	}
}

// readAndConnect reads the spec that the flags name while the connection is made, and prefetches the catalog where that
// is allowed. If there is something wrong with the spec, that is the error.
func (p *program) readAndConnect(c *cli.Context, prefetch bool) (subject, error) {
	files, err := p.readFiles(c)
	if err != nil {
		return subject{}, err
	}
	ctx, giveUp := context.WithCancel(c.Context)
	read := subject{sources: sources(files), giveUp: giveUp}
	var refused error
	done := make(chan struct{})
	go func() {
		defer close(done)
		if read.conn, refused = p.connect(ctx, c); refused == nil && prefetch {
			read.prefetch = executor.StartPrefetch(ctx, read.conn, specfile.Length(files))
		}
	}()
	if read.spec, err = p.parseSpec(c, files); err != nil {
		giveUp()
	}
	<-done
	if err = cmp.Or(err, refused); err != nil {
		read.close()
		return subject{}, err
	}
	return read, nil
}

// mayPrefetch tells whether the catalog may be read before the spec is known. It may not if more is read for an effect
// or for another role, or less for some roles of the spec, nor if programs that give passwords may take long.
func mayPrefetch(c *cli.Context) bool {
	return !c.IsSet(flagRole) && !c.Bool(flagEffect) && !showsEffect(c) && !c.IsSet(flagMaxRevokes) && !c.IsSet(flagAs) && !c.Bool(flagAllowCommands)
}

// disconnect closes a connection. After an interruption it waits for a moment, so that the server notices and releases
// its locks.
func disconnect(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	_ = conn.Close(ctx)
	select {
	case <-conn.PgConn().CleanupDone():
	case <-ctx.Done():
	}
}
