package spec

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	"pgsr/planner/catalog"
)

// apiFunctions and apiTypes are all that this package exports. TestAPIIsWhole holds that.
var apiFunctions = map[string]any{
	"AttributesOf": AttributesOf, "Check": Check, "CompileWhole": CompileWhole, "DidYouMean": DidYouMean, "Distance": Distance, "DistanceLimit": DistanceLimit,
	"EditorPatterns": EditorPatterns, "GroupProblem": GroupProblem, "IsSeen": IsSeen, "IsSettingName": IsSettingName, "KnownAre": KnownAre[string], "Memberships": Memberships,
	"ModeProblem": ModeProblem, "MomentProblem": MomentProblem, "MustGrants": MustGrants, "Nearest": Nearest, "NewExcerpt": NewExcerpt,
	"ParseAttribute": ParseAttribute, "ParseDatabases": ParseDatabases,
	"ParseGrants": ParseGrants, "ParseIgnored": ParseIgnored, "ParseMoment": ParseMoment, "ParseOwnerships": ParseOwnerships, "ParseUntil": ParseUntil,
	"ParseVerifier": ParseVerifier, "PasswordProblem": PasswordProblem, "PatternText": PatternText,
	"Shorten": Shorten, "ShortenTo": ShortenTo, "TakesOneText": TakesOneText,
}

var apiTypes = []any{
	Absence{}, Attribute{}, Database{}, Error{}, Errors{}, Excerpt{}, Exception{}, Future{}, Grant{}, Ignored{}, InDatabase{}, Login{}, Membership{}, Mode(""), Ownership{},
	Password{}, Patterns{}, PhraseProblem{}, PhraseReader{}, Position{}, Problem{}, Public{}, PublicInDatabase{}, Role{}, Secret(""), Setting{}, Spec{}, Target{},
	WhenMissing(""),
}

// TestAPIIsWhole: no exported name is forgotten here.
func TestAPIIsWhole(t *testing.T) {
	known := map[string]bool{}
	for name := range apiFunctions {
		known[name] = true
	}
	for _, of := range apiTypes {
		known[reflect.TypeOf(of).Name()] = true
	}
	test := func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }
	packages, err := parser.ParseDir(token.NewFileSet(), ".", test, 0) //nolint:staticcheck // it is one folder without build tags
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range packages["spec"].Files {
		for _, declaration := range file.Decls {
			for _, name := range exported(declaration) {
				found++
				if !known[name] {
					t.Errorf("%s is exported, and not called with nothing here", name)
				}
			}
		}
	}
	if found != len(known) {
		t.Errorf("%d exported functions and types are found, and %d are listed", found, len(known))
	}
}

// exported gives the functions and types that a declaration exports.
func exported(declaration ast.Decl) (names []string) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.IsExported() {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if of, is := s.(*ast.TypeSpec); is && of.Name.IsExported() {
				names = append(names, of.Name.Name)
			}
		}
	}
	return names
}

// TestNothingIsNoPanic: every function and every method takes nil and zero, and where there is an error to give,
// gives it.
func TestNothingIsNoPanic(t *testing.T) {
	for name, function := range apiFunctions {
		callWithNothing(t, name, reflect.ValueOf(function))
	}
	methods := 0
	for _, of := range apiTypes {
		pointer := reflect.PointerTo(reflect.TypeOf(of))
		for _, receiver := range []reflect.Value{reflect.New(pointer.Elem()), reflect.Zero(pointer)} {
			for i := range pointer.NumMethod() {
				_, isOfValue := pointer.Elem().MethodByName(pointer.Method(i).Name)
				if receiver.IsNil() && (isOfValue || pointer.Elem() == reflect.TypeFor[Error]()) {
					continue // Go itself can not call it, or fmt sees to a nil error
				}
				methods++
				callWithNothing(t, pointer.String()+"."+pointer.Method(i).Name, receiver.Method(i))
			}
		}
	}
	if methods < 30 {
		t.Errorf("only %d methods were called", methods)
	}
}

