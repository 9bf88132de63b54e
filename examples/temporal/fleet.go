package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// What a workflow is told and asked.
const (
	// ApproveSignal takes an [Approval].
	ApproveSignal = "approve"
	// StatusQuery gives the [Status] of every cluster.
	StatusQuery = "status"
	// PlanQuery takes the name of a cluster, and gives its plan as text.
	PlanQuery = "plan"
)

// MostClusters is how many one workflow takes: its history holds their plans.
const MostClusters = 100

// mostHours are a year.
const mostHours = 365 * 24

// Request is what [Fleet] is started with. There is nothing secret in it.
type Request struct {
	// Clusters are names that the workers know.
	Clusters []string `json:"clusters"`
	// Parallel is how many clusters are planned or applied at a time; 0: 4. Those that wait for approval do not count.
	Parallel int64 `json:"parallel,omitempty"`
	// ApproveWithin is how long a plan waits, in hours; 0: 24.
	ApproveWithin float64 `json:"approve_within_hours,omitempty"`
}

// Approval says that exactly one plan may be applied. One that names another digest than that of the plan that waits
// does nothing.
type Approval struct {
	Cluster string `json:"cluster"`
	Digest  string `json:"digest"`
	// By is who approved, for the record. Who may say so is what Temporal decides.
	By string `json:"by,omitempty"`
}

// State is how far a cluster is.
type State string

// The states. A cluster ends in one of the last six.
const (
	Planning    State = "planning"
	Waiting     State = "waiting for approval"
	Applying    State = "applying"
	InSync      State = "in sync"
	Applied     State = "applied"
	NotApproved State = "not approved in time"
	Stale       State = "stale too often"
	Failed      State = "failed"
	Cancelled   State = "cancelled"
)

// Status is what there is to know of a cluster.
type Status struct {
	Cluster string `json:"cluster"`
	State   State  `json:"state"`
	// Digest is that of the last plan, Statements how many it has.
	Digest     string `json:"digest,omitempty"`
	Statements int    `json:"statements,omitempty"`
	// Asked counts how often approval was asked for, ApprovedBy who gave it.
	Asked      int    `json:"asked,omitempty"`
	ApprovedBy string `json:"approved_by,omitempty"`
	// Error says why it failed.
	Error string `json:"error,omitempty"`
}

// Fleet plans on each cluster, waits until each plan is approved, and applies it. What fails on one cluster does not
// keep the others from going on. The result says what became of each; where one is neither in sync nor applied, the
// workflow fails, and the error's details say it.
func Fleet(ctx workflow.Context, r Request) ([]Status, error) {
	if err := r.check(); err != nil {
		return nil, temporal.NewNonRetryableApplicationError(err.Error(), wrongInput, nil)
	}
	f := &fleet{
		places:        workflow.NewSemaphore(ctx, cmp.Or(r.Parallel, 4)),
		approveWithin: time.Duration(cmp.Or(r.ApproveWithin, 24) * float64(time.Hour)),
	}
	for _, name := range r.Clusters {
		f.clusters = append(f.clusters, &cluster{Status: Status{Cluster: name, State: Planning}})
	}
	if err := f.answer(ctx); err != nil {
		return nil, err
	}
	workflow.Go(ctx, f.takeApprovals)
	all := workflow.NewWaitGroup(ctx)
	for _, c := range f.clusters {
		all.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer all.Done()
			f.run(ctx, c)
		})
	}
	all.Wait(ctx)
	return f.status(), f.failure(ctx)
}

// check refuses what can not be meant.
func (r Request) check() error {
	switch names := slices.Sorted(slices.Values(r.Clusters)); {
	case len(names) == 0 || len(names) > MostClusters:
		return fmt.Errorf("name 1 to %d clusters", MostClusters)
	case len(slices.Compact(names)) < len(r.Clusters):
		return errors.New("a cluster is named twice")
	case r.Parallel < 0 || r.ApproveWithin < 0 || r.ApproveWithin > mostHours:
		return fmt.Errorf("parallel has to be positive, and approve_within_hours at most %d", mostHours)
	}
	return nil
}

// fleet is the state of one workflow.
type fleet struct {
	clusters []*cluster
	// places are for activities.
	places        workflow.Semaphore
	approveWithin time.Duration
}

// cluster is the state of one of its clusters.
type cluster struct {
	Status
	plan Planned
	// approved is by whom the plan that waits was approved; nil: not yet.
	approved *Approval
}

func (f *fleet) cluster(name string) *cluster {
	for _, c := range f.clusters {
		if c.Cluster == name {
			return c
		}
	}
	return nil
}

func (f *fleet) status() []Status {
	var all []Status
	for _, c := range f.clusters {
		all = append(all, c.Status)
	}
	return all
}

// answer lets the queries be answered.
func (f *fleet) answer(ctx workflow.Context) error {
	err := workflow.SetQueryHandler(ctx, StatusQuery, func() ([]Status, error) { return f.status(), nil })
	if err != nil {
		return err
	}
	return workflow.SetQueryHandler(ctx, PlanQuery, func(name string) (string, error) {
		c := f.cluster(name)
		if c == nil {
			return "", fmt.Errorf("there is no cluster %q in this workflow", name)
		}
		return c.plan.Text, nil
	})
}

// takeApprovals takes those that name the plan that waits. All others do nothing.
func (f *fleet) takeApprovals(ctx workflow.Context) {
	for {
		var a Approval
		workflow.GetSignalChannel(ctx, ApproveSignal).Receive(ctx, &a)
		c := f.cluster(a.Cluster)
		if c == nil || c.State != Waiting || c.Digest != a.Digest {
			workflow.GetLogger(ctx).Warn("an approval of no plan that waits", "cluster", a.Cluster, "digest", a.Digest, "by", a.By)
			continue
		}
		c.approved = &a
	}
}

// failure says which clusters are not as they should be.
func (f *fleet) failure(ctx workflow.Context) error {
	var lines []string
	for _, c := range f.clusters {
		if c.State != InSync && c.State != Applied {
			lines = append(lines, strings.TrimSuffix(fmt.Sprintf("%s: %s: %s", c.Cluster, c.State, c.Error), ": "))
		}
	}
	switch {
	case ctx.Err() != nil:
		return temporal.NewCanceledError(f.status())
	case len(lines) == 0:
		return nil
	}
	message := fmt.Sprintf("%d of %d clusters are not what their specs say: %s", len(lines), len(f.clusters), strings.Join(lines, "; "))
	return temporal.NewNonRetryableApplicationError(message, "incomplete", nil, f.status())
}
