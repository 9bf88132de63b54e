package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/testsuite"

	"pgsr/executor/scratch"
	"pgsr/executor/scratch/scratchtest"
)

// alicePassword is in the environment of the tests, and never in a history.
const alicePassword = "al1ce never shown"

// fleetSpec is for every cluster. The role that the workers connect as only has CREATEROLE.
const fleetSpec = `version: 1
roles:
  readers:
    direct_grants: [USAGE ON SCHEMA sales, SELECT ON TABLE sales.orders]
  alice:
    login: {password: {env: ALICE_PASSWORD}}
    member_of: [readers]
`

// trial is a fleet of real clusters, and Temporal's test environment for one workflow.
type trial struct {
	*testing.T
	*testsuite.TestWorkflowEnvironment
	activities *Activities
	folder     string
	names      []string
	servers    map[string]*scratch.Server
	env        map[string]string
}

// newTrial starts a cluster for each name, with a schema that a spec can be about.
func newTrial(t *testing.T, names ...string) *trial {
	t.Helper()
	f := &trial{T: t, folder: t.TempDir(), names: names, servers: map[string]*scratch.Server{}, env: map[string]string{"ALICE_PASSWORD": alicePassword}}
	config := map[string]map[string]Cluster{"clusters": {}}
	f.file("fleet.yaml", fleetSpec)
	for _, name := range names {
		f.servers[name] = scratchtest.Cluster(t)
		f.execute(name, "postgres", "CREATE ROLE deployer LOGIN CREATEROLE")
		f.execute(name, "postgres", "CREATE DATABASE "+name+" OWNER deployer")
		f.sql(name, "SET ROLE deployer; CREATE SCHEMA sales; CREATE TABLE sales.orders (id int)")
		f.env[strings.ToUpper(name)] = f.servers[name].URL("deployer", name, "")
		config["clusters"][name] = Cluster{URLEnv: strings.ToUpper(name), Specs: []string{"fleet.yaml"}}
	}
	data, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	clusters, err := readClusters(f.file("clusters.json", string(data)))
	if err != nil {
		t.Fatal(err)
	}
	f.activities = &Activities{Clusters: clusters, LookupEnv: func(name string) (string, bool) { value, set := f.env[name]; return value, set }}
	f.renew()
	f.RegisterActivity(f.activities)
	return f
}

// renew makes the environment a new one, for a workflow and activities to be registered.
func (f *trial) renew() {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	f.TestWorkflowEnvironment = suite.NewTestWorkflowEnvironment()
	f.SetTestTimeout(time.Minute)
}

// file writes a file beside the configuration.
func (f *trial) file(name, text string) string {
	f.Helper()
	path := filepath.Join(f.folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
	return path
}

// sql runs statements on a cluster, in its database of the same name, behind everybody's back.
func (f *trial) sql(name, statements string) *pgx.Conn {
	f.Helper()
	return f.execute(name, name, statements)
}

func (f *trial) execute(name, database, statements string) *pgx.Conn {
	f.Helper()
	conn, err := pgx.Connect(context.Background(), f.servers[name].URL(scratch.Superuser, database, ""))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { conn.Close(context.Background()) })
	if _, err := conn.PgConn().Exec(context.Background(), statements).ReadAll(); err != nil {
		f.Fatalf("%s: %v", statements, err)
	}
	return conn
}

// tells whether something is so on a cluster.
func (f *trial) tells(name, condition string) bool {
	f.Helper()
	var is bool
	if err := f.sql(name, "").QueryRow(context.Background(), "SELECT "+condition).Scan(&is); err != nil {
		f.Fatalf("%s: %v", condition, err)
	}
	return is
}

// isDone tells whether alice can read what the spec lets her read.
func (f *trial) isDone(name string) bool {
	f.Helper()
	return f.tells(name, `count(*) = 1 AND bool_and(has_table_privilege(oid, 'sales.orders', 'SELECT')) FROM pg_roles WHERE rolname = 'alice' AND rolcanlogin`)
}

// status asks the workflow.
func (f *trial) status() map[string]Status {
	f.Helper()
	answer, err := f.QueryWorkflow(StatusQuery)
	var all []Status
	if err == nil {
		err = answer.Get(&all)
	}
	if err != nil {
		f.Fatal(err)
	}
	of := map[string]Status{}
	for _, s := range all {
		of[s.Cluster] = s
	}
	return of
}

// waiting gives the digest that waits on a cluster.
func (f *trial) waiting(name string) string {
	f.Helper()
	s := f.status()[name]
	if s.State != Waiting || len(s.Digest) != 64 || s.Statements == 0 {
		f.Errorf("%+v is not waiting", s)
	}
	return s.Digest
}

// approve approves of what waits.
func (f *trial) approve(names ...string) {
	f.Helper()
	for _, name := range names {
		f.SignalWorkflow(ApproveSignal, Approval{Cluster: name, Digest: f.waiting(name), By: "the reviewer"})
	}
}

// in does something once all that runs has ended, and so much time has passed: the test environment skips it.
func (f *trial) in(after time.Duration, do func()) { f.RegisterDelayedCallback(do, after) }

// run runs the workflow, and gives what it ends with for each cluster.
func (f *trial) run() (map[string]Status, error) {
	f.Helper()
	f.ExecuteWorkflow(Fleet, Request{Clusters: f.names, Parallel: 2, ApproveWithin: 2})
	if !f.IsWorkflowCompleted() {
		f.Fatal("the workflow has not ended")
	}
	return f.status(), f.GetWorkflowError()
}

// ended fails unless the clusters ended as said.
func (f *trial) ended(status map[string]Status, states ...State) {
	f.Helper()
	for i, name := range f.names {
		if status[name].State != states[i] {
			f.Errorf("%s: expected %q, got %+v", name, states[i], status[name])
		}
	}
}

// quiet is for the test environment's log.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
