package executor

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"pgsr/executor/ledger"
	"pgsr/planner"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// Write writes a plan as a script for psql, which takes the lock that the spec names. Running it and applying the
// plan send the same statements. Errors: an [*ArgumentError] for what is nil, and those of w.
func Write(w io.Writer, s *spec.Spec, plan *planner.Plan, o Options) error {
	return WriteAs(w, report.Formats()[0].Name, s, plan, o)
}

// WriteAs writes a plan in one of the formats that report.FormatNames lists, with all that the format shows. Errors: a
// format that there is not, what it can not hold (goose: several transactions), and those of w.
func WriteAs(w io.Writer, format string, s *spec.Spec, plan *planner.Plan, o Options) error {
	return WriteSequenceAs(w, format, s, &planner.Sequence{Plans: []*planner.Plan{plan}}, o)
}

// WriteSequenceAs does so with a plan over several databases. In psql that refuses a database whose name has a
// character that nobody sees. Formats that know no way to connect to another database (sql, goose) refuse several.
func WriteSequenceAs(w io.Writer, format string, s *spec.Spec, sequence *planner.Sequence, o Options) error {
	if err := checkWriter(w); err != nil {
		return err
	}
	f, err := report.FormatNamed(format)
	if err != nil {
		return err
	}
	out, err := Document(f, s, sequence, o)
	if err != nil {
		return err
	}
	return report.WriteSequence(w, format, out)
}

// Document gives what a format shows of a plan, with all that is said about it. Errors are those of [WriteAs].
func Document(f report.Format, s *spec.Spec, sequence *planner.Sequence, o Options) (report.Sequence, error) {
	if f.Name == "" {
		return report.Sequence{}, &ArgumentError{Argument: "the format", Problem: "is none: report.FormatNamed gives one"}
	}
	if err := cmp.Or(checkSpecIsThere(s), checkSequence(sequence), o.check()); err != nil {
		return report.Sequence{}, err
	}
	out := report.Sequence{Warnings: sequence.Warnings, Elsewhere: !sequence.IsSingle()}
	for _, plan := range sequence.Shown() {
		d, err := documentAs(f, lockKey(s), plan, o)
		if err == nil {
			d, err = f.Prepare(d)
		}
		if err != nil {
			return out, err
		}
		out.Documents = append(out.Documents, d)
	}
	switch {
	case !f.Effect || sequence.Effects == nil:
	case out.Elsewhere:
		out.Effects = sequence.Effects()
	default:
		out.Documents[0].Elsewhere = sequence.EffectElsewhere()
	}
	return out, nil
}

// documentAs gives what a format shows of a plan.
func documentAs(f report.Format, lockKey int64, plan *planner.Plan, o Options) (report.Document, error) {
	d := document(lockKey, plan, o)
	switch {
	case f.Effect:
		d.Effect = plan.Effect()
	case f.Held:
		d.Effect = plan.Held()
	}
	if !f.Rollback {
		return d, nil
	}
	return d, addRollback(&d, plan, o)
}

// addRollback adds the way back. Where the connecting role may not go it, there is none, and a warning says why.
func addRollback(d *report.Document, plan *planner.Plan, o Options) error {
	back, err := plan.Back()
	if refusal, is := errors.AsType[*planner.Refusal](err); is {
		d.Warnings = append(slices.Clip(d.Warnings), "there is no way back for this role: "+refusal.Error())
		return nil
	}
	if err != nil {
		return err
	}
	way := document(d.LockKey, back, o)
	d.Rollback = &way.Document
	return nil
}

// document gives a plan with its header and guards.
func document(lockKey int64, plan *planner.Plan, o Options) report.Document {
	d := unguarded(lockKey, plan, o)
	d.Parts = plan.Parts
	if plan.Parts == nil {
		d.ReliesOn, d.LeadsTo = plan.ReliesOn(), plan.LeadsTo()
	}
	d.Header = script.HeaderLines(d.Document)
	return d
}

// unguarded gives a plan with what all its forms hold, without guards and header.
func unguarded(lockKey int64, plan *planner.Plan, o Options) report.Document {
	return report.Document{Document: script.Document{
		Origin: script.Origin{Version: o.Version, Sources: o.Sources},
		Server: plan.Server, LockKey: lockKey, Warnings: plan.Warnings, Ends: plan.Ends, Left: plan.Left, Passwords: o.Passwords,
		LockTimeout: o.LockTimeout, StatementTimeout: o.StatementTimeout, Statements: plan.Statements,
		NoLedger: o.NoLedger, LedgerOwners: o.LedgerOwners,
	}}
}

// lockKey is the key of the advisory lock.
func lockKey(s *spec.Spec) int64 {
	return cmp.Or(s.LockKey, spec.DefaultLockKey)
}

// ledgerEntry gives the ledger's entry for a plan that was run. A part has the digest of the whole plan. A way back
// that the connecting role may not go is left out.
func ledgerEntry(d report.Document, plan *planner.Plan, o Options, took time.Duration) (ledger.Entry, error) {
	e := ledger.Entry{
		Version: o.Version, Digest: cmp.Or(d.Digest, plan.Digest()), Statements: len(plan.Statements), Duration: took, Result: "applied",
	}
	if d.Effect != nil {
		e.Effect = strings.Join(report.EffectLines(d.Effect, 0), "\n") + "\n"
	}
	var err error
	ran := d.Document
	ran.NoLedger = true // this is the entry
	if e.Script, err = maskedScript(ran); err != nil {
		return ledger.Entry{}, err
	}
	if d.Rollback != nil {
		back := *d.Rollback
		back.Passwords = script.PasswordVariables // what is hidden could not be run
		e.Rollback, err = maskedScript(back)
	}
	return e, err
}

// maskedScript writes a script without its secrets.
func maskedScript(d script.Document) (string, error) {
	d.Masked = true
	var text strings.Builder
	err := script.WritePSQL(&text, d)
	return text.String(), err
}
