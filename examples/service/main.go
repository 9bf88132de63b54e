// Command service is a small service over HTTP that makes roles of a database be what they are asked to be, one at a
// time, over a pool of connections. README.md says how to run it.
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	address := flag.String("address", "127.0.0.1:8080", "where to listen")
	flag.Parse()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, *address, os.Getenv("DATABASE_URL"), log, func(net.Addr) {}); err != nil {
		log.Error("the service ended", "error", err)
		os.Exit(1)
	}
}

// patience is how long requests that run have to end when the service is told to.
const patience = 10 * time.Second

// run serves until the context ends. Then it takes no more requests, and what runs is given time to end; what still
// runs after that is interrupted, and rolls back.
func run(ctx context.Context, address, databaseURL string, log *slog.Logger, listening func(net.Addr)) error {
	pool, err := pgxpool.New(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	requests, interrupt := context.WithCancel(context.WithoutCancel(ctx))
	defer interrupt()
	server := &http.Server{
		Handler:     (&service{pool: pool, log: log}).handler(),
		BaseContext: func(net.Listener) context.Context { return requests }, ReadHeaderTimeout: patience,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	listening(listener.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(end); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	interrupt()
	end, cancel = context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return server.Shutdown(end)
}
