//go:build browser

package report

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser gives the Chromium that is to open the page.
func browser(t *testing.T) string {
	t.Helper()
	for _, candidate := range []string{os.Getenv("PGSR_CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(candidate); candidate != "" && err == nil {
			return path
		}
	}
	t.Fatal("no Chromium was found: install it (on Debian: apt-get install chromium), name it in PGSR_CHROMIUM, or run `make test-browser`, which as root sees to it")
	return ""
}

// tab is one of a Chromium, which is told what to do by its own protocol, over a pipe.
// https://chromedevtools.github.io/devtools-protocol/
type tab struct {
	*testing.T
	to      *os.File
	from    *bufio.Reader
	session string
	last    int
	// loaded counts pages that have been loaded.
	loaded int
}

// newTab starts a Chromium, which ends with the test.
func newTab(t *testing.T) *tab {
	t.Helper()
	theirsIn, oursOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	oursIn, theirsOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	cmd := exec.CommandContext(ctx, browser(t), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{theirsIn, theirsOut} // 3 and 4
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirsIn.Close()
	theirsOut.Close()
	b := &tab{T: t, to: oursOut, from: bufio.NewReader(oursIn)}
	t.Cleanup(func() {
		b.session = ""
		b.tell("Browser.close", nil, nil)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the browser: %v", err)
		}
		cancel()
		oursOut.Close()
		oursIn.Close()
	})
	var target struct{ TargetID, SessionID string }
	b.tell("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.tell("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	b.tell("Page.enable", nil, nil)
	return b
}

// tell sends a command and reads what comes of it.
func (b *tab) tell(method string, params, result any) {
	b.Helper()
	b.last++
	message := map[string]any{"id": b.last, "method": method}
	if params != nil {
		message["params"] = params
	}
	if b.session != "" {
		message["sessionId"] = b.session
	}
	text, err := json.Marshal(message)
	if err == nil {
		_, err = b.to.Write(append(text, 0))
	}
	if err != nil {
		b.Fatalf("%s: %v", method, err)
	}
	for {
		answer := b.read()
		if answer.ID != b.last {
			continue
		}
		if len(answer.Error) > 0 {
			b.Fatalf("%s: %s", method, answer.Error)
		}
		if result != nil {
			if err := json.Unmarshal(answer.Result, result); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
}

type message struct {
	ID            int
	Method        string
	Result, Error json.RawMessage
}

func (b *tab) read() message {
	b.Helper()
	text, err := b.from.ReadBytes(0)
	if err != nil {
		b.Fatalf("the browser says nothing more: %v", err)
	}
	var m message
	if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
		b.Fatal(err)
	}
	if m.Method == "Page.loadEventFired" {
		b.loaded++
	}
	return m
}

// open opens a page.
func (b *tab) open(page, fragment string) {
	b.Helper()
	file := filepath.Join(b.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		b.Fatal(err)
	}
	before := b.loaded
	b.tell("Page.navigate", map[string]any{"url": (&url.URL{Scheme: "file", Path: file, Fragment: fragment}).String()}, nil)
	for b.loaded == before {
		b.read()
	}
}

// show sets the width of the window, in pixels, what it shows on (screen or print), and whether it is dark.
func (b *tab) show(width int, media string, dark bool) {
	b.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	b.tell("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.tell("Emulation.setEmulatedMedia", map[string]any{"media": media, "features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// ask evaluates an expression of JavaScript in the page.
func (b *tab) ask(expression string, result any) {
	b.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.tell("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &answer)
	if len(answer.ExceptionDetails) > 0 {
		b.Fatalf("%.100s: %s", expression, answer.ExceptionDetails)
	}
	if result == nil {
		return
	}
	if err := json.Unmarshal(answer.Result.Value, result); err != nil {
		b.Fatalf("%.100s: %v: %s", expression, err, answer.Result.Value)
	}
}

// text asks for a text.
func (b *tab) text(expression string) string {
	b.Helper()
	var out string
	b.ask("String("+expression+")", &out)
	return out
}

// picture writes what is seen into a file, all of it or so many pixels of its height.
func (b *tab) picture(file string, width, height int) []byte {
	b.Helper()
	if height == 0 {
		b.ask("document.documentElement.scrollHeight", &height)
	}
	var answer struct{ Data []byte }
	b.tell("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true, "clip": map[string]any{"x": 0, "y": 0, "width": width, "height": min(height, 12_000), "scale": 1}}, &answer)
	if err := os.WriteFile(file, answer.Data, 0o644); err != nil {
		b.Fatal(err)
	}
	return answer.Data
}

// pages prints on A4 and counts the pages.
func (b *tab) pages(file string) int {
	b.Helper()
	b.show(1280, "print", false)
	var answer struct{ Data string }
	b.tell("Page.printToPDF", map[string]any{"paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": false}, &answer)
	pdf, err := base64.StdEncoding.DecodeString(answer.Data)
	if err != nil {
		b.Fatal(err)
	}
	if file != "" {
		if err := os.WriteFile(file, pdf, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return strings.Count(string(pdf), "/Type /Page\n")
}

// click clicks on the middle of the first element that a selector finds.
func (b *tab) click(selector string) {
	b.Helper()
	var at struct{ X, Y float64 }
	b.ask(fmt.Sprintf(`(function () { var e = document.querySelector(%q); e.scrollIntoView({block: "center"}); var r = e.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })()`, selector), &at)
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		b.tell("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
	}
}
