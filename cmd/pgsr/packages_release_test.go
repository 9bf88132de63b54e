//go:build release

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// packagedVersion is what the packages of these tests say, and pgsr that is in them.
const packagedVersion = "0.1.0-test.1"

// at runs a command in a folder and gives what it says; it must not fail.
func at(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// root is the repository's absolute path.
func root(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// builtForPackages is a folder with what .goreleaser.yaml puts into packages, and pgsr.
func builtForPackages(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	at(t, root(t), ".ci/share", packagedVersion, filepath.Join(dir, "build/share"))
	at(t, root(t), "go", "build", "-ldflags", "-s -w -X main.stampedVersion=v"+packagedVersion, "-o", filepath.Join(dir, "pgsr"), "./cmd/pgsr")
	at(t, root(t), "cp", "LICENSE", dir)
	return dir
}

// nfpmConfig gives nfpm what .goreleaser.yaml says of packages: goreleaser adds the rest.
func nfpmConfig(t *testing.T, dir string) {
	t.Helper()
	var all struct {
		NFPMs []map[string]any `yaml:"nfpms"`
	}
	if err := yaml.Unmarshal([]byte(readFile(t, filepath.Join(repository, ".goreleaser.yaml"))), &all); err != nil || len(all.NFPMs) != 1 {
		t.Fatalf("%v: %v", all, err)
	}
	config := all.NFPMs[0]
	for _, key := range []string{"formats", "bindir", "mtime"} {
		delete(config, key)
	}
	config["name"], config["version"], config["arch"], config["platform"] = "pgsr", packagedVersion, runtime.GOARCH, "linux"
	config["contents"] = append(config["contents"].([]any), map[string]any{"src": "pgsr", "dst": "/usr/bin/pgsr"})
	text, err := yaml.Marshal(config)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "nfpm.yaml"), text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"deb", "rpm"} {
		at(t, root(t), ".ci/tool", "-C", dir, "nfpm", "package", "-f", "nfpm.yaml", "-p", kind, "-t", "pgsr."+kind)
	}
}

// What is in both packages; completions of zsh are where each system looks for them.
var packaged = []string{
	"/usr/bin/pgsr", "/usr/share/man/man1/pgsr.1.gz", "/usr/share/bash-completion/completions/pgsr",
	"/usr/share/fish/vendor_completions.d/pgsr.fish", "/usr/share/doc/pgsr/copyright",
}

// TestPackages are installed, work, and leave nothing behind.
func TestPackages(t *testing.T) {
	dir := builtForPackages(t)
	nfpmConfig(t, dir)
	t.Run("deb", func(t *testing.T) { installDeb(t, filepath.Join(dir, "pgsr.deb"), "0.1.0~test.1") })
	t.Run("rpm", func(t *testing.T) { installRPM(t, filepath.Join(dir, "pgsr.rpm")) })
}

func installDeb(t *testing.T, file, version string) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip("there is no dpkg here")
	}
	if got := at(t, ".", "dpkg-deb", "-f", file, "Version", "Architecture"); got != "Version: "+version+"\nArchitecture: "+runtime.GOARCH+"\n" {
		t.Errorf("the package says %q", got)
	}
	files := append([]string{"/usr/share/zsh/vendor-completions/_pgsr"}, packaged...)
	if os.Geteuid() != 0 {
		under := t.TempDir()
		at(t, ".", "dpkg-deb", "-x", file, under)
		areThere(t, under, files)
		return
	}
	// A root of its own leaves this machine alone, and needs no other package's triggers.
	under := t.TempDir()
	for _, dir := range []string{"info", "updates", "triggers"} {
		at(t, under, "mkdir", "-p", "var/lib/dpkg/"+dir)
	}
	at(t, under, "touch", "var/lib/dpkg/status")
	// Machines that are kept small leave manual pages out.
	at(t, ".", "dpkg", "--root="+under, "--path-include=/usr/share/*", "-i", file)
	areThere(t, under, files)
	if man, err := exec.LookPath("man"); err == nil {
		pages := filepath.Join(under, "usr/share/man")
		if got := at(t, ".", man, "-M", pages, "-w", "pgsr"); got != pages+"/man1/pgsr.1.gz\n" {
			t.Errorf("man finds %q", got)
		}
		contains(t, at(t, ".", man, "-M", pages, "-P", "cat", "pgsr"), "make PostgreSQL roles be what a file says", "--single-transaction")
	}
	at(t, ".", "dpkg", "--root="+under, "-P", "pgsr")
	areGone(t, under, append(files, "/usr/share/doc/pgsr", "/usr/bin"))
}

func installRPM(t *testing.T, file string) {
	if _, err := exec.LookPath("rpm"); err != nil {
		t.Skip("there is no rpm here")
	}
	contains(t, at(t, ".", "rpm", "-qip", file), "Version     : 0.1.0~test.1", "License     : MIT")
	files := append([]string{"/usr/share/zsh/site-functions/_pgsr"}, packaged...)
	if os.Geteuid() != 0 {
		contains(t, at(t, ".", "rpm", "-qlp", file), files...)
		return
	}
	under := t.TempDir()
	at(t, ".", "rpm", "--root", under, "-i", "--nodeps", file)
	areThere(t, under, files)
	at(t, ".", "rpm", "--root", under, "-e", "pgsr")
	areGone(t, under, append(files, "/usr/share/doc/pgsr"))
}

// areThere fails unless files are, for everyone to read, and pgsr runs.
func areThere(t *testing.T, under string, files []string) {
	t.Helper()
	for _, file := range files {
		is, err := os.Stat(filepath.Join(under, file))
		if err != nil {
			t.Error(err)
			continue
		}
		want := os.FileMode(0o644)
		if file == "/usr/bin/pgsr" {
			want = 0o755
		}
		if is.Mode().Perm() != want {
			t.Errorf("%s has mode %v", file, is.Mode())
		}
	}
	contains(t, at(t, "/", filepath.Join(under, "usr/bin/pgsr"), "version"), "pgsr version v"+packagedVersion[:5])
}

func areGone(t *testing.T, under string, files []string) {
	t.Helper()
	for _, file := range files {
		if _, err := os.Lstat(filepath.Join(under, file)); !os.IsNotExist(err) {
			t.Errorf("%s is left: %v", file, err)
		}
	}
}
