package demo

import (
	"fmt"
	"strings"
)

// headingMark begins the heading of a section in a script.
const headingMark = "\n-- == "

// abridged leaves out the rest of a script's long sections.
func abridged(text string) string {
	sections := strings.Split(text, headingMark)
	for i := range sections[1:] {
		sections[i+1] = shortened(sections[i+1])
	}
	return strings.Join(sections, headingMark)
}

// shortened cuts a section after a statement.
func shortened(section string) string {
	const most = 12
	lines := strings.Split(section, "\n")
	if len(lines) <= most+2 {
		return section
	}
	kept := most
	for kept > 0 && !strings.HasSuffix(lines[kept-1], ";") {
		kept--
	}
	if kept == 0 {
		return section
	}
	left := 0
	for _, line := range lines[kept:] {
		if strings.HasSuffix(line, ";") {
			left++
		}
	}
	return fmt.Sprintf("%s\n-- ... and %d more statements\n", strings.Join(lines[:kept], "\n"), left)
}
