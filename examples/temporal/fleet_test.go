package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"
)

// What was approved is applied, and only that. A second run finds nothing to do and asks nobody.
func TestApproved(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu", "us")
	f.in(time.Minute, func() {
		answer, err := f.QueryWorkflow(PlanQuery, "eu")
		var text string
		if err == nil {
			err = answer.Get(&text)
		}
		if err != nil || !strings.Contains(text, "alice, readers: new role") {
			t.Errorf("%v: %s", err, text)
		}
		if f.isDone("eu") || f.isDone("us") {
			t.Error("it was applied before it was approved")
		}
		f.approve("eu", "us")
	})
	status, err := f.run()
	f.ended(status, Applied, Applied)
	if err != nil || !f.isDone("eu") || !f.isDone("us") || status["eu"].ApprovedBy != "the reviewer" {
		t.Errorf("%v, %+v", err, status)
	}
	if status["eu"].Digest == status["us"].Digest {
		t.Error("two clusters have plans with the same digest")
	}
	f.renew()
	f.RegisterActivity(f.activities)
	status, err = f.run()
	f.ended(status, InSync, InSync)
	if err != nil {
		t.Error(err)
	}
}

// An approval of another plan does nothing, and when nobody approves in time the workflow ends with nothing done.
func TestWrongDigestAndTimeout(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu", "us")
	f.in(time.Hour, func() {
		for _, a := range []Approval{
			{Cluster: "eu", Digest: f.waiting("us")}, {Cluster: "us", Digest: strings.Repeat("0", 64)}, {Cluster: "us"}, {Cluster: "mars", Digest: f.waiting("eu")}, {},
		} {
			f.SignalWorkflow(ApproveSignal, a)
		}
	})
	f.in(119*time.Minute, func() { f.waiting("eu"); f.waiting("us") })
	status, err := f.run()
	f.ended(status, NotApproved, NotApproved)
	if err == nil || !strings.Contains(err.Error(), "eu: not approved in time") {
		t.Error(err)
	}
	if f.isDone("eu") || f.isDone("us") {
		t.Error("it was applied without approval")
	}
}

// A plan that is stale by the time it is approved is not applied: what is to be done then waits for another approval.
func TestStale(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu")
	drift := "SET ROLE deployer; CREATE ROLE readers; GRANT DELETE ON sales.orders TO readers"
	var first string
	f.in(time.Minute, func() { first = f.waiting("eu"); f.sql("eu", drift); f.approve("eu") })
	f.in(2*time.Minute, func() {
		if f.waiting("eu") == first || f.isDone("eu") {
			t.Error("the stale plan was applied, or is the new one")
		}
		f.SignalWorkflow(ApproveSignal, Approval{Cluster: "eu", Digest: first})
	})
	f.in(3*time.Minute, func() { f.approve("eu") })
	status, err := f.run()
	f.ended(status, Applied)
	if err != nil || status["eu"].Asked != 2 || !f.isDone("eu") || f.tells("eu", "has_table_privilege('readers', 'sales.orders', 'DELETE')") {
		t.Errorf("%v, %+v", err, status)
	}
}

// Nobody is asked without end.
func TestStaleTooOften(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu")
	f.sql("eu", "SET ROLE deployer; CREATE ROLE readers")
	for i := range mostAsks {
		f.in(time.Duration(i+1)*time.Minute, func() {
			f.sql("eu", fmt.Sprintf("GRANT %s ON sales.orders TO readers", []string{"DELETE", "UPDATE", "INSERT"}[i]))
			f.approve("eu")
		})
	}
	status, err := f.run()
	f.ended(status, Stale)
	if err == nil || status["eu"].Asked != mostAsks || f.isDone("eu") {
		t.Errorf("%v, %+v", err, status)
	}
}

// What fails on one cluster does not keep the others from going on. No more are at work at a time than was asked for.
func TestOneFails(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu", "us", "asia")
	f.sql("us", "DROP TABLE sales.orders")
	f.sql("asia", "ALTER ROLE deployer NOCREATEROLE")
	f.in(time.Minute, func() { f.approve("eu") })
	running, most := 0, 0
	f.SetOnActivityStartedListener(func(*activity.Info, context.Context, converter.EncodedValues) {
		running++
		most = max(most, running)
	})
	f.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { running-- })
	status, err := f.run()
	if most != 2 {
		t.Errorf("%d activities ran at a time", most)
	}
	f.ended(status, Applied, Failed, Failed)
	if !f.isDone("eu") || !strings.Contains(status["us"].Error, "sales.orders") || !strings.Contains(status["asia"].Error, "CREATEROLE") {
		t.Errorf("%+v", status)
	}
	if err == nil || !strings.Contains(err.Error(), "2 of 3 clusters") {
		t.Error(err)
	}
}

