//go:build release

package main

import (
	"encoding/json"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	reference = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	anchorID  = regexp.MustCompile(` id="([^"]*)"`)
)

// TestSite is made by one command: every page is there, no link is dead, and the search knows each page.
func TestSite(t *testing.T) {
	at(t, root(t), "make", "docs")
	site := filepath.Join(root(t), "build/site")
	reached := crawl(t, site)
	var indexed []struct{ Title, URL, Text string }
	script := strings.TrimSuffix(strings.TrimSpace(readFile(t, filepath.Join(site, "pages.js"))), ";")
	if err := json.Unmarshal([]byte(strings.TrimPrefix(script, "const pages = ")), &indexed); err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for _, page := range indexed {
		texts[page.URL] = strings.Join(strings.Fields(page.Title+" "+page.Text), " ")
	}
	for _, page := range pages(t) {
		file := strings.TrimSuffix(page, ".md") + ".html"
		if page == "README.md" {
			file = "index.html"
		}
		if !reached[file] {
			t.Errorf("nothing leads to %s", file)
		}
		for _, found := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(readFile(t, filepath.Join(repository, page)), ""), -1) {
			if words := regexp.MustCompile(`[A-Za-z]{4,}`).FindString(found[1]); !strings.Contains(texts[file], words) {
				t.Errorf("the search does not know %q of %s", words, page)
			}
		}
	}
	searches(t, site)
}

// crawl follows all links from the first page and gives the files that it reaches.
func crawl(t *testing.T, site string) map[string]bool {
	t.Helper()
	reached := map[string]bool{"index.html": true}
	next := []string{"index.html"}
	for len(next) > 0 {
		page := next[0]
		next = next[1:]
		for _, found := range reference.FindAllStringSubmatch(readFile(t, filepath.Join(site, page)), -1) {
			to, err := url.Parse(html.UnescapeString(found[1]))
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if to.Scheme != "" {
				if to.Scheme == "http" || found[0][0] == 's' {
					t.Errorf("%s loads %s", page, to)
				}
				continue
			}
			file := filepath.Join(filepath.Dir(page), to.Path)
			if to.Path == "" {
				file = page
			}
			if is, err := os.Stat(filepath.Join(site, file)); err != nil || is.IsDir() {
				t.Errorf("%s leads to %s, which is not there", page, to)
				continue
			}
			if to.Fragment != "" && !hasID(t, filepath.Join(site, file), to.Fragment) {
				t.Errorf("%s leads to %s, a heading which is not there", page, to)
			}
			if !reached[file] && strings.HasSuffix(file, ".html") {
				next = append(next, file)
			}
			reached[file] = true
		}
	}
	return reached
}

func hasID(t *testing.T, file, id string) bool {
	t.Helper()
	for _, found := range anchorID.FindAllStringSubmatch(readFile(t, file), -1) {
		if html.UnescapeString(found[1]) == id {
			return true
		}
	}
	return false
}

// searches opens a page from its folder in a real browser, with two words in the search.
func searches(t *testing.T, site string) {
	t.Helper()
	browser := os.Getenv("PGSR_CHROMIUM")
	if browser == "" {
		browser, _ = exec.LookPath("chromium")
	}
	if browser == "" {
		t.Log("there is no Chromium here: the search was not tried")
		return
	}
	for page, leads := range map[string]string{"index.html": `href="./docs/leavers.html"`, "docs/spec.html": `href="../docs/leavers.html"`} {
		out, err := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--dump-dom",
			"file://"+filepath.Join(site, page)+"#search=leaver%20reassign_to").Output()
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(out), `id="found"`)
		list, _, _ := strings.Cut(after, "</ul>")
		contains(t, list, leads)
		if strings.Contains(list, "benchmarks.html") {
			t.Errorf("%s finds what has not all of the words: %s", page, list)
		}
	}
}
