package main

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// mostAsks is how often one workflow asks for approval on one cluster, whose state changes meanwhile.
const mostAsks = 3

// heartbeatWithin is how soon a worker that died is noticed, and how soon one hears of a workflow that was cancelled.
var heartbeatWithin = 15 * time.Second

// run does all for one cluster. It ends in one of the last six states.
func (f *fleet) run(ctx workflow.Context, c *cluster) {
	for {
		c.State, c.approved = Planning, nil
		if err := f.do(ctx, activities.Plan, PlanInput{Cluster: c.Cluster}, &c.plan); err != nil {
			c.end(err)
			return
		}
		c.Digest, c.Statements = c.plan.Digest, c.plan.Statements
		switch {
		case c.plan.Statements == 0:
			c.State = InSync
			return
		case c.Asked == mostAsks:
			c.State = Stale
			return
		}
		if !f.isApproved(ctx, c) {
			return
		}
		c.State = Applying
		err := f.do(ctx, activities.Apply, ApplyInput{Cluster: c.Cluster, Digest: c.Digest, Saved: c.plan.Saved}, nil)
		if isStale(err) {
			continue // what is to be done now is for someone to approve again
		}
		c.end(err)
		return
	}
}

// isApproved waits until the plan is approved.
func (f *fleet) isApproved(ctx workflow.Context, c *cluster) bool {
	c.State = Waiting
	c.Asked++
	approved, err := workflow.AwaitWithTimeout(ctx, f.approveWithin, func() bool { return c.approved != nil })
	switch {
	case err != nil:
		c.end(err)
	case !approved:
		c.State = NotApproved
	default:
		c.ApprovedBy = c.approved.By
	}
	return err == nil && approved
}

// end says how it ended.
func (c *cluster) end(err error) {
	var cause *temporal.ApplicationError
	switch {
	case err == nil:
		c.State = Applied
	case temporal.IsCanceledError(err):
		c.State = Cancelled
	case errors.As(err, &cause):
		c.State, c.Error = Failed, cause.Message()
	default:
		c.State, c.Error = Failed, err.Error()
	}
}

func isStale(err error) bool {
	var cause *temporal.ApplicationError
	return errors.As(err, &cause) && cause.Type() == staleError
}

// activities are only for their names.
var activities *Activities

// do runs an activity when there is a place for it. Each may run any number of times: what is done stays done.
func (f *fleet) do(ctx workflow.Context, activity, input, result any) error {
	if err := f.places.Acquire(ctx, 1); err != nil {
		return err
	}
	defer f.places.Release(1)
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Hour,
		HeartbeatTimeout:    heartbeatWithin,
		WaitForCancellation: true, // until what it did is rolled back
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute, MaximumAttempts: 8,
		},
	})
	return workflow.ExecuteActivity(ctx, activity, input).Get(ctx, result)
}
