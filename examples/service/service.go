package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"pgsr/executor"
	"pgsr/planner"
	"pgsr/planner/spec"
)

// service has a pool, of which each request takes one connection.
type service struct {
	pool *pgxpool.Pool
	log  *slog.Logger
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /roles/{name}", s.sync)
	mux.HandleFunc("POST /roles/{name}/check", s.check)
	return mux
}

// role is what is asked for: all that a role is to have.
type role struct {
	// Login lets it log in; Password is then the one that it has, and without it the role keeps its own.
	Login    bool        `json:"login"`
	Password spec.Secret `json:"password"`
	MemberOf []string    `json:"member_of"`
	// Grants are phrases, as a spec has them.
	Grants []string `json:"grants"`
}

// mostBody is how large a request may be.
const mostBody = 1 << 20

// specOf reads a request. Who may ask for what is for whoever runs this to see to.
func specOf(w http.ResponseWriter, r *http.Request) (*spec.Spec, error) {
	var asked role
	body := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostBody))
	body.DisallowUnknownFields()
	if err := body.Decode(&asked); err != nil {
		return nil, &badRequest{err}
	}
	grants, err := spec.ParseGrants(asked.Grants...)
	if err != nil {
		return nil, err
	}
	out := spec.Role{Name: r.PathValue("name"), MemberOf: spec.Memberships(asked.MemberOf...), Grants: grants}
	if asked.Login {
		out.Login = &spec.Login{Password: spec.Password{Clear: asked.Password}}
	}
	return &spec.Spec{Roles: []spec.Role{out}}, nil
}

// badRequest is a body that cannot be read. It is not shown: a password may be in it.
type badRequest struct{ error }

// synced is the answer to a role that was made what it was asked to be.
type synced struct {
	Applied    bool     `json:"applied"`
	Statements int      `json:"statements"`
	Digest     string   `json:"digest,omitempty"`
	Created    []string `json:"created,omitempty"`
}

// sync makes a role be what is asked for. To ask again is safe.
func (s *service) sync(w http.ResponseWriter, r *http.Request) {
	wanted, err := specOf(w, r)
	if err != nil {
		s.fail(w, err)
		return
	}
	var result *executor.Result
	err = s.within(r.Context(), func(ctx context.Context, conn *pgx.Conn, o executor.Options) error {
		result, err = executor.Sync(ctx, conn, wanted, o)
		return err
	})
	if err != nil {
		s.fail(w, err)
		return
	}
	answer := synced{Applied: result.Applied, Statements: result.Statements, Created: result.Created.Roles}
	if result.Applied {
		answer.Digest = result.Digest()
	}
	write(w, http.StatusOK, answer)
}

// checked is the answer to what a role would lack or lose.
type checked struct {
	InSync  bool     `json:"in_sync"`
	Reasons []string `json:"reasons,omitempty"`
}

// check says whether a role is what it was asked to be, and changes nothing.
func (s *service) check(w http.ResponseWriter, r *http.Request) {
	wanted, err := specOf(w, r)
	if err != nil {
		s.fail(w, err)
		return
	}
	var plan *planner.Plan
	err = s.within(r.Context(), func(ctx context.Context, conn *pgx.Conn, o executor.Options) error {
		plan, err = executor.Plan(ctx, conn, wanted, o)
		return err
	})
	if err != nil {
		s.fail(w, err)
		return
	}
	answer := checked{InSync: plan.InSync()}
	for _, statement := range plan.Statements {
		answer.Reasons = append(answer.Reasons, statement.Reason)
	}
	write(w, http.StatusOK, answer)
}

// within does something on one connection of the pool, and once more where that one is lost: the server may have
// restarted since it was made, and nothing was done.
func (s *service) within(ctx context.Context, do func(context.Context, *pgx.Conn, executor.Options) error) error {
	err := s.once(ctx, do)
	if executor.FailureOf(err) == executor.FailedLost {
		s.pool.Reset()
		err = s.once(ctx, do)
	}
	return err
}

func (s *service) once(ctx context.Context, do func(context.Context, *pgx.Conn, executor.Options) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return do(ctx, conn.Conn(), executor.Options{LockTimeout: 5 * time.Second, Logger: s.log, Version: "example-service"})
}

// problem is the answer to what was not done.
type problem struct {
	Failure executor.Failure `json:"failure"`
	Error   string           `json:"error"`
	// Retry tells whether the same request may go through later.
	Retry bool `json:"retry"`
}

// statusOf is what an error comes to for who asks over HTTP.
func statusOf(err error) int {
	switch executor.FailureOf(err) {
	case executor.FailedArgument, executor.FailedSpec:
		return http.StatusBadRequest
	case executor.FailedMissing:
		return http.StatusUnprocessableEntity
	case executor.FailedRefused:
		return http.StatusForbidden
	case executor.FailedStale, executor.FailedDeclined:
		return http.StatusConflict
	case executor.FailedLocked, executor.FailedLost, executor.FailedInterrupted, executor.FailedUnknown, executor.FailedPartly:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// fail answers with what came of a request. No error of pgsr shows a password.
func (s *service) fail(w http.ResponseWriter, err error) {
	if errors.As(err, new(*badRequest)) {
		write(w, http.StatusBadRequest, problem{Failure: executor.FailedSpec, Error: "the body is not the JSON of a role"})
		return
	}
	status, answer := statusOf(err), problem{executor.FailureOf(err), err.Error(), executor.MayPass(err)}
	if answer.Retry {
		w.Header().Set("Retry-After", "5")
	}
	write(w, status, answer)
}

func write(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // whose error says that nobody reads it any more
}
