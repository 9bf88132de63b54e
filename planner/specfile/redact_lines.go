package specfile

import (
	"cmp"
	"slices"
)

// masked stands for a secret, whatever its length.
const masked = "****"

// hide keeps the text from one place to another, which is excluded, out of every message.
func (s *source) hide(from, to place) {
	for number := from.line; number <= min(to.line, len(s.lines)); number++ {
		hidden := span{1, len(s.line(number)) + 1}
		if number == from.line {
			hidden.from = from.column
		}
		if number == to.line {
			hidden.to = min(hidden.to, to.column)
		}
		hidden.from = max(hidden.from, min(hidden.to, indentation(s.line(number))+1))
		s.hideSpan(number, hidden)
	}
}

func (s *source) hideSpan(number int, hidden span) {
	if hidden.from < hidden.to {
		s.hidden[number] = append(s.hidden[number], hidden)
	}
}

// mask gives a copy of a line with what is hidden replaced.
func mask(line []rune, hidden []span) []rune {
	var out []rune
	next := 1
	for _, h := range hidden {
		out = append(out, line[next-1:h.from-1]...)
		out = append(out, []rune(masked)...)
		next = h.to
	}
	return append(out, line[next-1:]...)
}

// maskedColumn gives where a column of the line is when it is masked: a hidden one is where its mask begins.
func maskedColumn(column int, hidden []span) int {
	moved := column
	for _, h := range hidden {
		switch {
		case column >= h.to:
			moved += len(masked) - (h.to - h.from)
		case column >= h.from:
			return moved - (column - h.from)
		}
	}
	return moved
}

// hiddenSpans gives the hidden parts of a line in order, those that touch made one.
func (s *source) hiddenSpans(number int) []span {
	sorted := slices.SortedFunc(slices.Values(s.hidden[number]), func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out []span
	for _, h := range sorted {
		if last := len(out) - 1; last >= 0 && h.from <= out[last].to {
			out[last].to = max(out[last].to, h.to)
		} else {
			out = append(out, h)
		}
	}
	return out
}
