package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// onlyAdded is the law of mode add. Nobody has less than before, planned again there is nothing to do, what is left
// is what sync would take, and with sync after it all is as it is with sync alone.
func (l *lawRun) onlyAdded() {
	ctx := context.Background()
	adding, syncing := l.options, l.options
	adding.Mode, syncing.Mode, syncing.Effect = spec.ModeAdd, spec.ModeSync, true
	l.connected(func(conn *pgx.Conn) {
		before := l.facts()
		l.losesNothing(conn, adding)
		given, err := Sync(ctx, conn, l.parsed, adding)
		if err != nil {
			l.addRefused(before, err)
			return
		}
		l.expect("add", before.takenIn(l.facts(), l.actor))
		again, err := Plan(ctx, conn, l.parsed, adding)
		if err != nil || !again.IsEmpty() {
			l.expect("add", []string{"planned again: " + l.sayAgain(again, err)})
			return
		}
		l.saysTheSame(conn, adding, again)
		if _, is := before.owners()["ROUTINE public.law()"]; is {
			return // nobody can foresee what an event trigger does
		}
		rest, err := Plan(ctx, conn, l.parsed, syncing)
		if problem, is := errors.AsType[*RefusedError](err); is && problem.Why == ForLockout {
			// What add gives a role of the spec, the actor may have by way of it: which sync alone would never have given.
			syncing.AllowLockout = true
			rest, err = Plan(ctx, conn, l.parsed, syncing)
		}
		if err != nil {
			if l.after != nil && !l.closesCircle(before, err) {
				l.expect("add", []string{"sync after add: " + err.Error()})
			}
			return
		}
		l.leftIsTaken(again.Left, rest)
		if _, err := Sync(ctx, conn, l.parsed, syncing); err != nil {
			l.expect("add", []string{"sync after add: " + err.Error()})
		} else if l.after != nil {
			l.same("add", "what sync leads to, and add with sync after it", l.after.withoutOwnersOptions(), l.facts().withoutOwnersOptions())
			l.gave = given.Applied && len(given.Plan.Left) > 0
		}
	})
}

// closesCircle tells whether sync is refused because add has made a role a member of the actor, by whatever path, who
// can not act for it any more: before 16 it takes a membership for that. Sync alone takes first, and then gives that
// membership.
func (l *lawRun) closesCircle(before facts, err error) bool {
	var refusal *planner.Refusal
	return l.major < 16 && errors.As(err, &refusal) && len(l.facts().below(l.actor)) > len(before.below(l.actor))
}

// below lists a role and its members, and theirs.
func (f facts) below(role string) []string {
	all := []string{role}
	for i := 0; i < len(all); i++ {
		for _, row := range f.ofKind("membership") {
			if row[1] == all[i] && !slices.Contains(all, row[2]) {
				all = append(all, row[2])
			}
		}
	}
	return all
}

// saysTheSame holds a plan against one for which more is read: what is left does not depend on that.
func (l *lawRun) saysTheSame(conn *pgx.Conn, adding Options, plan *planner.Plan) {
	adding.Effect = true
	wider, err := Plan(context.Background(), conn, l.parsed, adding)
	if err != nil || leftText(wider.Left) != leftText(plan.Left) {
		l.expect("add", []string{fmt.Sprintf("planned with effect: %v", err), leftText(plan.Left), "with effect:", l.sayAgain(wider, err), leftText(wider.Left)})
	}
}

// losesNothing plans where nothing may be lost. What the connecting role gives away of what it owns is lost to it.
func (l *lawRun) losesNothing(conn *pgx.Conn, adding Options) {
	given, planned := Plan(context.Background(), conn, l.parsed, adding)
	adding.MaxRevokes = new(int)
	_, err := Plan(context.Background(), conn, l.parsed, adding)
	refused, is := errors.AsType[*TooManyRevokesError](err)
	if is && refused.Losses.Ownerships == 0 && (planned != nil || !givesDatabase(given)) {
		l.expect("add", []string{refused.Error()})
	}
}

// givesDatabase tells whether a plan gives the database to another role. With it goes what pg_database_owner has.
// Before 16 members of the new owner do not have that where it is NOINHERIT.
func givesDatabase(plan *planner.Plan) bool {
	return slices.ContainsFunc(plan.Statements, func(s script.Statement) bool {
		owner, is := s.Change.(catalog.SetOwner)
		return is && owner.Object.Kind == catalog.Database
	})
}

func (l *lawRun) addRefused(before facts, err error) {
	var refusal *planner.Refusal
	var problems spec.Errors
	var missing *MissingError
	_, isForeseen := before.owners()["ROUTINE public.law()"]
	if !errors.As(err, &refusal) && !errors.As(err, &problems) && !errors.As(err, &missing) && !isForeseen {
		l.expect("add", []string{err.Error()})
	}
	l.same("add", "before and after add was refused", before, l.facts())
}

