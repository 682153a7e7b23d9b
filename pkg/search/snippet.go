package search

import (
	"slices"
	"unicode/utf8"
)

// What a hit shows of its text: so many characters, and so many before the first mark.
const (
	MaxSnippet  = 240
	beforeMarks = 60
)

// Snippet is a piece of a text. Marks are where the words of the question stand in it: from
// and to, counted as JavaScript counts (UTF-16).
type Snippet struct {
	Text  string   `json:"text"`
	Marks [][2]int `json:"marks,omitempty"`
}

// Show returns the piece of the text that has the first mark. Marks are in bytes.
func Show(text string, marks [][2]int) Snippet {
	from := 0
	if len(marks) > 0 {
		from = back(text, marks[0][0], beforeMarks)
	}
	shown := cut(text[from:], MaxSnippet)
	var s Snippet
	lead := ""
	if from > 0 {
		lead = "…"
	}
	s.Text = lead + shown
	if from+len(shown) < len(text) {
		s.Text += "…"
	}
	for _, m := range marks {
		a, b := max(m[0], from), min(m[1], from+len(shown))
		if a < b {
			s.Marks = append(s.Marks, [2]int{units(lead) + units(text[from:a]), units(lead) + units(text[from:b])})
		}
	}
	return s
}

// back returns the start of the character that is at most n characters before at.
func back(text string, at, n int) int {
	if utf8.RuneCountInString(text[:at]) <= n {
		return 0
	}
	for range n {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

// units is the length of a text in UTF-16.
func units(text string) int {
	n := 0
	for _, r := range text {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

// merged returns the ranges in order, those that touch as one.
func merged(marks [][2]int) [][2]int {
	slices.SortFunc(marks, func(a, b [2]int) int { return a[0] - b[0] })
	kept := marks[:0]
	for _, m := range marks {
		if n := len(kept); n > 0 && m[0] < kept[n-1][1] {
			kept[n-1][1] = max(kept[n-1][1], m[1])
			continue
		}
		kept = append(kept, m)
	}
	return kept
}
