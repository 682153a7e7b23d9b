package llm

import (
	"strings"

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

// printable cleans a whole text as those of people are cleaned, and replaces invalid UTF-8.
func printable(s string) string { return chat.Clean(strings.ToValidUTF8(s, "\uFFFD")) }

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