// callWithNothing calls something with the zero values of all that it takes.
func callWithNothing(t *testing.T, name string, function reflect.Value) {
	t.Helper()
	defer func() {
		if problem := recover(); problem != nil {
			t.Errorf("%s panics with nothing: %v", name, problem)
		}
	}()
	of := function.Type()
	var in []reflect.Value
	for i := range of.NumIn() {
		in = append(in, reflect.Zero(of.In(i)))
	}
	call := function.Call
	if of.IsVariadic() {
		call = function.CallSlice
	}
	for _, out := range call(in) {
		err, is := out.Interface().(error)
		if is && strings.TrimSpace(err.Error()) == "" && out.Kind() != reflect.Slice {
			t.Errorf("%s gives an error that says nothing", name)
		}
	}
}

// TestNothingIsAnError: what can say that it was given nothing says so.
func TestNothingIsAnError(t *testing.T) {
	_, restricted := (*Spec)(nil).Restrict([]string{"alice"})
	_, _, others := (*Spec)(nil).Others("", nil)
	_, attribute := ParseAttribute("")
	_, grant := ParseGrants("")
	_, ignored := ParseIgnored("")
	_, owned := ParseOwnerships("")
	for what, err := range map[string]error{
		"Validate": (*Spec)(nil).Validate(), "Restrict": restricted, "Others": others, "ParseAttribute": attribute, "ParseGrants": grant,
		"ParseIgnored": ignored, "ParseOwnerships": owned, "a role without a name": (&Spec{Roles: []Role{{}}}).Validate(),
		"a membership in nobody":         (&Spec{Roles: []Role{{Name: "a", MemberOf: []Membership{{}}}}}).Validate(),
		"a grant of nothing":             (&Spec{Roles: []Role{{Name: "a", Grants: []Grant{{}}}}}).Validate(),
		"a direct grant of nothing":      (&Spec{Roles: []Role{{Name: "a", DirectGrants: []Grant{{}}}}}).Validate(),
		"the ownership of nothing":       (&Spec{Roles: []Role{{Name: "a", Owns: []Ownership{{}}}}}).Validate(),
		"a schema without a name":        (&Spec{Roles: []Role{{Name: "a", PreserveInSchemas: []string{""}}}}).Validate(),
		"a setting without a name":       (&Spec{Roles: []Role{{Name: "a", Settings: []Setting{{}}}}}).Validate(),
		"a database without a name":      (&Spec{Roles: []Role{{Name: "a", In: []InDatabase{{}}}}}).Validate(),
		"nothing is ignored":             (&Spec{Roles: []Role{{Name: "a"}}, Ignore: []Ignored{{}}}).Validate(),
		"everyone has nothing":           (&Spec{Public: Public{Grants: []Grant{{}}}}).Validate(),
		"everyone in a database":         (&Spec{Public: Public{In: []PublicInDatabase{{}}}}).Validate(),
		"a target without a kind":        (&Spec{Roles: []Role{{Name: "a", Grants: []Grant{{Privileges: []catalog.Privilege{catalog.Select}}}}}}).Validate(),
		"a target without a name":        (&Spec{Roles: []Role{{Name: "a", Grants: []Grant{{AllPrivileges: true, Target: Target{Kind: catalog.Table}}}}}}).Validate(),
		"a member without a name":        (&Spec{Roles: []Role{{Name: "a", Members: []Membership{{}}}}}).Validate(),
		"an exception of nothing at all": (&Spec{Roles: []Role{{Name: "a", Grants: []Grant{{AllPrivileges: true, Target: Target{Kind: catalog.Table, Except: &Exception{}}}}}}}).Validate(),
	} {
		if err == nil || strings.TrimSpace(err.Error()) == "" || strings.Contains(err.Error(), "%!") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
