package executor

import (
	"slices"

	"pgsr/planner"
)

// SequenceResult says what a run over several databases did. What its Summary says is of all of them.
type SequenceResult struct {
	// Sequence is what was found to do before anything was done. Where nobody was asked, it may be without what is to be
	// done in other databases, which is planned there.
	Sequence *planner.Sequence
	// Results are those of the steps, in order; nil: nothing was to be done.
	Results []*Result
	Summary
	// digest is that of a saved plan, which has it; nil: it is worked out.
	digest func() string
}

// Applied tells whether anything was written.
func (r *SequenceResult) Applied() bool {
	return r != nil && slices.ContainsFunc(r.Results, func(one *Result) bool { return one != nil && one.Applied })
}

// Digest names what was found to do: see [planner.Sequence.Digest].
func (r *SequenceResult) Digest() string {
	switch {
	case r == nil:
		return ""
	case r.digest != nil:
		return r.digest()
	case r.Sequence == nil || len(r.Sequence.Plans) == 0:
		return ""
	}
	return r.Sequence.Digest()
}

// InOne gives the result of what was done in one database as that of several; nil for nil.
func InOne(result *Result) *SequenceResult {
	if result == nil {
		return nil
	}
	out := &SequenceResult{Sequence: &planner.Sequence{Plans: []*planner.Plan{result.Plan}}, Summary: result.Summary, digest: result.digest}
	if result.Applied {
		out.Results = []*Result{result}
	}
	return out
}

// summarized adds what the steps came to, and what the spec names in each database and does not exist.
func (r *sequenceRun) summarized(out *SequenceResult) *SequenceResult {
	for _, result := range out.Results {
		done := result.Summary
		done.Missing, done.Skipped = nil, nil
		out.Summary = out.with(done)
	}
	if r.connected != nil {
		for _, d := range append([]*databaseRun{r.connected}, r.others...) {
			out.Summary = out.with(Summary{Missing: d.planning.missing, Skipped: d.planning.skipped})
		}
	}
	return out
}

// What is logged of a call that went well.

func (r *Result) said() outcome {
	out := saidOfPlan(r.Plan)
	if out.word = inSync; r.Applied {
		out.word = "applied"
	}
	out.summary, out.attempts, out.digest = r.Summary, r.Attempts, r.Digest
	return out
}

func (r *SequenceResult) said() outcome {
	out := saidOfSequence(r.Sequence)
	if out.word = inSync; r.Applied() {
		out.word = "applied"
	}
	out.summary, out.statements, out.digest = r.Summary, r.Statements, r.Digest
	for _, one := range r.Results {
		out.attempts += one.Attempts
	}
	return out
}

const inSync = "in sync"

func saidOfPlan(plan *planner.Plan) outcome {
	return saidOfSequence(&planner.Sequence{Plans: []*planner.Plan{plan}})
}

func saidOfSequence(s *planner.Sequence) outcome {
	out := outcome{server: s.Plans[0].Server, word: "planned", digest: s.Digest, warnings: slices.Clone(s.Warnings)}
	for _, plan := range s.Plans {
		out.statements += len(plan.Statements)
		out.warnings = append(out.warnings, plan.Warnings...)
	}
	if out.statements == 0 {
		out.word = inSync
	}
	return out
}
