// Package scratch runs throwaway PostgreSQL servers, for the demonstration, tests and benchmarks. It promises that a server is
// real, is gone when it is closed or when the program dies, and that where no server is installed the error says what to do.
package scratch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// OldestMajor is the first major that pgsr supports.
const OldestMajor = 14

// ErrNoServer says what to do where no server is installed.
var ErrNoServer = errors.New("no PostgreSQL server of major 14 or later was found: install one (on Debian and Ubuntu: apt-get install postgresql), " +
	"or use `make`, which sees to one, or name the directory of initdb, pg_ctl and postgres in PGSR_SERVER_BIN")

// FindBin gives the directory that holds initdb, pg_ctl and postgres: the one that PGSR_SERVER_BIN names, else the newest of those that Debian's
// packages use, else the one on PATH, else one that `make` has fetched. The error is [ErrNoServer] or says what is wrong with PGSR_SERVER_BIN.
func FindBin() (string, error) {
	if named := os.Getenv("PGSR_SERVER_BIN"); named != "" {
		if _, err := Major(named); err != nil {
			return "", fmt.Errorf("PGSR_SERVER_BIN=%s: %w", named, err)
		}
		return named, nil
	}
	for _, dir := range candidates() {
		if major, err := Major(dir); err == nil && major >= OldestMajor {
			return dir, nil
		}
	}
	return "", ErrNoServer
}

// candidates lists directories in the order in which they are tried.
func candidates() []string {
	dirs := newestFirst("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	if cache, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, newestFirst(filepath.Join(cache, "pgsr/debian/usr/lib/postgresql/*/bin"))...)
		dirs = append(dirs, newestFirst(filepath.Join(cache, "pgsr/servers/*/native/bin"))...)
	}
	return append(dirs, newestFirst("/var/cache/pgsr/servers/*/native/bin")...)
}

var number = regexp.MustCompile(`\d+`)

// newestFirst lists the directories that match, the highest number in the path first.
func newestFirst(pattern string) []string {
	dirs, _ := filepath.Glob(pattern) // the patterns are ours, and well formed
	major := func(dir string) int {
		n, _ := strconv.Atoi(number.FindString(dir))
		return n
	}
	slices.SortStableFunc(dirs, func(a, b string) int { return major(b) - major(a) })
	return dirs
}

// Major asks the server in a directory for its major version.
func Major(bin string) (int, error) {
	for _, program := range []string{"initdb", "pg_ctl"} {
		if _, err := os.Stat(filepath.Join(bin, program)); err != nil {
			return 0, err
		}
	}
	out, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("asking postgres for its version: %w", err)
	}
	major, err := strconv.Atoi(number.FindString(string(out)))
	if err != nil {
		return 0, fmt.Errorf("postgres gives its version as %q", strings.TrimSpace(string(out)))
	}
	return major, nil
}
