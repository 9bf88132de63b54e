package scratch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// OldestMajor is the first major that pgsr works with.
const OldestMajor = 10

// BinVariable is the environment variable that names the directory of a server's programs.
const BinVariable = "PGSR_SERVER_BIN"

// ErrNoServer says that this machine has no server that can be used.
var ErrNoServer = errors.New("no PostgreSQL server of major 10 or newer was found on this machine. " +
	"Install one (apt-get install postgresql), or let `make test` or `make demo` see to it, or set " + BinVariable + " to the directory that holds its initdb and postgres")

// Installation is a server's programs on this machine, and what it takes to run them. To find that out takes as long as
// to start a server, so who starts many finds it once.
type Installation struct {
	// BinDir is where the programs are, Major their version.
	BinDir string
	Major  int

	// said is what the server says of itself: postgres (PostgreSQL) 15.18 (Debian 15.18-1).
	said string
	// account runs the programs, in directories within parent.
	account *credential
	parent  string
	// building lets one server at a time make the template that others then copy.
	building *sync.Mutex
}

// Find looks at the programs in a directory; empty: those of the server to use. What PGSR_SERVER_BIN names wins,
// whatever it is; else it is the newest of those that Debian's packages install; else what pg_config or PATH lead to;
// else the newest of those that `make test` has fetched. Errors: [ErrNoServer] and others about the programs, each with
// its remedy.
func Find(binDir string) (*Installation, error) {
	var err error
	if binDir == "" {
		if binDir, err = findBin(); err != nil {
			return nil, err
		}
	}
	// The programs run in other directories than ours.
	if binDir, err = filepath.Abs(binDir); err != nil {
		return nil, err
	}
	i := &Installation{BinDir: binDir, building: &sync.Mutex{}}
	if i.said, i.Major, err = version(binDir); err != nil {
		return nil, err
	}
	if i.Major < OldestMajor {
		return nil, fmt.Errorf("the PostgreSQL server in %s is of major %d: %d or newer is needed", binDir, i.Major, OldestMajor)
	}
	if i.account, err = account(binDir); err != nil {
		return nil, err
	}
	i.parent = tempDir(i.account)
	return i, nil
}

func findBin() (string, error) {
	if dir := os.Getenv(BinVariable); dir != "" {
		if !hasPrograms(dir) {
			return "", fmt.Errorf("%s is %q, which holds no initdb and postgres", BinVariable, dir)
		}
		return dir, nil
	}
	for _, place := range places() {
		if dir := newest(place); dir != "" {
			return dir, nil
		}
	}
	return "", ErrNoServer
}

// places lists where servers may be, the best place first, each with all directories it may mean.
func places() [][]string {
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	all := [][]string{debian}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		all = append(all, []string{strings.TrimSpace(string(out))})
	}
	if program, err := exec.LookPath("postgres"); err == nil {
		all = append(all, []string{filepath.Dir(program)})
	}
	fetched, _ := filepath.Glob("/var/cache/pgsr/servers/*/bin")
	if cache, err := os.UserCacheDir(); err == nil {
		own, _ := filepath.Glob(filepath.Join(cache, "pgsr/servers/*/bin"))
		fetched = append(fetched, own...)
	}
	return append(all, fetched)
}

// newest gives the directory with the highest major that is not too old; empty if there is none.
func newest(dirs []string) string {
	best, bestMajor := "", OldestMajor-1
	for _, dir := range dirs {
		if !hasPrograms(dir) {
			continue
		}
		if _, major, err := version(dir); err == nil && major > bestMajor {
			best, bestMajor = dir, major
		}
	}
	return best
}

func hasPrograms(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return false
		}
	}
	return true
}

var majorPattern = regexp.MustCompile(`\(PostgreSQL\)[^0-9]*([0-9]+)`)

// version asks the server in a directory what it is, and for its major: 15 for 15.18.
func version(binDir string) (said string, major int, err error) {
	out, err := exec.Command(filepath.Join(binDir, "postgres"), "--version").Output()
	if err != nil {
		return "", 0, fmt.Errorf("asking the server in %s for its version: %w", binDir, err)
	}
	said = strings.TrimSpace(string(out))
	match := majorPattern.FindStringSubmatch(said)
	if match == nil {
		return "", 0, fmt.Errorf("the server in %s says that it is %q", binDir, said)
	}
	major, err = strconv.Atoi(match[1])
	return said, major, err
}
