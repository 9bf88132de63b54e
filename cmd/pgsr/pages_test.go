package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pages are all that is to be read, from the repository's root.
func pages(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(repository, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		for _, path := range found {
			relative, _ := filepath.Rel(repository, path)
			all = append(all, relative)
		}
	}
	return all
}

var (
	fenced   = regexp.MustCompile("(?ms)^```.*?^```$")
	pageLink = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	heading  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	noAnchor = regexp.MustCompile(`[^\p{L}\p{N}\-_ ]`)
)

// anchors are what links within a page may end with, as GitHub makes them of headings.
func anchors(text string) map[string]bool {
	all := map[string]bool{"": true}
	for _, found := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		all[strings.ReplaceAll(noAnchor.ReplaceAllString(strings.ToLower(found[1]), ""), " ", "-")] = true
	}
	return all
}

// TestLinks of all pages lead to files and headings that there are.
func TestLinks(t *testing.T) {
	for _, page := range pages(t) {
		text := fenced.ReplaceAllString(readFile(t, filepath.Join(repository, page)), "")
		for _, found := range pageLink.FindAllStringSubmatch(text, -1) {
			target := found[1]
			if strings.Contains(target, ":") {
				continue
			}
			file := filepath.Join(filepath.Dir(page), target)
			if target == "" {
				file = page
			}
			switch files, _ := filepath.Glob(filepath.Join(repository, file)); {
			case len(files) == 0:
				t.Errorf("%s leads to %s, which is not there", page, target)
			case found[2] != "" && !anchors(readFile(t, filepath.Join(repository, file)))[found[2]]:
				t.Errorf("%s leads to %s#%s, a heading which is not there", page, target, found[2])
			}
		}
	}
}

// TestEveryPageIsReached from README, by links from page to page.
func TestEveryPageIsReached(t *testing.T) {
	reached := map[string]bool{}
	var walk func(page string)
	walk = func(page string) {
		if reached[page] || filepath.Ext(page) != ".md" {
			return
		}
		reached[page] = true
		for _, found := range pageLink.FindAllStringSubmatch(readFile(t, filepath.Join(repository, page)), -1) {
			if found[1] != "" && !strings.Contains(found[1], ":") {
				walk(filepath.Join(filepath.Dir(page), found[1]))
			}
		}
	}
	walk("README.md")
	for _, page := range pages(t) {
		if !reached[page] {
			t.Errorf("no link leads to %s", page)
		}
	}
}

// longSentences may be on pages of figures.
var longSentences = []string{"docs/benchmarks.md", "CHANGELOG.md"}

var (
	listed      = regexp.MustCompile(`(?m)^(?:- |[|].*$)`)
	sentenceEnd = regexp.MustCompile(`[.:;!?](?:\*\*)?\s|\n\n`)
)

// TestSentencesAreShort holds what people can read at once. Tables are for looking up.
func TestSentencesAreShort(t *testing.T) {
	for _, page := range pages(t) {
		if slices.Contains(longSentences, page) {
			continue
		}
		text := fenced.ReplaceAllString(readFile(t, filepath.Join(repository, page)), "\n\n")
		for _, sentence := range sentenceEnd.Split(listed.ReplaceAllString(text, "\n\n"), -1) {
			if words := strings.Fields(sentence); len(words) > 25 {
				t.Errorf("%s: %d words: %s", page, len(words), strings.Join(words, " "))
			}
		}
	}
}
