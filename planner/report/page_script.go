package report

import (
	"fmt"
	"strings"

	"pgsr/planner/script"
)

// scriptPart is a piece of a script: what people review, or a machine check, in whose place paper has a line that
// says so.
type scriptPart struct {
	Text, OnPaper string
}

// pageScriptText is a script as a page has it: its pieces, or why it has them not.
type pageScriptText struct {
	Parts    []scriptPart
	TooLarge string
}

func scriptText(text string) pageScriptText {
	if why := tooLarge(text); why != "" {
		return pageScriptText{TooLarge: why}
	}
	return pageScriptText{Parts: scriptParts(text)}
}

// scriptParts cuts a script into pieces, of which all together are its text.
func scriptParts(text string) []scriptPart {
	var out []scriptPart
	isCheck, lines := false, 0
	var part strings.Builder
	end := func() {
		p := scriptPart{Text: part.String()}
		part.Reset()
		if isCheck {
			p.Text = strings.TrimSuffix(p.Text, "\n") // which the next piece begins with
			part.WriteString("\n")
			p.OnPaper = fmt.Sprintf("-- %s%s, in the page and in the script", script.MachineCheck, script.Count(lines, "line", "lines"))
		}
		if p.Text != "" {
			out = append(out, p)
		}
		lines = 0
	}
	for line := range strings.Lines(text) {
		begins := strings.HasPrefix(line, "-- == "+script.MachineCheck)
		if begins || isCheck && (strings.HasPrefix(line, "-- == ") || line == "COMMIT;\n") {
			end()
			isCheck = begins
		}
		part.WriteString(line)
		lines++
	}
	end()
	return out
}
