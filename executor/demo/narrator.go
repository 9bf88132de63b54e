package demo

import (
	"fmt"
	"io"
	"strings"
)

// narrator tells the story, as long as someone listens.
type narrator struct {
	w     io.Writer
	color bool
	// err is the first error of writing.
	err error
}

func (n *narrator) write(text string) {
	if n.err == nil {
		_, n.err = io.WriteString(n.w, text)
	}
}

// heading begins a chapter.
func (n *narrator) heading(number int, title string) {
	text := fmt.Sprintf("%d. %s", number, title)
	if n.color {
		text = "\x1b[1m" + text + "\x1b[0m"
	}
	n.write("\n" + text + "\n\n")
}

// say writes a paragraph.
func (n *narrator) say(format string, args ...any) {
	n.write(fmt.Sprintf(format, args...) + "\n")
}

// code writes lines as they are, set off by indentation, with an empty line before and after.
func (n *narrator) code(text string) {
	var out strings.Builder
	for line := range strings.Lines("\n" + strings.TrimRight(text, "\n") + "\n\n") {
		if line != "\n" {
			out.WriteString("    ")
		}
		out.WriteString(line)
	}
	n.write(out.String())
}
