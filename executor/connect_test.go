package executor

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// withoutLibpq takes away what the environment says to libpq.
func withoutLibpq(t *testing.T) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "PG") && name != "PGSR_SERVER_BIN" {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	t.Setenv("HOME", t.TempDir())
}

func TestConnectTakesTheEnvironmentOfLibpq(t *testing.T) {
	c := newCluster(t, `CREATE ROLE alice LOGIN PASSWORD 'from the file'`, `CREATE ROLE bob LOGIN`)
	withoutLibpq(t)
	ctx := context.Background()
	show := func(what, databaseURL, want string) {
		t.Helper()
		conn, err := Connect(ctx, databaseURL)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
		defer conn.Close(ctx)
		var got string
		if err := conn.QueryRow(ctx, `SELECT concat_ws(' ', current_user, current_database(), current_setting('statement_timeout'), current_setting('application_name'))`).Scan(&got); err != nil {
			t.Error(err)
		}
		expect(t, what, got, want)
	}
	t.Setenv("PGHOST", c.server.SocketDir())
	t.Setenv("PGPORT", strconv.Itoa(c.server.Port))
	t.Setenv("PGUSER", "bob")
	t.Setenv("PGDATABASE", warehouse)
	show("variables", "", "bob warehouse 0 pgsr")
	t.Setenv("PGOPTIONS", "-c statement_timeout=1s")
	show("PGOPTIONS", "", "bob warehouse 1s pgsr")
	show("PGOPTIONS beside a URL", "postgres:///postgres", "bob postgres 1s pgsr")
	show("keywords", "dbname=postgres user=postgres", "postgres postgres 1s pgsr")
	t.Setenv("PGAPPNAME", "nightly")
	show("PGAPPNAME", "", "bob warehouse 1s nightly")
	show("application_name", "postgres:///?application_name=mine", "bob warehouse 1s mine")

	passfile := filepath.Join(t.TempDir(), "pass")
	if err := os.WriteFile(passfile, []byte("127.0.0.1:*:*:alice:from the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGPASSFILE", passfile)
	services := filepath.Join(t.TempDir(), "services")
	if err := os.WriteFile(services, []byte(fmt.Sprintf("[house]\nhost=127.0.0.1\nport=%d\nuser=alice\ndbname=postgres\n", c.server.Port)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGSERVICEFILE", services)
	for _, variable := range []string{"PGHOST", "PGPORT", "PGUSER", "PGDATABASE"} {
		os.Unsetenv(variable)
	}
	t.Setenv("PGSERVICE", "house")
	show("PGSERVICE and the password file", "", "alice postgres 1s nightly")
}

// TestConnectNeverShowsAPassword has one in every place where one may end up, well or badly written.
func TestConnectNeverShowsAPassword(t *testing.T) {
	c := newCluster(t, `CREATE ROLE alice LOGIN PASSWORD 'right'`)
	withoutLibpq(t)
	here := "127.0.0.1:" + strconv.Itoa(c.server.Port)
	passwords := []string{"Xyzzy1", "Xyz zy1", "Xyz@zy1", "Xyz/zy1", "Xyz?zy1", "Xyz#zy1", "Xyz:zy1", "Xyz%zy1", "Xyz'zy1", "Xyz&zy1=zy1", "zy1%", "12/Xyz", "12?Xyz", "12?a=Xyz",
		"12?application_name=Xyz", "@Xyz", "Xyz@@zy1", "Xyz@zy1/zy1", "Xyz]zy1", "[Xyz", "12@Xyz/zy1", "Xyz\\zy1", "Xyz\nzy1", "Xyz`: zy1", `X"yzzy1`}
	for _, password := range passwords {
		quoted := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(password)
		for _, databaseURL := range []string{
			"postgres://alice:" + url.QueryEscape(password) + "@" + here + "/warehouse?sslmode=disable",
			"postgres://alice:" + password + "@" + here + "/warehouse?sslmode=disable",
			"postgresql://alice:" + password + "@" + here + "/warehouse",
			"postgres://alice:" + password + "@" + here,
			"postgres://alice:" + password + "@127.0.0.1:1/warehouse",
			"postgres://alice:" + password + "@" + here + "/warehouse?connect_timeout=x",
			"postgres://" + here + "/warehouse?user=alice&sslmode=disable&password=" + password,
			"postgres://" + here + "/warehouse?user=alice&password=" + password + "&connect_timeout=x",
			"postgres://" + here + "/warehouse?sslmode=verify-full&sslrootcert=/nonexistent&password=" + password,
			"postgres://alice:" + password + "@" + here + "/warehouse?sslmode=wrong",
			"Postgres://alice:" + password + "@" + here + "/warehouse",
			"postgres:/alice:" + password + "@" + here + "/warehouse",
			"postgres//alice:" + password + "@" + here + "/warehouse",
			"mysql://alice:" + password + "@" + here + "/warehouse",
			"alice:" + password + "@" + here + "/warehouse",
			"host=127.0.0.1 port=" + strconv.Itoa(c.server.Port) + " user=alice dbname=warehouse password='" + quoted + "'",
			"host=127.0.0.1 port=1 user=alice password=" + password,
			"host=127.0.0.1 port=x user=alice password=" + password,
			"host=127.0.0.1 user=alice password='" + password,
			"host = 127.0.0.1 user = alice port = 1 password = " + password,
			"password=" + password + " connect_timeout=x",
		} {
			conn, err := Connect(context.Background(), databaseURL)
			if err == nil {
				conn.Close(context.Background())
				t.Errorf("%q connects", databaseURL)
				continue
			}
			for _, secret := range []string{"Xyz", "zy1"} {
				if strings.Contains(err.Error(), secret) || strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
					t.Errorf("for %q the error is %v\n%#v", databaseURL, err, err)
				}
			}
		}
	}
}

func TestConnectSaysWhatIsWrongWithTheURL(t *testing.T) {
	withoutLibpq(t)
	for databaseURL, want := range map[string]string{
		"postgres://localhost:x/":                                      "reading the database URL: invalid port",
		"postgres://u:p@ss@localhost/":                                 "has to be written %40",
		"postgres://localhost/?sslmode=verify-ca&sslrootcert=/no/such": "/no/such: no such file",
		"postgres://me@localhost:1/db":                                 `connecting to database "db" as role "me": `,
	} {
		_, err := Connect(context.Background(), databaseURL)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", databaseURL, err)
		}
	}
}
