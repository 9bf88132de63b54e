package executor

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"pgsr/executor/scram"
	"pgsr/planner"
	"pgsr/planner/spec"
)

const (
	aliceLogin   = "version: 1\nroles:\n  alice:\n    login: {password: {env: PASSWORD}}\n"
	aliceKeeps   = "version: 1\nroles:\n  alice:\n    login: {}\n"
	aliceNoLogin = "version: 1\nroles:\n  alice: {}\n"
)

// admin makes a role that is no superuser, has CREATEROLE and owns the database, and connects as it.
func (c *cluster) admin() *pgx.Conn {
	c.Helper()
	c.exec(`CREATE ROLE admin LOGIN CREATEROLE`, `ALTER DATABASE warehouse OWNER TO admin`)
	return c.connect("admin", warehouse, "")
}

// people makes roles that can log in with the tests' password.
func (c *cluster) people(names ...string) {
	c.Helper()
	for _, name := range names {
		c.exec(`CREATE ROLE ` + id(name) + ` LOGIN PASSWORD '` + password + `'`)
	}
}

// syncSpec applies a spec that was built in Go; whether anything was done must be as expected.
func (c *cluster) syncSpec(conn *pgx.Conn, s *spec.Spec, applies bool) {
	c.Helper()
	result, err := Sync(context.Background(), conn, s, Options{})
	if err != nil {
		c.Fatal(err)
	}
	if result.Applied != applies {
		c.Errorf("applied: %v, but expected %v; statements:%s", result.Applied, applies, statementsOf(result))
	}
}

func (c *cluster) planAs(conn *pgx.Conn, yaml string) *planner.Plan {
	c.Helper()
	plan, err := Plan(context.Background(), conn, parse(c, yaml), Options{})
	if err != nil {
		c.Fatalf("%v\nspec:\n%s", err, yaml)
	}
	return plan
}

// admits logs in over TCP, where the server checks the password by SCRAM.
func (c *cluster) admits(role, password string) {
	c.Helper()
	if _, err := c.tryConnect(role, warehouse, password); err != nil {
		c.Errorf("%s can not log in with %+q: %v", role, password, err)
	}
}

func (c *cluster) refuses(role, password string) {
	c.Helper()
	_, err := c.tryConnect(role, warehouse, password)
	if err == nil {
		c.Errorf("%s can log in with %+q", role, password)
	} else if !isDenied(err) {
		c.Errorf("%s, logging in with %+q: %v", role, password, err)
	}
}

// stored gives what the server keeps of alice's password.
func (c *cluster) stored() string {
	c.Helper()
	return one[string](c, `SELECT coalesce(rolpassword, '') FROM pg_authid WHERE rolname = 'alice'`)
}

// loginSpec gives a spec for alice with a password in clear.
func loginSpec(password string) *spec.Spec {
	login := &spec.Login{Password: spec.Password{Clear: spec.Secret(password)}}
	return &spec.Spec{Roles: []spec.Role{{Name: "alice", Login: login}}}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.people("bob")
	c.refuses("alice", password)
	c.sync(aliceNoLogin, true)
	c.refuses("alice", password)

	c.sync(aliceLogin, true)
	c.admits("alice", password)
	c.refuses("alice", "wrong")
	if stored := c.stored(); !strings.HasPrefix(stored, "SCRAM-SHA-256$4096:") {
		t.Errorf("stored: %q", stored)
	}
	c.unchanged(func() { c.sync(aliceLogin, false) })
	c.admits("alice", password)

	c.sync(aliceNoLogin, true)
	c.refuses("alice", password)
	if _, err := c.tryConnect("alice", warehouse, ""); err == nil || !isDenied(err) {
		t.Errorf("alice has no login, but trusted she gets: %v", err)
	}
	if stored := c.stored(); stored != "" {
		t.Errorf("a role without login has the password %q", stored)
	}
	c.sync(aliceNoLogin, false)
	c.sync(aliceKeeps, true)
	c.refuses("alice", password) // the old password does not come back with the login
	c.connect("alice", warehouse, "")
	c.admits("bob", password)
}

// TestNoLoginTakesPasswordOfNologin: a password that waits for a LOGIN to come back is one too.
func TestNoLoginTakesPasswordOfNologin(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE alice NOLOGIN PASSWORD 'left over'`)
	c.sync(aliceNoLogin, true)
	c.exec(`ALTER ROLE alice LOGIN`)
	c.refuses("alice", "left over")
}

func TestPasswordIsKeptAndChanged(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE alice LOGIN PASSWORD 'by hand'`)
	c.unchanged(func() { c.sync(aliceKeeps, false) })
	c.admits("alice", "by hand")
	c.unchanged(func() { c.syncSpec(c.super, loginSpec("by hand"), false) })

	c.sync(aliceLogin, true)
	c.admits("alice", password)
	c.refuses("alice", "by hand")
	c.syncSpec(c.super, loginSpec("another"), true)
	c.admits("alice", "another")
	c.refuses("alice", password)
	c.exec(`ALTER ROLE alice NOLOGIN`)
	c.sync(aliceKeeps, true)
	c.admits("alice", "another")
}

