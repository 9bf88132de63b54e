//go:build release

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestImage is built without a daemon, unpacked and run as the account that it names, with nothing else there.
func TestImage(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "pgsr")
	at(t, root(t), "go", "build", "-ldflags", "-s -w -X main.stampedVersion=v"+packagedVersion, "-o", program, "./cmd/pgsr")
	layout := filepath.Join(dir, "image")
	at(t, root(t), ".ci/image", layout, packagedVersion, runtime.GOARCH+"="+program)
	runImage(t, layout, "pgsr version v"+packagedVersion+"\n")
}

// blob is a document of an image, or points to others: https://github.com/opencontainers/image-spec
type blob struct {
	Digest       string
	Manifests    []blob
	Config       json.RawMessage
	Layers       []blob
	Platform     struct{ Architecture, OS string }
	OS           string
	Architecture string
}

func blobPath(layout, digest string) string {
	return filepath.Join(layout, "blobs", strings.Replace(digest, ":", "/", 1))
}

func readBlob(t *testing.T, file string) (b blob) {
	t.Helper()
	if err := json.Unmarshal([]byte(readFile(t, file)), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// runImage runs that of this architecture, for its version and for a spec.
func runImage(t *testing.T, layout, says string) {
	t.Helper()
	index := readBlob(t, filepath.Join(layout, "index.json"))
	var manifest blob
	for _, each := range readBlob(t, blobPath(layout, index.Manifests[0].Digest)).Manifests {
		if each.Platform.Architecture == runtime.GOARCH && each.Platform.OS == "linux" {
			manifest = readBlob(t, blobPath(layout, each.Digest))
		}
	}
	var at0 blob
	if err := json.Unmarshal(manifest.Config, &at0); err != nil || len(manifest.Layers) != 1 {
		t.Fatalf("%+v: %v", manifest, err)
	}
	config := readBlob(t, blobPath(layout, at0.Digest))
	var run struct {
		User, WorkingDir string
		Entrypoint       []string
	}
	if err := json.Unmarshal(config.Config, &run); err != nil {
		t.Fatal(err)
	}
	if run.User != "65532:65532" || run.WorkingDir != "/" || !reflect.DeepEqual(run.Entrypoint, []string{"/pgsr"}) || config.Architecture != runtime.GOARCH {
		t.Errorf("the image says %+v, %s", run, config.Architecture)
	}
	files := t.TempDir()
	at(t, ".", "tar", "-xf", blobPath(layout, manifest.Layers[0].Digest), "-C", files)
	if all, err := os.ReadDir(files); err != nil || len(all) != 1 {
		t.Errorf("not pgsr alone is in it: %v, %v", all, err)
	}
	if os.Geteuid() != 0 {
		return // nobody else may chroot
	}
	for dir := files; dir != "/"; dir = filepath.Dir(dir) {
		if strings.HasPrefix(dir, os.TempDir()+"/") {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct{ stdin, says, command string }{
		{"", says, "version"},
		{"version: 1\nroles: {r: {}}\n", "valid: 1 role, 0 phrases", "validate -f -"},
	} {
		cmd := exec.Command("/pgsr", strings.Fields(c.command)...)
		cmd.Dir, cmd.Env, cmd.Stdin = "/", []string{"HOME=/"}, strings.NewReader(c.stdin)
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: files, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("pgsr %s: %v", c.command, err)
		}
		contains(t, string(out), c.says)
	}
}
