package executor

import (
	"bytes"
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pgsr/planner"
	"pgsr/planner/access"
	"pgsr/planner/catalog"
	"pgsr/planner/report"
	"pgsr/planner/spec"
)

// apiTypes are all types that this package exports. TestAPIIsWhole holds that.
var apiTypes = []any{
	new(Prefetch), new(ArgumentError), new(Created), new(DatabaseError), new(EncodingError), new(ExportOptions), new(Exported), new(Failure), new(InTransactionError),
	new(InterruptedError), new(LockHolder), new(LockTableError), new(LockedError), new(LostError), new(Missing), new(MissingError),
	new(NotAsPlannedError), new(Options), new(PartialError), new(Progress), new(Refusal), new(RefusedError), new(Result), new(RightsError),
	new(SequenceError), new(SequenceResult), new(StaleError), new(StateError), new(StatementError), new(Summary), new(TooManyRevokesError),
	new(UnknownOutcomeError), new(UntrustedError), new(WarningError),
}

// apiCalls are all functions that this package exports, with arguments that are right.
func (c *cluster) apiCalls() map[string][]any {
	c.Helper()
	ctx, conn, s := context.Background(), c.asPostgres(), parse(c, shopSpec)
	plan, err := Plan(ctx, conn, s, Options{})
	if err != nil {
		c.Fatal(err)
	}
	sequence := &planner.Sequence{Plans: []*planner.Plan{plan}}
	format, err := report.FormatNamed("json")
	if err != nil {
		c.Fatal(err)
	}
	saved, err := Document(format, s, sequence, Options{})
	if err != nil {
		c.Fatal(err)
	}
	table := &spec.Target{Kind: catalog.Table, Objects: []catalog.ObjectID{{Kind: catalog.Table, Schema: "sales", Name: "orders"}}}
	question := access.Question{Privileges: []catalog.Privilege{catalog.Select}}
	return map[string][]any{
		"Connect":  {Connect, ctx, c.server.URL("postgres", warehouse, "")},
		"Document": {Document, format, s, sequence, Options{}},
		"Explain":  {Explain, ctx, conn, "postgres", table},
		"Export":   {Export, ctx, conn, ExportOptions{}},
		"Plan":     {Plan, ctx, conn, s, Options{}}, "PlanDatabases": {PlanDatabases, ctx, conn, s, Options{}},
		"PlanPrune": {PlanPrune, ctx, conn, Options{}}, "Prune": {Prune, ctx, conn, int64(1), Options{}},
		"StartPrefetch": {StartPrefetch, ctx, conn, 1},
		"Sync":          {Sync, ctx, conn, s, Options{}}, "SyncDatabases": {SyncDatabases, ctx, conn, s, Options{}},
		"ApplySaved":         {ApplySaved, ctx, conn, saved.Documents[0], Options{}},
		"ApplySavedSequence": {ApplySavedSequence, ctx, conn, saved, Options{}},
		"Vanished":           {Vanished, ctx, conn, s, Options{}},
		"Who":                {Who, ctx, conn, table, question},
		"Write":              {Write, new(bytes.Buffer), s, plan, Options{}},
		"WriteAs":            {WriteAs, new(bytes.Buffer), "json", s, plan, Options{}},
		"WriteSequenceAs":    {WriteSequenceAs, new(bytes.Buffer), "json", s, sequence, Options{}},
		"InOne":              {InOne, &Result{}}, "FailureOf": {FailureOf, errors.New("failed")}, "MayPass": {MayPass, errors.New("failed")},
	}
}

// mayBeNothing are the arguments for which nothing is something, by function and place.
var mayBeNothing = map[string]bool{
	"Connect 2":       true,                                                   // libpq's environment says it
	"Explain 4":       true,                                                   // all objects
	"Prune 3":         true,                                                   // the usual key
	"StartPrefetch 1": true, "StartPrefetch 2": true, "StartPrefetch 3": true, // there is nothing to prefetch then
	"InOne 1": true, "FailureOf 1": true, "MayPass 1": true,
}

// TestAPIIsWhole: no exported name is forgotten here.
func TestAPIIsWhole(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	known := map[string]bool{}
	for name := range c.apiCalls() {
		known[name] = true
	}
	files := token.NewFileSet()
	isCode := func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }
	packages, err := parser.ParseDir(files, ".", isCode, 0) //nolint:staticcheck // it is one folder without build tags
	if err != nil {
		t.Fatal(err)
	}
	functions, types := map[string]bool{}, 0
	for _, file := range packages["executor"].Files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.IsExported() {
					functions[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if of, is := s.(*ast.TypeSpec); is && of.Name.IsExported() {
						types++
					}
				}
			}
		}
	}
	if !reflect.DeepEqual(functions, known) || types != len(apiTypes) {
		t.Errorf("%d exported types are found, and %d listed; the functions are %v, and listed %v", types, len(apiTypes), functions, known)
	}
}

// TestNothingIsAnError: each function, with one argument nil or zero, the others right: an error, no panic, nothing
// done.
func TestNothingIsAnError(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	calls := c.apiCalls()
	c.unchanged(func() {
		for name, call := range calls {
			for i := 1; i < len(call); i++ {
				of := reflect.TypeOf(call[0]).In(i - 1)
				isOptions := of == reflect.TypeFor[Options]() || of == reflect.TypeFor[ExportOptions]()
				if key := name + " " + string(rune('0'+i)); isOptions || mayBeNothing[key] && name != "InOne" {
					continue
				}
				err := c.callWith(name, call, i, reflect.Zero(of))
				if !mayBeNothing[name+" "+string(rune('0'+i))] && err == nil {
					t.Errorf("%s without its argument %d gives no error", name, i)
				}
			}
		}
	})
}

