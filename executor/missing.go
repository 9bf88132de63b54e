package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/executor/wire"
	"pgsr/gen"
	"pgsr/planner/catalog"
	"pgsr/planner/lists"
	"pgsr/planner/resolve"
	"pgsr/planner/spec"
)

// MissingError lists what a spec names and does not exist, or the one thing that was asked about. Nothing was done.
// Make it, write something else, or go on without: [spec.WarnOfMissing].
type MissingError struct {
	Missing []Missing
	// asked says of the one thing that was asked about that it does not exist.
	asked string
}

// notFound makes one of the error for the one thing that was asked about, with the nearest names.
func notFound(ctx context.Context, conn *pgx.Conn, err error) error {
	none, is := errors.AsType[*resolve.NotFoundError](err)
	if !is {
		return err
	}
	missing := []Missing{none.Missing}
	names, failed := namesNear(ctx, readOutside(conn, Options{}), missing)
	if failed != nil {
		return errors.Join(err, failed)
	}
	missing = resolve.Suggest(missing, names)
	return &MissingError{missing, missing[0].String()}
}

// refuseMissing makes an error of what is missing, where that refuses the run: of what is needed in any case.
func refuseMissing(when spec.WhenMissing, missing []resolve.Missing) error {
	if when == spec.WarnOfMissing {
		missing = slices.DeleteFunc(slices.Clone(missing), func(m resolve.Missing) bool { return !m.IsNeeded() })
	}
	if len(missing) == 0 {
		return nil
	}
	return &MissingError{Missing: missing}
}

// withMissing adds what is missing to what else refuses a run, so that whoever mends the spec reads all at once.
func withMissing(refused error, when spec.WhenMissing, missing []resolve.Missing) error {
	switch err := refuseMissing(when, missing); {
	case err == nil:
		return refused
	case refused == nil:
		return err
	default:
		return errors.Join(refused, err)
	}
}

// mostMissing is how many are named.
const mostMissing = 100

// Error names what is missing, where the spec names it, and what may have been meant.
func (e *MissingError) Error() string {
	if e.asked != "" {
		return e.asked
	}
	var text strings.Builder
	text.WriteString("the spec names what does not exist, so nothing was done")
	if !slices.ContainsFunc(e.Missing, resolve.Missing.IsNeeded) {
		text.WriteString(" (missing: warn, or --missing warn, goes on without)")
	}
	text.WriteString(":")
	for _, m := range e.Missing[:min(len(e.Missing), mostMissing)] {
		text.WriteString(m.Below("\n  " + m.String()))
	}
	if more := len(e.Missing) - mostMissing; more > 0 {
		fmt.Fprintf(&text, "\n  and %d more", more)
	}
	return text.String()
}

// warningsOf names what is missing where the run goes on.
func warningsOf(missing []resolve.Missing) []string {
	all := lists.Map(missing[:min(len(missing), mostMissing)], resolve.Missing.Warning)
	if more := len(missing) - mostMissing; more > 0 {
		all = append(all, fmt.Sprintf("%d more things that the spec names do not exist", more))
	}
	return all
}

// withSuggestions adds the nearest names to an error that says what is missing: of what there is, which is read for it
// and for nothing else, and of the spec's roles.
func (p *planning) withSuggestions(ctx context.Context, from catalogReader, err error) error {
	missing, is := errors.AsType[*MissingError](err)
	if !is {
		return err
	}
	names, failed := namesNear(ctx, from, missing.Missing)
	if failed != nil {
		return errors.Join(err, failed)
	}
	names.Roles = append(names.Roles, p.spec.RoleNames()...)
	missing.Missing = resolve.Suggest(missing.Missing, names)
	return err
}

// namesNear reads what there is: all roles, databases and schemas, and what may be meant by objects.
func namesNear(ctx context.Context, from catalogReader, missing []resolve.Missing) (names resolve.Names, err error) {
	schemas, objects, settings := []string{}, []string{}, false
	for _, m := range missing {
		settings = settings || m.Object.Kind == catalog.SettingParameter
		if m.Object.Schema != "" && m.Pattern == "" {
			schemas, objects = append(schemas, m.Object.Schema), append(objects, m.Object.Name)
		}
	}
	ask := wire.Query{Doing: "reading what there is instead", SQL: gen.Names, Args: []any{schemas, objects, settings}, Read: wire.EachRow(func(row gen.NamesRow) {
		switch {
		case row.Kind == "ROLE":
			names.Roles = append(names.Roles, row.Name)
		case names.AddOther(row.Schema, row.Name, resolve.Other(row.Kind)):
		default:
			names.Objects = append(names.Objects, catalog.ObjectID{Kind: catalog.Kind(row.Kind), Schema: row.Schema, Name: row.Name})
		}
	})}
	few := inspect.AlwaysReadNames(func(id catalog.ObjectID) { names.Objects = append(names.Objects, id) })
	return names, from.RoundTrip(ctx, wire.Queries(ask, few)...)
}