func (l *lawRun) sayAgain(plan *planner.Plan, err error) string {
	if err != nil {
		return err.Error()
	}
	return l.sayPlan(plan, nil)
}

// leftIsTaken holds what add has left against what sync would do then: it gives nobody anything but by ownership, and
// does nothing if nothing is left.
func (l *lawRun) leftIsTaken(left []catalog.Left, rest *planner.Plan) {
	effect := rest.Effect()
	switch isOwnership := func(l catalog.Left) bool {
		return strings.HasPrefix(l.What, "the ownership") || strings.HasPrefix(l.What, "all that it has")
	}; {
	case len(left) == 0 && !rest.IsEmpty(), len(left) > 0 && rest.IsEmpty():
		l.expect("add", []string{fmt.Sprintf("left: %v; what sync would do:\n%s", left, l.sayPlan(rest, nil))})
	case len(effect.Gains) > 0 && !slices.ContainsFunc(left, isOwnership):
		l.expect("add", []string{fmt.Sprintf("add has not given %+v", effect.Gains)})
	}
}

// withoutOwnersOptions leaves out the grant options that owners have for themselves, who can grant all without, and
// what they have on columns of what they have on the whole table: whoever was granted something before it came to own
// it has them.
func (f facts) withoutOwnersOptions() facts {
	owners, onTable := f.owners(), map[[3]string]bool{}
	for _, row := range f.ofKind("acl") {
		onTable[[3]string{row[1], row[3], row[5]}] = onTable[[3]string{row[1], row[3], row[5]}] || row[2] == ""
	}
	var out facts
	for _, row := range f {
		isOwners := row[0] == "acl" && owners[row[1]] == row[3]
		switch {
		case isOwners && row[2] != "" && onTable[[3]string{row[1], row[3], row[5]}]:
		case isOwners:
			out = append(out, row[:6:6])
		default:
			out = append(out, row)
		}
	}
	return out
}

// takenIn says what anybody has in these facts and not in others. What changes hands from the actor is none of it.
func (f facts) takenIn(after facts, actor string) []string {
	owners, moved := after.owners(), map[string]string{}
	wrong := []string{}
	for object, owner := range f.owners() {
		if now := owners[object]; now != owner {
			if moved[object] = now; owner != actor {
				wrong = append(wrong, fmt.Sprintf("%s was owned by %q, and is by %q", object, owner, now))
			}
		}
	}
	for _, row := range f.everybodysRows(moved).less(after.everybodysRows(moved)) {
		wrong = append(wrong, "less: "+row)
	}
	for _, was := range f.ofKind("role") {
		if is := after.role(was[1]); is != nil {
			wrong = append(wrong, lessOfRole(was, is)...)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// everybodysRows adds up the rows of all roles and of PUBLIC. On what changes hands those of nobody count.
func (f facts) everybodysRows(moved map[string]string) sums {
	out := sums{}
	for _, row := range f {
		switch row[0] {
		case "membership":
			out.add(fmt.Sprintf("%q is a member of %q", row[2], row[1]), map[string]bool{"admin": row[4] == "true", "inherit": row[5] == "true", "set": row[6] == "true"})
		case "role":
			has := map[string]bool{}
			for _, i := range []int{2, 3, 4, 5, 6, 7, 8} {
				has[fmt.Sprintf("attribute %d", i)] = row[i] == "true"
			}
			out.add(fmt.Sprintf("%q", row[1]), has)
		case "setting":
			out.add(strings.Join(row, " "), nil)
		case "acl":
			if moved[row[1]] == "" {
				out.add(fmt.Sprintf("%q has %s on %s %s", row[3], row[5], row[1], row[2]), map[string]bool{"grantable": row[6] == "true"})
			}
		case "default":
			if !isBuiltInFuture(row) {
				out.add(fmt.Sprintf("%q will have %s on %s of %q in %s", row[4], row[5], row[3], row[1], row[2]), map[string]bool{"grantable": row[6] == "true"})
			}
		}
	}
	return out
}

// lessOfRole compares a connection limit, the end of a password, the password and the comment. Who could not log in has
// no use for the first three.
func lessOfRole(was, is fact) (wrong []string) {
	limits := [2]int{}
	for i, row := range []fact{was, is} {
		limits[i], _ = strconv.Atoi(row[9])
	}
	couldLogIn := was[6] == "true"
	isLess := map[string]bool{
		"limit":    couldLogIn && limits[1] != -1 && (limits[0] == -1 || limits[1] < limits[0]),
		"end":      couldLogIn && is[10] != "never" && (was[10] == "never" || is[10] < was[10]),
		"password": couldLogIn && was[11] != "" && is[11] != was[11],
		"comment":  was[12] != "" && is[12] != was[12],
	}
	for what, less := range isLess {
		if less {
			wrong = append(wrong, fmt.Sprintf("the %s of %q was %v and is %v", what, was[1], was, is))
		}
	}
	return wrong
}
