package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

const repository = "../.."

// readmePages are the README, and the pages that go on where it ends: their commands are run one after the other.
var readmePages = []string{"README.md", "docs/existing.md", "docs/tickets.md", "docs/commands.md"}

// pageBlocks gives the fenced blocks of a page in a language.
func pageBlocks(t *testing.T, page, language string) []string {
	t.Helper()
	return fencedBlocks(t, page, readFile(t, filepath.Join(repository, page)), language)
}

func fencedBlocks(t *testing.T, page, text, language string) []string {
	t.Helper()
	var blocks []string
	fence := regexp.MustCompile("(?ms)^```" + language + "\n(.*?)^```$")
	for _, found := range fence.FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, found[1])
	}
	if len(blocks) == 0 {
		t.Fatalf("%s has no block of %s", page, language)
	}
	return blocks
}

// runsEverything tells whether a block is for the tests and the demonstration: running it from here would not end.
func runsEverything(block string) bool { return strings.HasPrefix(block, "make demo\n") }

// Every command of the README and of the pages behind it, in their order, in a copy of this repository, as someone who
// reads them would.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	copyRepository(t, s.dir)
	script := "set -eu\n"
	for _, page := range readmePages {
		for _, block := range pageBlocks(t, page, "sh") {
			if runsEverything(block) {
				hasTargets(t, strings.Fields(strings.ReplaceAll(block, "make ", "")))
				continue
			}
			script += strings.ReplaceAll(block, "postgres://deployer@db.example.com/warehouse", `"`+s.url()+`"`)
		}
	}
	s.tools()
	s.setenv("GOFLAGS", strings.TrimSpace(os.Getenv("GOFLAGS")+" -trimpath")) // as the Makefile has it
	shell := exec.Command("bash", "-c", script)
	shell.Dir, shell.Env = s.dir, s.env
	o := s.check(0, s.finish(shell))
	contains(t, o.stdout,
		"+ report_reader: new role", "- hr_lead: SELECT on TABLE hr.salaries", "exit status 2", "-- Nothing to do.", "pgsr version")
	applied := "applied 9 statements in"
	if s.server.Major >= 16 {
		applied = "applied 10 statements in" // an administrator role comes first
	}
	contains(t, o.stderr, applied, "in sync", "installed the ledger")
	if !s.reads("report_reader", "sales.orders") || !s.reads("hr_lead", "hr.salaries") {
		t.Error("the roles are not what the pages make them: one role more, and nothing less for the others")
	}
}

// tools puts psql, and make where there is none, where a shell finds them.
func (s *site) tools() {
	s.Helper()
	bin := s.TempDir()
	if err := os.Symlink(psql(s.T), filepath.Join(bin, "psql")); err != nil {
		s.Fatal(err)
	}
	if _, err := exec.LookPath("make"); err != nil {
		contains(s.T, readFile(s.T, filepath.Join(repository, "Makefile")), "$(GO) build -o bin/pgsr ./cmd/pgsr")
		shim := "#!/bin/sh\nexec go build -o bin/pgsr ./cmd/pgsr\n"
		if err := os.WriteFile(filepath.Join(bin, "make"), []byte(shim), 0o755); err != nil {
			s.Fatal(err)
		}
	}
	s.setenv("PATH", bin+":"+os.Getenv("PATH"))
}

// hasTargets fails unless the Makefile has the targets.
func hasTargets(t *testing.T, targets []string) {
	t.Helper()
	makefile := readFile(t, filepath.Join(repository, "Makefile"))
	for _, target := range targets {
		if !strings.Contains(makefile, "\n"+target+":") {
			t.Errorf("the README runs make %s, which the Makefile has not", target)
		}
	}
	if len(targets) == 0 {
		t.Error("no targets")
	}
}