func TestReadyVerifier(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	verifier, err := scram.Verifier("from elsewhere", []byte("some salt"), 5000)
	if err != nil {
		t.Fatal(err)
	}
	yaml := fmt.Sprintf("version: 1\nroles:\n  alice:\n    login: {password: {verifier: %q}}\n", verifier)
	c.sync(yaml, true)
	c.admits("alice", "from elsewhere")
	c.refuses("alice", verifier)
	c.sync(yaml, false)
	c.syncSpec(c.super, loginSpec("from elsewhere"), false)
}

// TestPasswordIsSetAgain: who may not read pg_authid sets the password each time, which is no drift.
func TestPasswordIsSetAgain(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	admin := c.admin()
	c.syncAs(admin, aliceLogin, true)
	c.admits("alice", password)

	plan := c.planAs(admin, aliceLogin)
	if len(plan.Statements) != 1 || !plan.Statements[0].Refresh || !plan.InSync() || plan.IsEmpty() {
		t.Errorf("planned again: %+v", plan.Statements)
	}
	before := c.stored()
	c.syncAs(admin, aliceLogin, true)
	if c.stored() == before {
		t.Error("the password was not set again")
	}
	c.admits("alice", password)
	if plan := c.planAs(admin, aliceKeeps); !plan.IsEmpty() {
		t.Errorf("no password in the spec, but planned: %+v", plan.Statements)
	}
	c.exec(`ALTER ROLE alice VALID UNTIL '2031-01-01'`)
	if plan := c.planAs(admin, aliceLogin); !plan.InSync() {
		t.Error("a moment by hand, of which the spec says nothing, is drift")
	}
	if plan := c.planAs(admin, strings.Replace(aliceLogin, "PASSWORD}", "PASSWORD}, valid_until: never", 1)); plan.InSync() {
		t.Error("a moment by hand is no drift")
	}
	c.syncAs(admin, aliceNoLogin, true)
	c.refuses("alice", password)
	if c.stored() != "" {
		t.Error("the password was not taken away")
	}
}

func TestValidUntil(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	until := func(moment string) string {
		return "version: 1\nroles:\n  alice:\n    login: {password: {env: PASSWORD}, valid_until: " + moment + "}\n"
	}
	c.sync(until("2001-02-03T04:05:06Z"), true)
	c.refuses("alice", password)
	c.sync(until("2001-02-03T04:05:06Z"), false)
	for _, moment := range []string{"2999-12-31", "12000-02-29", "294276-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.123456+14:00"} {
		c.sync(until(moment), true)
		c.admits("alice", password)
		c.sync(until(moment), false)
	}
	const end = `SELECT rolvaliduntil::text FROM pg_roles WHERE rolname = 'alice'`
	if !one[bool](c, `SELECT rolvaliduntil = '9999-12-31T09:59:59.123456Z' FROM pg_roles WHERE rolname = 'alice'`) {
		t.Errorf("valid until %s", one[string](c, end))
	}
	c.sync(aliceLogin, false) // says nothing of an end
	for _, byHand := range []string{"", `ALTER ROLE alice VALID UNTIL '2001-01-01'`, `ALTER ROLE alice VALID UNTIL '-infinity'`} {
		if byHand != "" {
			c.exec(byHand)
		}
		c.sync(until("never"), true)
		if got := one[string](c, end); got != "infinity" {
			t.Errorf("after %q: no end is to be 'infinity', but it is %q", byHand, got)
		}
		c.admits("alice", password)
		c.sync(until("never"), false)
	}
	c.sync(aliceNoLogin, true)
	c.refuses("alice", password)
}

// TestWayBackToNoEnd: no statement takes an end away, so the way back says infinity. Script and saved plan of before
// take that for the same.
func TestWayBackToNoEnd(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE alice LOGIN`)
	s, plan := c.planFor("version: 1\nroles:\n  alice: {login: {valid_until: 2999-12-31}}\n")
	back, err := plan.Back()
	if err != nil {
		t.Fatal(err)
	}
	there := c.written("psql", s, plan, Options{})
	for _, text := range []string{there, c.written("psql", s, back, Options{}), there, c.written("psql", s, back, Options{})} {
		if out, err := c.runScript(text); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if end := one[string](c, `SELECT rolvaliduntil::text FROM pg_roles WHERE rolname = 'alice'`); end != "infinity" {
		t.Errorf("the end is %s", end)
	}
	if _, err := ApplySaved(context.Background(), c.super, c.readBack(s, plan), Options{}); err != nil {
		t.Error(err)
	}
}

// oddPassword is a password that is easily hashed to something else than what a client makes of it.
type oddPassword struct {
	text string
	// notPgx marks those with which pgx itself can not log in: it prepares passwords by other rules than the server
	// (RFC 8265).
	notPgx bool
}

var oddPasswords = []oddPassword{
	{text: "Ⅸ", notPgx: true}, {text: "IX after all Ⅸ ﬁ ㌀", notPgx: true}, {text: "e\u0301 is é"},
	{text: "a\u00adb", notPgx: true}, {text: "\u00ad"}, {text: "a\u00a0b\u2003c\u3000d"}, {text: "a\u200bb", notPgx: true}, {text: "\u1806"},
	{text: "\u0007bell"}, {text: "\x7f"}, {text: "\u0085Ⅸ"}, {text: "\u202eⅨ"}, {text: "\ue000Ⅸ"}, {text: "\u0340Ⅸ", notPgx: true}, // prohibited
	{text: "😀Ⅸ"}, {text: "ẞⅨ"}, // not in Unicode 3.2
	{text: "אⅨא"}, {text: "אב"}, {text: "א1"}, // right to left
	{text: strings.Repeat("long and longer ", 500)}, {text: strings.Repeat("日本", 1000)},
	{text: `'`}, {text: `'' OR 1=1; --`}, {text: `"quoted"`}, {text: `\`}, {text: `\'`}, {text: `E'\\'`}, {text: `$1 $$ %s`}, {text: " "}, {text: "\ttab\r\nlines\n"},
	{text: "md5" + strings.Repeat("a1", 16)}, {text: "SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy"}, // look hashed
	{text: "a:b@c/d?e#f%41"},
}

