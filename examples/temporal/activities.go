package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/executor"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
	"pgsr/planner/specfile"
)

const (
	// mostSaved is how large a plan may be in a history, compressed; Temporal takes 2 MB at a time and 50 MB in all.
	mostSaved = 250_000
	// mostUnpacked is how large it may be once unpacked.
	mostUnpacked = 64_000_000
	// mostText is how much of a plan people are shown.
	mostText = 50_000
)

// Activities are what a worker does on clusters. Each connects for itself and may be repeated.
type Activities struct {
	Clusters  map[string]Cluster
	LookupEnv func(string) (string, bool)
	// LockTimeout is how long an apply waits for a lock before it makes place, and is tried again; 0: the server's.
	LockTimeout time.Duration
}

// PlanInput names a cluster.
type PlanInput struct {
	Cluster string `json:"cluster"`
}

// Planned is a plan. No password is in it, nor a verifier of one.
type Planned struct {
	Digest     string `json:"digest"`
	Statements int    `json:"statements"`
	// Text is the plan for people.
	Text string `json:"text"`
	// Saved is what pgsr plan --format json --passwords omit writes, with gzip.
	Saved []byte `json:"saved"`
}

// ApplyInput is a plan that was approved.
type ApplyInput struct {
	Cluster string `json:"cluster"`
	Digest  string `json:"digest"`
	Saved   []byte `json:"saved"`
}

// Plan works out what there is to do on a cluster. It changes nothing.
func (a *Activities) Plan(ctx context.Context, in PlanInput) (out Planned, err error) {
	err = a.within(ctx, in.Cluster, func(ctx context.Context, c Cluster, conn *pgx.Conn, o executor.Options) error {
		out, err = plan(ctx, c, conn, o)
		return err
	})
	return out, failure(err)
}

// Apply applies a plan whose digest is the one that was approved. If it is stale because it is done, all is well: an
// earlier attempt has done it, and its answer was lost.
func (a *Activities) Apply(ctx context.Context, in ApplyInput) error {
	saved, err := unpack(in.Saved)
	if err == nil && saved.Digest() != in.Digest {
		err = errors.New("it is another plan than the one that was approved")
	}
	if err != nil {
		return failure(&inputError{fmt.Errorf("reading the plan: %w", err)})
	}
	return failure(a.within(ctx, in.Cluster, func(ctx context.Context, c Cluster, conn *pgx.Conn, o executor.Options) error {
		_, err := executor.ApplySavedSequence(ctx, conn, saved, o)
		if !errors.As(err, new(*executor.StaleError)) {
			return err
		}
		if now, failed := plan(ctx, c, conn, o); failed == nil && now.Statements == 0 {
			return nil
		}
		return err
	}))
}

// within does something on a connection to a cluster, and tells Temporal how far it is.
func (a *Activities) within(ctx context.Context, name string, act func(context.Context, Cluster, *pgx.Conn, executor.Options) error) error {
	c, known := a.Clusters[name]
	if !known {
		return &inputError{fmt.Errorf("this worker knows no cluster %q", name)}
	}
	url, set := a.LookupEnv(c.URLEnv)
	if !set || url == "" {
		return &inputError{fmt.Errorf("the worker's environment has no %s, which says where cluster %q is", c.URLEnv, name)}
	}
	beat := startHeartbeat(ctx)
	defer beat.stop()
	o := executor.Options{MaxRevokes: c.MaxRevokes, LockTimeout: a.LockTimeout, Passwords: script.PasswordsOmitted, Progress: beat.progress}
	conn, err := executor.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return act(ctx, c, conn, o)
}

// plan plans without reading a password. The same state gives the same digest: it does not say when it was made.
func plan(ctx context.Context, c Cluster, conn *pgx.Conn, o executor.Options) (Planned, error) {
	s, sources, err := parse(c)
	if err != nil {
		return Planned{}, &inputError{err}
	}
	o.Sources = sources
	sequence, err := executor.PlanDatabases(ctx, conn, s, o)
	if err != nil {
		return Planned{}, err
	}
	var text strings.Builder
	var saved bytes.Buffer
	if err := executor.WriteSequenceAs(&text, "text", s, sequence, o); err != nil {
		return Planned{}, err
	}
	if err := executor.WriteSequenceAs(&saved, "json", s, sequence, o); err != nil {
		return Planned{}, err
	}
	return pack(saved.Bytes(), text.String())
}

// parse reads the spec.
func parse(c Cluster) (*spec.Spec, []script.Source, error) {
	files, err := c.files()
	if err != nil {
		return nil, nil, err
	}
	var sources []script.Source
	for _, file := range files {
		sources = append(sources, script.Source{Name: file.Name, SHA256: fmt.Sprintf("%x", sha256.Sum256(file.Data))})
	}
	s, err := specfile.Parse(files, specfile.Secrets{Unread: true})
	return s, sources, err
}

// pack makes a saved plan small enough for a history.
func pack(data []byte, text string) (Planned, error) {
	saved, err := report.ReadPlan(bytes.NewReader(data))
	if err != nil {
		return Planned{}, err
	}
	out := Planned{Digest: saved.Digest(), Text: text}
	for _, d := range saved.Documents {
		out.Statements += len(d.Statements)
	}
	if len(out.Text) > mostText {
		out.Text = strings.ToValidUTF8(out.Text[:mostText], "") + "\nand more: see pgsr plan\n"
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(data); err != nil {
		return Planned{}, err
	}
	if err := w.Close(); err != nil {
		return Planned{}, err
	}
	if packed.Len() > mostSaved {
		return Planned{}, &inputError{fmt.Errorf("the plan of %d statements is too large for a workflow's history: apply it with pgsr apply", out.Statements)}
	}
	out.Saved = packed.Bytes()
	return out, nil
}

// unpack reads a plan that was packed. Its digest is checked.
func unpack(packed []byte) (report.Sequence, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return report.Sequence{}, err
	}
	data, err := io.ReadAll(io.LimitReader(r, mostUnpacked))
	if err != nil {
		return report.Sequence{}, err
	}
	return report.ReadPlan(bytes.NewReader(data))
}