// copyRepository copies what belongs to the project.
func copyRepository(t *testing.T, to string) {
	t.Helper()
	leftOut := []string{".git", "bin", "build", ".cache"}
	err := filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(repository, path)
		switch {
		case slices.Contains(leftOut, relative) && !entry.IsDir(): // .git, in a worktree
			return nil
		case slices.Contains(leftOut, relative):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, relative), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, relative), data, info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The specs of the README, and of the keys in docs/spec.md, work on the warehouse, where everything that they name
// exists.
func TestReadmeSpecs(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	keys, _, _ := strings.Cut(readFile(t, filepath.Join(repository, "docs/spec.md")), "## Phrases")
	for _, block := range append(pageBlocks(t, "README.md", "yaml"), fencedBlocks(t, "docs/spec.md", keys, "yaml")...) {
		s.file("pgsr.yaml", block)
		s.applies("pgsr.yaml")
	}
}

// The Go program of docs/go.md is vetted and run. It does what it says, and is said to.
func TestReadmeGoProgram(t *testing.T) {
	t.Parallel()
	s := newWarehouse(t)
	s.file("pgsr.yaml", "version: 1\nroles:\n  report_reader: {}\n")
	s.want(0, "apply")
	s.setenv("GO_READER_PASSWORD", bobPassword)
	for _, block := range pageBlocks(t, "docs/go.md", "go") {
		overlay := s.overlay("examples/main.go", block)
		s.goTool("vet", "-overlay", overlay, "./examples")
		if got := s.goTool("run", "-overlay", overlay, "./examples"); got != "applied: true\n" {
			t.Errorf("it prints %q", got)
		}
	}
	s.logsIn("go_reader", bobPassword)
	if !s.reads("go_reader", "reference.countries") || s.reads("go_reader", "sales.orders") {
		t.Error("go_reader has not what the program says")
	}
}

// overlay makes the go command see a file in the repository that is not there, in a folder that is.
func (s *site) overlay(name, content string) string {
	s.Helper()
	place, err := filepath.Abs(filepath.Join(repository, name))
	if err != nil {
		s.Fatal(err)
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {place: s.file("overlay/main.go", content)}})
	if err != nil {
		s.Fatal(err)
	}
	return s.file("overlay.json", string(list))
}

// goTool runs the go command in the repository.
func (s *site) goTool(args ...string) string {
	s.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = repository, s.env
	return s.check(0, s.finish(cmd)).stdout
}

// README is to be read at once.
func TestReadmeIsShort(t *testing.T) {
	if n := len(readFile(t, filepath.Join(repository, "README.md"))); n > 6000 {
		t.Errorf("README.md has %d bytes, more than 6,000", n)
	}
}

// docs/commands.md names every command and every flag that there is.
func TestCommandsPageIsComplete(t *testing.T) {
	text := readFile(t, filepath.Join(repository, "docs/commands.md"))
	p := &program{lookupEnv: os.LookupEnv, stdin: strings.NewReader("")}
	var walk func(prefix string, commands []*cli.Command)
	walk = func(prefix string, commands []*cli.Command) {
		for _, c := range commands {
			contains(t, text, "`"+prefix+" "+c.Name)
			for _, flag := range c.Flags {
				contains(t, text, "--"+flag.Names()[0])
			}
			walk(prefix+" "+c.Name, c.Subcommands)
		}
	}
	walk("pgsr", p.app().Commands)
}

// What docs/pg-sync-roles.md gives as equivalents is what a spec takes.
func TestEquivalentsOfPgSyncRoles(t *testing.T) {
	t.Parallel()
	section := readFile(t, filepath.Join(repository, "docs/pg-sync-roles.md"))
	phrases := regexp.MustCompile("\\| `([A-Z]+ ON [^`]+)` \\|").FindAllStringSubmatch(section, -1)
	if len(phrases) != 5 {
		t.Fatalf("%d phrases: %q", len(phrases), phrases)
	}
	s := newWarehouse(t)
	text := "version: 1\nroles:\n  reader:\n    grants:\n"
	for _, phrase := range phrases {
		text += "      - " + phrase[1] + "\n"
	}
	s.file("pgsr.yaml", text)
	s.applies("pgsr.yaml")
}
