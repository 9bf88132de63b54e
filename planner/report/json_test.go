package report

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"pgsr/planner/catalog"
	"pgsr/planner/script"
)

const schemaFile = "../../docs/plan.schema.json"

// What is written is read as the same statements, whatever the names; and it is what the schema says.
func TestJSONRoundTrip(t *testing.T) {
	documents := map[string]Document{"warehouse": warehouse(), "guarded": guarded(), "hostile everywhere": hostileDocument(), "nothing": {Document: script.Document{Server: from16}}}
	for _, s := range stories {
		s.document.Masked = false
		documents[s.name] = Document{Document: s.document}
	}
	for name, d := range documents {
		d = withGuards(d)
		text := written(t, "json", d)
		checkSchema(t, name, text)
		got, err := ReadJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sameStatements(t, name, d.Document, got.Document)
		if again := written(t, "json", got); again != text {
			t.Errorf("%s: written again, it is another file:\n%s\nbefore:\n%s", name, again, text)
		}
		if !reflect.DeepEqual(got.Effect, jsonEffectOf(d.Effect)) {
			t.Errorf("%s: the effect is %+v, not %+v", name, got.Effect, d.Effect)
		}
	}
}

func sameStatements(t *testing.T, name string, want, got script.Document) {
	t.Helper()
	if len(want.Statements) != len(got.Statements) {
		t.Fatalf("%s: %d statements, not %d", name, len(got.Statements), len(want.Statements))
	}
	for i, s := range want.Statements {
		g := got.Statements[i]
		if script.SQL(s.Change, want.Server) != script.SQL(g.Change, got.Server) || s.As != g.As || s.Section != g.Section || s.Reason != g.Reason || s.Refresh != g.Refresh {
			t.Errorf("%s: statement %d is %+v, not %+v", name, i, g, s)
		}
	}
	if want.Rollback != nil {
		sameStatements(t, name+", back", want.RollbackDocument(), *got.Rollback)
	}
}

func TestJSONRefusesWhatItCanNotHold(t *testing.T) {
	d := Document{Document: script.Document{Server: from16, Statements: []script.Statement{{Change: catalog.DropRole{Name: "a\xff"}}}}}
	if err := WriteJSON(&bytes.Buffer{}, d); err == nil || !strings.Contains(err.Error(), "not in UTF-8") {
		t.Errorf("it gives %v", err)
	}
}

func TestReadJSONRefuses(t *testing.T) {
	good := written(t, "json", guarded())
	change := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	for name, c := range map[string]struct{ text, says string }{
		"no JSON":               {"BEGIN;", "this is no plan"},
		"no plan":               {`{"a": 1}`, "this is no plan"},
		"another version":       {change(`"version": 1`, `"version": 3`), "of version 3, and this pgsr reads versions 1 and 2"},
		"several databases":     {change(`"version": 1`, `"version": 2`), "the plan is of several databases"},
		"more after it":         {good + "{}", "this is no plan"},
		"an unknown field":      {change(`"lock_key"`, `"lock": 3, "lock_key"`), `unknown field "lock"`},
		"an unknown section":    {change(`"section": "roles"`, `"section": "sofas"`), `no section "sofas"`},
		"an unknown change":     {change(`"type": "create_role"`, `"type": "create_sofa"`), `no change of type "create_sofa"`},
		"an unknown option":     {change(`"type": "create_role"`, `"type": "create_role", "superuser": true`), `unknown field "superuser"`},
		"no privilege":          {change(`"privileges": [`, `"privileges": ["SIT",`), `unknown privilege "SIT"`},
		"another text":          {change(`"sql": "CREATE ROLE \"alice\""`, `"sql": "CREATE ROLE \"bob\""`), `its sql says other than its change does: it says CREATE ROLE "bob", and the change is CREATE ROLE "alice"`},
		"another change":        {change(`"role": "analysts"`, `"role": "pg_execute_server_program"`), `its sql says other than its change does`},
		"another verifier":      {change(strings.Repeat("A", 43)+"=:", strings.Repeat("C", 43)+"=:"), "the plan was changed after it was written: its digest is"},
		"another summary":       {change(`"summary": "create role alice"`, `"summary": "create role bob"`), `its summary says other than its change does`},
		"another reason":        {change(`"reason": "alice: login"`, `"reason": "bob: login"`), "the plan was changed after it was written: its checksum is"},
		"another actor":         {change(`"as": "owner"`, `"as": "other"`), "the plan was changed after it was written"},
		"another database":      {change(`"database_oid": 16384`, `"database_oid": 16385`), "the plan was changed after it was written"},
		"another guard":         {change(`"oid": 16385`, `"oid": 16386`), "the plan was changed after it was written"},
		"another digest":        {digestOf(good, strings.Repeat("0a", 32)), "and it says 0a0a0a"},
		"no digest":             {digestOf(good, ""), "the plan has no digest"},
		"no checksum":           {strings.Replace(good, checksumIn(good), "", 1), "the plan has no checksum"},
		"another checksum":      {strings.Replace(good, checksumIn(good), strings.Repeat("0a", 32), 1), "and it says 0a0a0a"},
		"a key twice":           {change(`"lock_key": 1`, `"lock_key": 2, "lock_key": 1`), `is not as pgsr writes it: it goes on with 2`},
		"a key in two cases":    {change(`"change": {`, `"Change": {"type": "drop_role", "name": "x"}, "change": {`), `is not as pgsr writes it: it goes on with Change`},
		"a key in another case": {change(`"lock_key"`, `"Lock_Key"`), `is not as pgsr writes it: it goes on with Lock_Key`},
		"another form":          {change(`"lock_key": 1`, `"lock_key": 1.0`), "reading the plan: "},
		"an odd escape":         {change(`"alice: login"`, `"\u0061lice: login"`), `is not as pgsr writes it: it goes on with \\u0061lice`},
		"half a character":      {change(`"alice: login"`, `"alice: login\ud800"`), "the plan was changed after it was written"},
		"no UTF-8":              {change(`"alice: login"`, "\"alice: login\xff\""), "not in UTF-8"},
		"a long name":           {change(`"role": "analysts"`, `"role": "`+strings.Repeat("é", 63)+`"`), "has 126 bytes: a server may cut it"},
		"nothing relied on":     {cutOut(good, `"relies_on": {`, `"statements": [`), "lacks relies_on"},
		"only a moment":         {replaced(good, `"relies_on": {`, `"statements": [`, `"relies_on": {"before": "2027-01-31T00:00:00Z"}, `), "lacks relies_on"},
		"an unknown kind":       {change(`"Kind": "TABLE"`, `"Kind": "SOFA"`), `unknown kind of object "SOFA"`},
		"an unknown future":     {change(`"relies_on": {`, `"relies_on": {"default_privileges": [{"for": {"Owner": "o", "Schema": "", "Kind": "SOFAS"}, "there": false}], `), `unknown kind of default privileges "SOFAS"`},
		"leading nowhere":       {cutOut(good, `"leads_to": {`, `"effect": {`), "lacks leads_to"},
		"no password":           {change(`"secret_verifier": "SCRAM`, `"secret_verifier": "SCREAM`), "neither a SCRAM-SHA-256 verifier nor"},
	} {
		if _, err := ReadJSON(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: it gives %v", name, err)
		}
	}
}

