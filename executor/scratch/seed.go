package scratch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Statement is SQL that a role sends to a database.
type Statement struct{ Role, Database, SQL string }

// fromTemplate copies the template of a version and a seed, which is made if it is not there.
func (s *Server) fromTemplate(ctx context.Context, o Options) error {
	template := s.templateIn(o.Templates, o.Seed)
	s.building.Lock()
	_, err := os.Stat(template)
	if os.IsNotExist(err) {
		err = s.makeTemplate(ctx, template, o.Seed)
	}
	s.building.Unlock()
	if err != nil {
		return err
	}
	return s.copyData(template, s.dataDir())
}

// makeTemplate makes one of this server's data directory.
func (s *Server) makeTemplate(ctx context.Context, template string, seed []Statement) error {
	err := s.initdb(ctx)
	if err == nil {
		err = s.sow(ctx, seed)
	}
	if err == nil {
		err = s.thin()
	}
	if err == nil {
		err = s.keepTemplate(template)
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(s.dataDir())
}

// sow starts the server without its own settings, sends it the seed and shuts it down. The first who connects to a
// database leaves a file there that spares others its work (pg_internal.init).
func (s *Server) sow(ctx context.Context, seed []Statement) error {
	defer func(wanted map[string]string) { s.wanted = wanted }(s.wanted)
	s.wanted = nil
	if err := s.launch(ctx); err != nil {
		return err
	}
	defer s.kill()
	for _, each := range append(slices.Clip(seed), Statement{Superuser, "postgres", ""}) {
		for _, statement := range []Statement{each, {Superuser, each.Database, ""}} {
			if err := s.send(ctx, statement); err != nil {
				return err
			}
		}
	}
	return s.shutDown()
}

func (s *Server) send(ctx context.Context, statement Statement) error {
	conn, err := pgconn.Connect(ctx, s.URL(statement.Role, statement.Database, ""))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement.SQL).ReadAll(); err != nil {
		return fmt.Errorf("%s: %w", statement.SQL, err)
	}
	return nil
}

// shutDown has the server write everything out, so that no later start has to recover (fast shutdown):
// https://www.postgresql.org/docs/current/server-shutdown.html
func (s *Server) shutDown() error {
	if err := s.process.Process.Signal(syscall.SIGINT); err != nil {
		return fmt.Errorf("shutting the server down: %w", err)
	}
	select {
	case <-s.exited:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("the server in %s does not shut down", s.BinDir)
	}
}

// thin removes files that the server does without, because copying is most of what a start costs: WAL segments that
// wait for use (the first two may be in use), and the maps of free space and of visibility, which say nothing wrong by
// saying nothing. https://www.postgresql.org/docs/current/storage-vm.html
func (s *Server) thin() error {
	spare, _ := filepath.Glob(filepath.Join(s.dataDir(), "pg_wal", strings.Repeat("[0-9A-F]", 24)))
	slices.Sort(spare)
	free, _ := filepath.Glob(filepath.Join(s.dataDir(), "base", "*", "*_fsm"))
	visible, _ := filepath.Glob(filepath.Join(s.dataDir(), "base", "*", "*_vm"))
	for _, file := range slices.Concat(spare[min(2, len(spare)):], free, visible) {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}