// callWith calls a function with another value in one place, and gives its error.
func (c *cluster) callWith(name string, call []any, place int, value reflect.Value) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			c.Errorf("%s panics, with %v for its argument %d: %v", name, value, place, problem)
		}
	}()
	in := make([]reflect.Value, len(call)-1)
	for i := range in {
		if in[i] = reflect.ValueOf(call[i+1]); i+1 == place {
			in[i] = value
		}
	}
	for _, out := range reflect.ValueOf(call[0]).Call(in) {
		if found, is := out.Interface().(error); is {
			err = found
		}
	}
	if err != nil && (strings.TrimSpace(err.Error()) == "" || strings.Contains(err.Error(), "%!")) {
		c.Errorf("%s: the error is %q", name, err)
	}
	return err
}

// TestUselessConnections: each function that takes a connection refuses one that is none, closed, in a transaction, in
// a failed one, or busy, with an error that says so.
func TestUselessConnections(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	ctx := context.Background()
	closed, within, failed, busy := c.asPostgres(), c.asPostgres(), c.asPostgres(), c.asPostgres()
	closed.Close(ctx)
	mustExec(t, within, `BEGIN`)
	mustExec(t, failed, `BEGIN`)
	if _, err := failed.Exec(ctx, `SELECT 1/0`); err == nil {
		t.Fatal("it divides by zero")
	}
	rows, err := busy.Query(ctx, `SELECT generate_series(1, 1000)`)
	if err != nil || !rows.Next() {
		t.Fatal(err)
	}
	defer rows.Close()
	for name, call := range c.apiCalls() {
		if len(call) < 3 || reflect.TypeOf(call[0]).In(1) != reflect.TypeFor[*pgx.Conn]() || name == "StartPrefetch" {
			continue
		}
		for _, useless := range []struct {
			conn *pgx.Conn
			want Failure
			says string
		}{
			{&pgx.Conn{}, FailedArgument, "conn is nil"}, {closed, FailedLost, "it is closed"}, {busy, FailedArgument, "busy"},
			{within, FailedInTransaction, "inside a transaction"}, {failed, FailedInTransaction, "failed"},
		} {
			err := c.callWith(name, call, 2, reflect.ValueOf(useless.conn))
			if FailureOf(err) != useless.want {
				t.Errorf("%s: %s: %v", name, useless.want, err)
				continue
			}
			saysAll(t, err, useless.says)
		}
	}
	var isFailed *InTransactionError
	_, err = Plan(ctx, failed, parse(t, shopSpec), Options{})
	if !errors.As(err, &isFailed) || !isFailed.Failed {
		t.Errorf("%v", err)
	}
	for rows.Next() { // what was being read is read as if nothing had happened
	}
	if rows.Err() != nil {
		t.Error(rows.Err())
	}
}

// TestOptionsThatMeanNothing are refused before anything is asked.
func TestOptionsThatMeanNothing(t *testing.T) {
	t.Parallel()
	c := newShop(t)
	conn, less := c.asPostgres(), -1
	for name, o := range map[string]Options{
		"Missing": {Missing: "ignore"}, "Mode": {Mode: "all"}, "MaxRevokes": {MaxRevokes: &less}, "Parallel": {Parallel: -1}, "EndsWithin": {EndsWithin: -1},
		"LockTimeout": {LockTimeout: -time.Second}, "StatementTimeout": {StatementTimeout: -1}, "Passwords": {Passwords: "clear"},
		"As": {As: "alice"},
	} {
		_, err := Sync(context.Background(), conn, parse(t, shopSpec), o)
		var wrong *ArgumentError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Argument, "Options."+name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for what, s := range map[string]*spec.Spec{"nil": nil, "zero": {}} {
		if _, err := Sync(context.Background(), conn, s, Options{}); FailureOf(err) != FailedArgument {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := Sync(context.Background(), conn, parse(t, "version: 1\nroles: {}"), Options{}); err != nil {
		t.Errorf("a file that has no role yet: %v", err)
	}
	if _, err := Sync(context.Background(), conn, &spec.Spec{Roles: []spec.Role{{}}}, Options{}); FailureOf(err) != FailedSpec {
		t.Errorf("a role without a name: %v", err)
	}
}

// TestZeroTypesDoNotPanic: each method of each type works on its zero value, with nothing for what it takes. Those of
// Exported are of another package.
func TestZeroTypesDoNotPanic(t *testing.T) {
	methods := 0
	for _, zero := range apiTypes {
		of := reflect.ValueOf(zero)
		if _, is := zero.(*Exported); is {
			continue
		}
		receivers := []reflect.Value{of}
		if _, is := zero.(error); !is && of.Elem().Kind() == reflect.Struct {
			receivers = append(receivers, reflect.Zero(of.Type()))
		}
		for _, receiver := range receivers {
			for i := range receiver.NumMethod() {
				if _, isOfValue := of.Elem().Type().MethodByName(of.Type().Method(i).Name); receiver.IsNil() && isOfValue {
					continue // Go itself can not call it
				}
				methods++
				method := receiver.Method(i)
				var in []reflect.Value
				for j := range method.Type().NumIn() {
					in = append(in, reflect.Zero(method.Type().In(j)))
				}
				func() {
					defer func() {
						if problem := recover(); problem != nil {
							t.Errorf("%T.%s panics: %v", zero, of.Type().Method(i).Name, problem)
						}
					}()
					method.Call(in)
				}()
			}
		}
	}
	if methods < 35 {
		t.Errorf("only %d methods were called", methods)
	}
}