// Neither passwords, nor what they become, nor where a cluster is, is in what Temporal keeps.
func TestHistoryHasNoSecrets(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu")
	planned, err := f.activity().ExecuteActivity(f.activities.Plan, PlanInput{Cluster: "eu"})
	var out Planned
	if err == nil {
		err = planned.Get(&out)
	}
	if err != nil {
		t.Fatal(err)
	}
	saved, err := unpack(out.Saved)
	if err != nil || len(saved.Documents) != 1 || len(saved.Documents[0].Statements) != out.Statements {
		t.Fatalf("%v, %d documents", err, len(saved.Documents))
	}
	text := fmt.Sprintf("%s %+v", out.Text, saved)
	for _, secret := range []string{alicePassword, "SCRAM-SHA-256$", f.servers["eu"].SocketDir()} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is in the history", secret)
		}
	}
	f.env["EU"] = "postgres://deployer:s3cret@127.0.0.1:1/postgres"
	_, err = f.activity().ExecuteActivity(f.activities.Plan, PlanInput{Cluster: "eu"})
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), passingError) {
		t.Error(err)
	}
	delete(f.env, "EU")
	_, err = f.activity().ExecuteActivity(f.activities.Plan, PlanInput{Cluster: "eu"})
	if err == nil || !strings.Contains(err.Error(), "has no EU") || !strings.Contains(err.Error(), wrongInput) {
		t.Error(err)
	}
}

// activity gives an environment for an activity alone.
func (f *trial) activity() *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(f.activities)
	return env
}

// A plan that was tampered with in the history is not applied.
func TestTamperedPlan(t *testing.T) {
	t.Parallel()
	f := newTrial(t, "eu", "us")
	plan := func(name string) Planned {
		planned, err := f.activity().ExecuteActivity(f.activities.Plan, PlanInput{Cluster: name})
		var out Planned
		if err == nil {
			err = planned.Get(&out)
		}
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	eu, us := plan("eu"), plan("us")
	for _, in := range []ApplyInput{
		{Cluster: "us", Digest: us.Digest, Saved: eu.Saved},
		{Cluster: "us", Digest: eu.Digest, Saved: eu.Saved}, // that of another cluster
		{Cluster: "eu", Digest: eu.Digest, Saved: eu.Saved[:len(eu.Saved)/2]},
		{Cluster: "eu", Digest: eu.Digest},
		{Cluster: "eu", Digest: eu.Digest, Saved: repack(t, eu.Saved, `sales.orders`, `sales.others`)},
		{Cluster: "eu", Digest: eu.Digest, Saved: repack(t, eu.Saved, `alice`, `mallory`)},
	} {
		if _, err := f.activity().ExecuteActivity(f.activities.Apply, in); err == nil {
			t.Errorf("%s with %s was applied", in.Cluster, in.Digest)
		}
	}
	if f.isDone("eu") || f.isDone("us") {
		t.Error("it was applied")
	}
}

// repack replaces a word in a plan.
func repack(t *testing.T, packed []byte, word, by string) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || !strings.Contains(string(text), word) {
		t.Fatalf("%s, %v", word, err)
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(strings.ReplaceAll(string(text), word, by))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// What can not be meant is refused before anything is done.
func TestRequest(t *testing.T) {
	t.Parallel()
	for _, r := range []Request{
		{}, {Clusters: make([]string, MostClusters+1)}, {Clusters: []string{"eu", "us", "eu"}},
		{Clusters: []string{"eu"}, Parallel: -1}, {Clusters: []string{"eu"}, ApproveWithin: -1}, {Clusters: []string{"eu"}, ApproveWithin: 1e300},
	} {
		f := &trial{T: t}
		f.renew()
		f.ExecuteWorkflow(Fleet, r)
		if err := f.GetWorkflowError(); err == nil || !strings.Contains(err.Error(), wrongInput) {
			t.Errorf("%v: %v", r, err)
		}
	}
}

// What README.md shows is what the worker and the workflow take.
func TestReadme(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	f := &trial{T: t, folder: t.TempDir()}
	config := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(string(data))
	if clusters, err := readClusters(f.file("clusters.json", config[1])); err != nil || len(clusters) != 2 || *clusters["eu1"].MaxRevokes != 20 {
		t.Errorf("%v, %v", err, clusters)
	}
	var request Request
	var name string
	var approval Approval
	inputs := regexp.MustCompile(`--input '([^']*)'`).FindAllStringSubmatch(string(data), -1)
	if len(inputs) != 3 {
		t.Fatalf("%d inputs", len(inputs))
	}
	for i, into := range []any{&request, &name, &approval} {
		decoder := json.NewDecoder(strings.NewReader(inputs[i][1]))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Errorf("%s: %v", inputs[i][1], err)
		}
	}
	if err := request.check(); err != nil || name != "eu1" || approval.Cluster != "eu1" || approval.By == "" {
		t.Errorf("%v, %+v, %s, %+v", err, request, name, approval)
	}
	for _, word := range []string{"--name " + ApproveSignal, "--type " + StatusQuery, "--type " + PlanQuery, "--type Fleet"} {
		if !strings.Contains(string(data), word) {
			t.Errorf("it does not say %s", word)
		}
	}
}

// What a worker is told is read strictly.
func TestConfig(t *testing.T) {
	t.Parallel()
	f := &trial{T: t, folder: t.TempDir()}
	for text, word := range map[string]string{
		`{"clusters": {}}`:                                          "no clusters",
		`{"clusters": {"eu": {"url_env": "EU"}}}`:                   "needs url_env and specs",
		`{"clusters": {"eu": {"url": "postgres://", "specs": []}}}`: "unknown field",
		`{"clusters": {"eu": {"url_env": "EU", "specs": ["a.yaml"]`: "EOF",
	} {
		if _, err := readClusters(f.file("clusters.json", text)); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", text, err)
		}
	}
	clusters, err := readClusters("clusters.json")
	if err != nil || len(clusters) != 2 || !slices.Equal(clusters["eu1"].Specs, []string{"fleet.yaml", "eu1.yaml"}) {
		t.Errorf("the example: %v, %v", err, clusters)
	}
}
