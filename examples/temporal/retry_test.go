package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"pgsr/executor"
	"pgsr/executor/ledger"
	"pgsr/planner"
	"pgsr/planner/spec"
)

// beWorker is set for copies of the test program that apply a plan and are killed before they can say so.
const beWorker = "PGSR_TEST_BE_WORKER"

func TestMain(m *testing.M) {
	if given := os.Getenv(beWorker); given != "" {
		applyAndDie(given)
	}
	heartbeatWithin = 5 * time.Second // so that one that was cancelled hears of it soon
	os.Exit(m.Run())
}

// doomed is what such a copy is given.
type doomed struct {
	Clusters map[string]Cluster
	Env      map[string]string
	Input    ApplyInput
}

// applyAndDie kills the process as soon as the plan is committed.
func applyAndDie(given string) {
	var d doomed
	if err := json.Unmarshal([]byte(given), &d); err != nil {
		panic(err)
	}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	a := &Activities{Clusters: d.Clusters, LookupEnv: func(name string) (string, bool) { value, set := d.Env[name]; return value, set }}
	env.RegisterActivity(a)
	if _, err := env.ExecuteActivity(a.Apply, d.Input); err != nil {
		panic(err)
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// killedAfterCommit applies in another process, which is killed.
func (f *trial) killedAfterCommit(in ApplyInput) error {
	given, err := json.Marshal(doomed{f.activities.Clusters, f.env, in})
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), beWorker+"="+string(given))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		f.Errorf("it was not killed: %v\n%s", err, out)
	}
	return errors.New("no heartbeat came any more") // which is how Temporal notices
}

// watched is a worker whose attempts to apply are in the hands of a test.
type watched struct {
	*Activities
	attempts atomic.Int32
	apply    func(ctx context.Context, in ApplyInput, attempt int32) error
}

func (w *watched) Apply(ctx context.Context, in ApplyInput) error {
	return w.apply(ctx, in, w.attempts.Add(1))
}

// watch lets a test see each attempt to apply.
func (f *trial) watch(apply func(ctx context.Context, in ApplyInput, attempt int32) error) *watched {
	w := &watched{Activities: f.activities, apply: apply}
	f.renew()
	f.RegisterActivity(w)
	return w
}

// A worker that is killed after COMMIT, before it can say so, is no harm: the next attempt finds it done.
func TestKilledAfterCommit(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu")
	conn := f.sql("eu", "SET SESSION AUTHORIZATION deployer")
	if _, _, err := ledger.Install(context.Background(), conn); err != nil {
		t.Fatal(err)
	}
	w := f.watch(func(ctx context.Context, in ApplyInput, attempt int32) error {
		if attempt == 1 {
			return f.killedAfterCommit(in)
		}
		if !f.isDone("eu") {
			t.Error("nothing was committed")
		}
		return f.activities.Apply(ctx, in)
	})
	f.in(time.Minute, func() { f.approve("eu") })
	status, err := f.run()
	f.ended(status, Applied)
	if err != nil || w.attempts.Load() != 2 || status["eu"].Asked != 1 {
		t.Errorf("%v, %d attempts, %+v", err, w.attempts.Load(), status)
	}
	entries, err := ledger.List(context.Background(), conn, 0)
	if err != nil || len(entries) != 1 || entries[0].Digest != status["eu"].Digest {
		t.Errorf("%v, it was applied %d times", err, len(entries))
	}
}

// The same where a plan is for several databases, each of which has a transaction of its own.
func TestKilledAfterSeveralCommits(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu")
	f.execute("eu", "postgres", "CREATE DATABASE marts OWNER deployer")
	f.execute("eu", "marts", "SET ROLE deployer; CREATE TABLE public.sold (id int)")
	f.file("fleet.yaml", fleetSpec+"    in: {marts: {direct_grants: [SELECT ON TABLE public.sold]}}\n")
	w := f.watch(func(ctx context.Context, in ApplyInput, attempt int32) error {
		if attempt == 1 {
			return f.killedAfterCommit(in)
		}
		return f.activities.Apply(ctx, in)
	})
	f.in(time.Minute, func() { f.approve("eu") })
	status, err := f.run()
	f.ended(status, Applied)
	if err != nil || w.attempts.Load() != 2 || status["eu"].Asked != 1 || !f.isDone("eu") {
		t.Errorf("%v, %d attempts, %+v", err, w.attempts.Load(), status)
	}
	var reads bool
	err = f.execute("eu", "marts", "").QueryRow(t.Context(), "SELECT has_table_privilege('alice', 'public.sold', 'SELECT')").Scan(&reads)
	if err != nil || !reads {
		t.Errorf("alice can not read what is in the other database: %v", err)
	}
}

