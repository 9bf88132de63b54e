package executor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/inspect"
	"pgsr/planner"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/script"
	"pgsr/planner/spec"
)

// TestPlanAsOnStates: on random states of a cluster, a role that may do nothing but connect plans what the role does
// that it plans for, in every form and to the byte, or is refused in the same words, however much is read.
func TestPlanAsOnStates(t *testing.T) {
	t.Parallel()
	const reader = "plan_reader"
	for _, actor := range []string{"postgres", "admin"} {
		t.Run(actor, func(t *testing.T) {
			t.Parallel()
			l := newLawServer(t)
			planned, refused := 0, 0
			for i := range max(*states/2, 1) {
				seed := *lawSeed + uint64(i)
				c := l.newCase(seed, actor)
				l.build(c, actor)
				l.run([]string{`CREATE ROLE ` + reader + ` LOGIN`, `GRANT CONNECT ON DATABASE ` + currentDatabase + ` TO ` + reader})
				own, err := Connect(context.Background(), l.server.URL(actor, currentDatabase, ""))
				if err != nil {
					continue // cut off by what people did
				}
				read := l.connect(reader, currentDatabase)
				for _, reading := range []inspect.Reading{inspect.Unknown, inspect.Whole} {
					a, b := planUnseen(t, own, c.spec.parsed(t), "", reading), planUnseen(t, read, c.spec.parsed(t), actor, reading)
					if a != b {
						d := diffLines(strings.Split(a, "\n"), strings.Split(b, "\n"))
						t.Fatalf("seed %d as %s on PostgreSQL %d, reading %d: the reader's plan is another one:\n%s\n%s", seed, actor, l.major, reading, strings.Join(d[:min(len(d), 20)], "\n"), c)
					}
					if strings.HasPrefix(a, "refused") {
						refused++
					} else {
						planned++
					}
				}
				own.Close(context.Background())
				read.Close(context.Background())
			}
			t.Logf("PostgreSQL %d as %s: %d planned, %d refused", l.major, actor, planned, refused)
			if planned+refused == 0 {
				t.Error("this proves nothing")
			}
		})
	}
}

// planUnseen plans without stored passwords, and gives what is written of it in each form; or why it is refused.
func planUnseen(t testing.TB, conn *pgx.Conn, s *spec.Spec, as string, reading inspect.Reading) string {
	t.Helper()
	o := Options{As: as, Undecided: true, Effect: true, ReassignTo: conn.Config().User, TrustCode: true, Passwords: script.PasswordsOmitted}
	if as != "" {
		o.ReassignTo = as
	}
	op, err := syncOperation(s, o)
	if err != nil {
		t.Fatal(err)
	}
	op.planning.reading = reading
	scope := op.planning.scope
	op.planning.scope = func() catalog.Scope {
		unseen := scope()
		unseen.Passwords = false
		return unseen
	}
	plan, err := op.planAlone(context.Background(), conn)
	if err != nil {
		return "refused: " + err.Error()
	}
	var out bytes.Buffer
	for _, format := range report.FormatNames() {
		err := WriteSequenceAs(&out, format, s, &planner.Sequence{Plans: []*planner.Plan{plan}}, o)
		if err != nil && !errors.As(err, new(*planner.Refusal)) {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, err)
	}
	return out.String() + strings.Join(plan.Undecided, "\n")
}
