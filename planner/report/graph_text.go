package report

import (
	"strings"
	"unicode"

	"pgsr/planner/lists"
	"pgsr/planner/script"
)

// The sizes of what is written in boxes and on lines, in pixels.
const boxText, lineText = 12.5, 11.0

// pictureText is a text of a picture. Where its width depends on what fonts a reader has, Width is what it is set to;
// 0: it is as wide as it is.
type pictureText struct {
	Text  string
	Width int
}

// fitted cuts a text so that it is at most so wide: in its middle, since names often differ at their ends. What comes
// behind it stays.
func fitted(text, behind string, size float64, most int) pictureText {
	letters := []rune(text)
	room := int(float64(most+1)/(narrowest*size)) + 2 // for so many letters at most: a text may have the names of 1,600 columns
	for kept := min(len(letters), room); textWidth(text+behind, size) > most && kept > 1; {
		kept--
		head := (kept + 1) / 2
		text = string(letters[:head]) + "…" + string(letters[len(letters)-(kept-head):])
	}
	out := pictureText{Text: text + behind}
	if strings.ContainsFunc(out.Text, func(r rune) bool { return r > unicode.MaxASCII && r != '…' && r != '·' && r != '×' }) {
		out.Width = textWidth(out.Text, size)
	}
	return out
}

// narrowest is how wide the narrowest letters are, for their size.
const narrowest = 0.42

// textWidth gives the width of a text, rather too much than too little.
func textWidth(text string, size float64) int {
	width := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("fijlrtI.,:;'|!()[] ", r):
			width += narrowest
		case strings.ContainsRune("mwMW@%", r):
			width += 1.02
		case r > unicode.MaxLatin1 && r != '…':
			width += 1.1
		case unicode.IsUpper(r) && !strings.ContainsRune("EFJLST", r), strings.ContainsRune("&~+=<>#×…", r):
			width += 0.84
		default:
			width += 0.65
		}
	}
	return int(width*size) + 1
}

// written is what stands in the box.
func (n *graphNode) written() pictureText {
	return fitted(n.Label, n.behind(), boxText, boxWidth-2*boxPadding)
}

// behind counts what the node stands for, if it is more than one thing.
func (n *graphNode) behind() string {
	switch {
	case n.isSchema:
		return " · " + script.Number(len(n.members))
	case len(n.members) > 0:
		return " + " + script.Count(len(n.members)-1, "other", "others")
	}
	return ""
}

// title is shown when one points at the box.
func (n *graphNode) title() string {
	if len(n.members) == 0 {
		return n.Label
	}
	labels := lists.Map(n.members, func(m *graphNode) string { return m.Label })
	return script.Number(len(labels)) + ": " + script.ShortTexts(labels)
}

// written is what stands on the line. A membership has nothing there.
func (e *graphEdge) written() pictureText {
	text, behind := strings.Join(e.Labels, ", "), ""
	if text == "member" {
		return pictureText{}
	}
	if e.objects > 1 {
		behind = " ×" + script.Number(e.objects)
	}
	return fitted(text, behind, lineText, mostOnALine)
}

// title is shown when one points at the line.
func (e *graphEdge) title() string {
	text := e.from.Label + " → " + e.to.Label + ": " + strings.Join(e.Labels, ", ")
	if e.objects > 1 {
		text += ", on " + script.Count(e.objects, "object", "objects")
	}
	return text
}