// checksumIn gives a plan's checksum.
func checksumIn(text string) string {
	_, after, _ := strings.Cut(text, `"checksum": "`)
	return after[:64]
}

// digestOf puts another digest into a plan.
func digestOf(text, digest string) string {
	at := strings.Index(text, `"digest": "`) + len(`"digest": "`)
	return text[:at] + digest + text[at+64:]
}

// replaced puts another text in the place of what stands between two texts, with the first.
func replaced(text, from, to, by string) string {
	return strings.Replace(cutOut(text, from, to), to, by+to, 1)
}

// cutOut leaves out what stands between two texts, with the first.
func cutOut(text, from, to string) string {
	at := strings.Index(text, from)
	return text[:at] + text[at+strings.Index(text[at:], to):]
}

// White space is all that may differ.
func TestReadJSONInAnyLayout(t *testing.T) {
	good := written(t, "json", guarded())
	var text bytes.Buffer
	if err := json.Compact(&text, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, layout := range []string{text.String(), strings.ReplaceAll(good, "\n", "\r\n\t ")} {
		d, err := ReadJSON(strings.NewReader(layout))
		if err != nil {
			t.Fatal(err)
		}
		if again := written(t, "json", d); again != good {
			t.Errorf("it is another plan:\n%s", again)
		}
	}
}

// Nothing in the file is unseen, whatever the names are.
func TestJSONHidesNothing(t *testing.T) {
	d := guarded()
	odd := "x\u007f\u0085\u200b\u202e\ufeff\U000e0041\u00a0y\u3164\ufe0f\u2800"
	d.Warnings, d.Statements[0].Reason = []string{odd}, odd
	d.Statements[1].Change = catalog.CreateRole{Name: odd}
	text := written(t, "json", d)
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !catalog.IsSeen(r) }); i >= 0 {
		t.Errorf("it has %q", text[i:i+4])
	}
	if !strings.Contains(text, `x\u007f\u0085\u200b\u202e\ufeff\udb40\udc41\u00a0y\u3164\ufe0f\u2800`) {
		t.Errorf("the name is not there:\n%s", text)
	}
	got, err := ReadJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	sameStatements(t, "odd", d.Document, got.Document)
}

// The secrets are where the file says, and nowhere else.
func TestJSONSecrets(t *testing.T) {
	text := written(t, "json", warehouse())
	for line := range strings.Lines(text) {
		if strings.Contains(line, strings.Repeat("A", 43)) && !strings.Contains(line, `"secret_verifier"`) {
			t.Errorf("a verifier in %s", line)
		}
	}
	d := warehouse()
	d.Passwords = script.PasswordsOmitted
	if !strings.Contains(text, `"holds_secrets": true`) || !strings.Contains(written(t, "json", d), `"holds_secrets": false`) {
		t.Error("the file does not say whether it holds secrets")
	}
}

func checkSchema(t *testing.T, name, text string) {
	t.Helper()
	isAsSchema(t, compileSchema(t, schemaFile), name, text)
}

func isAsSchema(t *testing.T, schema *jsonschema.Schema, name, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s is not as the schema says: %v", name, err)
	}
}

func compileSchema(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("plan.schema.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("plan.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// The schema knows every type of change, and refuses what is not of it.
func TestSchemaIsStrict(t *testing.T) {
	schema := compileSchema(t, schemaFile)
	for _, edit := range [][2]string{
		{`"version": 1`, `"version": 2`}, {`"type": "create_role"`, `"type": "create_sofa"`}, {`"section": "roles"`, `"section": "sofas"`},
		{`"lock_key": 1`, `"lock_key": "1"`}, {`"sources"`, `"sauces"`}, {`"grantor"`, `"grandpa"`},
	} {
		var value any
		if err := json.Unmarshal([]byte(strings.Replace(written(t, "json", warehouse()), edit[0], edit[1], 1)), &value); err != nil {
			t.Fatal(err)
		}
		if schema.Validate(value) == nil {
			t.Errorf("%s in the place of %s is all right to the schema", edit[1], edit[0])
		}
	}
}