// A lock that someone keeps too long and a connection that is lost pass, and are tried again.
func TestWhatPassesIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu")
	f.activities.LockTimeout = 300 * time.Millisecond
	holder := f.sql("eu", "BEGIN; SELECT pg_advisory_xact_lock(1)")
	w := f.watch(func(ctx context.Context, in ApplyInput, attempt int32) error {
		switch attempt {
		case 2:
			f.activities.LockTimeout = time.Minute
			go func() {
				f.waitsForLock("eu")
				f.sql("eu", "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
			}()
		case 3:
			_ = holder.Close(ctx)
		}
		err := f.activities.Apply(ctx, in)
		if (err == nil) != (attempt == 3) {
			t.Errorf("attempt %d: %v", attempt, err)
		}
		return err
	})
	f.in(time.Minute, func() { f.approve("eu") })
	status, err := f.run()
	f.ended(status, Applied)
	if err != nil || w.attempts.Load() != 3 || !f.isDone("eu") {
		t.Errorf("%v, %d attempts, %+v", err, w.attempts.Load(), status)
	}
}

// waitsForLock returns when someone waits for pgsr's lock.
func (f *trial) waitsForLock(name string) {
	f.until(name, "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
}

// until returns when something is so on a cluster.
func (f *trial) until(name, condition string) {
	conn := f.sql(name, "")
	defer conn.Close(context.Background())
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var is bool
		if err := conn.QueryRow(context.Background(), "SELECT "+condition).Scan(&is); err != nil || is {
			if err != nil {
				f.Error(err)
			}
			return
		}
	}
	f.Errorf("it never came to be: %s", condition)
}

// A workflow that is cancelled while it applies on one cluster and waits on another leaves nothing done: the next
// heartbeat tells the activity, and it rolls back.
func TestCancelled(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu", "us")
	holder := f.sql("eu", "BEGIN; SELECT pg_advisory_xact_lock(1)")
	ended := make(chan error, 1)
	f.watch(func(ctx context.Context, in ApplyInput, _ int32) error {
		go func() { f.waitsForLock("eu"); f.CancelWorkflow() }()
		err := f.activities.Apply(ctx, in)
		ended <- err
		return err
	})
	f.in(time.Minute, func() { f.waiting("us"); f.approve("eu") })
	status, err := f.run()
	f.ended(status, Cancelled, Cancelled)
	if !temporal.IsCanceledError(err) {
		t.Error(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the activity ended with %v", err)
	}
	_ = holder.Close(context.Background())
	f.until("eu", "NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'pgsr')")
	if f.isDone("eu") || f.isDone("us") {
		t.Error("it was applied")
	}
}

// What decides whether an activity is tried again.
func TestFailures(t *testing.T) {
	t.Parallel()
	state := func(code string) error { return fmt.Errorf("running it: %w", &pgconn.PgError{Code: code}) }
	for _, c := range []struct {
		err  error
		kind string
	}{
		{&executor.StaleError{}, staleError},
		{&executor.PartialError{Done: 1, Of: 2, Err: &executor.StaleError{}}, staleError},
		{&executor.SequenceError{Err: state("55P03")}, passingError},
		{&executor.PartialError{Done: 1, Of: 2, Err: &executor.InterruptedError{Err: context.Canceled}}, passingError},
		{&executor.UnknownOutcomeError{Err: io.EOF}, passingError},
		{io.ErrUnexpectedEOF, passingError},
		{state("55P03"), passingError}, {state("40001"), passingError}, {state("40P01"), passingError}, {state("57P01"), passingError}, {state("53300"), passingError}, {state("08006"), passingError},
		{state("42501"), refusedError}, {state("28P01"), refusedError}, {state(""), refusedError},
		{&planner.Refusal{}, refusedError}, {&executor.StateError{}, refusedError}, {&executor.MissingError{}, refusedError},
		{&executor.TooManyRevokesError{}, refusedError}, {&executor.NotAsPlannedError{Lost: []string{"x"}}, refusedError},
		{spec.Errors{}, wrongInput}, {&inputError{io.EOF}, wrongInput},
	} {
		var got *temporal.ApplicationError
		if err := failure(c.err); !errors.As(err, &got) || got.Type() != c.kind || got.NonRetryable() == (c.kind == passingError) {
			t.Errorf("%T: %v", c.err, err)
		}
	}
	if err := failure(&executor.InterruptedError{Err: context.Canceled}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