// TestOddPasswords logs in with each of them, by libpq as psql has it and by pgx.
func TestOddPasswords(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	s := &spec.Spec{}
	for i, p := range oddPasswords {
		login := &spec.Login{Password: spec.Password{Clear: spec.Secret(p.text)}}
		s.Roles = append(s.Roles, spec.Role{Name: "odd" + strconv.Itoa(i), Login: login})
	}
	c.syncSpec(c.super, s, true)
	c.syncSpec(c.super, s, false)
	for i, p := range oddPasswords {
		role := "odd" + strconv.Itoa(i)
		if out, err := c.psqlLogin(role, p.text); err != nil {
			t.Errorf("psql can not log in with %+q: %v\n%s", p.text, err, out)
		}
		if !p.notPgx {
			c.admits(role, p.text)
		}
	}
	if out, err := c.psqlLogin("odd0", "IX and more"); err == nil || !strings.Contains(out, "password authentication failed") {
		t.Errorf("psql logged in with a wrong password: %v\n%s", err, out)
	}
}

// psqlLogin logs in over TCP with libpq.
func (c *cluster) psqlLogin(role, password string) (string, error) {
	c.Helper()
	cmd := exec.Command(psqlPath(c), "-X", "-w", "-h", "127.0.0.1", "-p", strconv.Itoa(c.server.Port), "-U", role, "-d", warehouse, "-c", "SELECT 1")
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password, "PGSSLMODE=disable")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestServerLogShowsNoPassword reads what a server that logs all it can has logged.
func TestServerLogShowsNoPassword(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	c.admin()
	for _, setting := range []string{`log_statement = 'all'`, `log_duration = on`, `log_min_duration_statement = 0`, `log_min_messages = debug1`} {
		c.exec(`ALTER DATABASE warehouse SET ` + setting)
	}
	for _, user := range []string{"admin", "postgres"} {
		conn := c.connect(user, warehouse, "") // the settings are for new connections
		c.syncSpec(conn, loginSpec("to be kept secret"), true)
		c.syncSpec(conn, loginSpec("to be kept secret 'too'"), true)
		c.exec(`ALTER ROLE alice PASSWORD NULL`)
	}
	text, err := os.ReadFile(filepath.Join(c.server.SocketDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), `ALTER ROLE "alice" WITH`); n < 4 {
		t.Fatalf("the log shows %d statements that set the password: this proves nothing", n)
	}
	if strings.Contains(string(text), "kept secret") {
		t.Error("the server's log shows the password in clear")
	}
}

// TestAnEndIsKept: an account whose password has ended is not opened again by a spec that says nothing of an end.
func TestAnEndIsKept(t *testing.T) {
	t.Parallel()
	c := newCluster(t, `CREATE ROLE alice LOGIN PASSWORD '`+password+`' VALID UNTIL '2001-01-01'`, `CREATE ROLE left_long_ago PASSWORD '`+password+`' VALID UNTIL '2001-01-01'`)
	admin := c.admin()
	if c.major >= 16 {
		c.exec(`GRANT alice, left_long_ago TO admin WITH ADMIN OPTION`)
	}
	c.unchanged(func() { c.sync(aliceKeeps, false) })
	c.refuses("alice", password)
	c.syncAs(admin, aliceLogin, true) // which sets the password, and not its end
	c.refuses("alice", password)
	c.syncAs(admin, strings.Replace(aliceKeeps, "alice", "left_long_ago", 1), true)
	c.refuses("left_long_ago", password)
	c.syncAs(admin, strings.Replace(aliceKeeps, "{}", "{valid_until: never}", 1), true)
	c.admits("alice", password)
	c.sync(strings.Replace(aliceLogin, "alice", "fresh", 1), true)
	c.admits("fresh", password)
}
