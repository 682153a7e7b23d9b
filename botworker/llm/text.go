package llm

import (
	"strings"
	"unicode"

	"github.com/parley-chat/parley/pkg/chat"
)

// shorten makes a text that was cut off end with a whole sentence or word.
func shorten(text string) string {
	text = clip(text, chat.MaxText-1)
	if i := strings.LastIndexAny(text, ".!?\n"); i > len(text)*3/4 {
		return strings.TrimSpace(text[:i+1])
	}
	if i := strings.LastIndexAny(text, " \t"); i > len(text)*3/4 {
		text = text[:i]
	}
	return strings.TrimSpace(text) + "…"
}

// printable drops control characters other than newlines and tabs, and replaces invalid
// UTF-8.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\v', '\f', '\u0085', '\u2028', '\u2029': // line breaks, as chat.Clean has it
			return '\n'
		}
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// clip returns at most n characters.
func clip(s string, n int) string {
	for i := range s {
		if n <= 0 {
			return s[:i]
		}
		n--
	}
	return s
}
