//go:build release

package main

import (
	"debug/buildinfo"
	"debug/elf"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRelease builds all that is released in a clone, as docs/install.md says, looks at each part, and builds it again.
func TestRelease(t *testing.T) {
	clone := filepath.Join(t.TempDir(), "pgsr")
	at(t, root(t), "git", "clone", "-q", ".", clone)
	script := strings.Join(pageBlocks(t, "docs/install.md", "sh"), "")
	if os.Geteuid() != 0 || exec.Command("dpkg", "-s", "pgsr").Run() == nil {
		t.Skip("only root installs packages, and only where there is no pgsr")
	}
	t.Cleanup(func() { _ = exec.Command("dpkg", "-P", "pgsr").Run() }) // nothing is there, most likely
	// What is installed is removed before the end of the page, which completes: the clone's own program has to do.
	script = strings.ReplaceAll(script, "source <(pgsr", "source <(./pgsr_linux_amd64_v1/pgsr")
	script = strings.ReplaceAll(script, "dpkg -i", "dpkg --path-include='/usr/share/*' -i")
	contains(t, at(t, clone, "bash", "-euo", "pipefail", "-c", script), "pgsr version v", "/usr/share/man/man1/pgsr.1.gz")
	release := filepath.Join(clone, "build/release")
	sums := readFile(t, filepath.Join(release, "checksums.txt"))
	for suffix, count := range map[string]int{".tar.gz": 6, ".zip": 2, ".deb": 2, ".rpm": 2, ".cdx.json": 8, "_image.tar": 1} {
		if got := strings.Count(sums, suffix+"\n"); got != count {
			t.Errorf("%d files %s have a checksum, not %d:\n%s", got, suffix, count, sums)
		}
	}
	binaries(t, release, strings.TrimSpace(at(t, clone, "git", "rev-parse", "HEAD")))
	listsModules(t, release)
	layout := t.TempDir()
	at(t, release, "bash", "-c", `tar -xf pgsr_*_image.tar -C "$0"`, layout)
	runImage(t, layout, "pgsr version v")
	if lintian, err := exec.LookPath("lintian"); err == nil {
		// The authors have no public address yet, which is what bogus-mail-host is about.
		at(t, release, "bash", "-c", lintian+" --allow-root --fail-on error --suppress-tags statically-linked-binary,no-changelog,bogus-mail-host pgsr_*_linux_amd64.deb")
	}
	at(t, clone, "make", "release")
	if again := readFile(t, filepath.Join(release, "checksums.txt")); again != sums {
		t.Errorf("the same commit gives other bytes:\n%s\n%s", sums, again)
	}
}

// binaries are static and stamped, one for each system and architecture.
func binaries(t *testing.T, release, commit string) {
	t.Helper()
	var built []string
	err := filepath.WalkDir(release, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.TrimSuffix(entry.Name(), ".exe") != "pgsr" {
			return err
		}
		info, err := buildinfo.ReadFile(path)
		if err != nil {
			return err
		}
		said := make(map[string]string)
		for _, setting := range info.Settings {
			said[setting.Key] = setting.Value
		}
		built = append(built, said["GOOS"]+"/"+said["GOARCH"])
		if said["CGO_ENABLED"] != "0" || said["-trimpath"] != "true" {
			t.Errorf("%s: %v", path, said)
		}
		if file, err := elf.Open(path); err == nil && slices.ContainsFunc(file.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) {
			t.Errorf("%s is not static", path)
		}
		if !strings.Contains(readFile(t, path), commit) {
			t.Errorf("%s does not say its commit", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(built)
	want := "darwin/amd64 darwin/arm64 freebsd/amd64 freebsd/arm64 linux/amd64 linux/arm64 windows/amd64 windows/arm64"
	if got := strings.Join(built, " "); got != want {
		t.Errorf("binaries for %s", got)
	}
}

// listsModules looks into what says of each binary which modules are in it.
func listsModules(t *testing.T, release string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(release, "*.cdx.json"))
	if err != nil || len(files) != 8 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		var list struct {
			Components []struct{ Name, Version string }
		}
		if err := json.Unmarshal([]byte(readFile(t, file)), &list); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range list.Components {
			names = append(names, c.Name)
		}
		for _, name := range []string{"github.com/jackc/pgx/v5", "github.com/urfave/cli/v2", "std"} {
			if !slices.Contains(names, name) {
				t.Errorf("%s does not list %s: %v", file, name, names)
			}
		}
	}
}
