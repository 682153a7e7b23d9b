package macros

import (
	"fmt"
	"slices"
	"strings"

	"github.com/parley-chat/parley/pkg/chat"
)

// Placeholders are the words that a text may have in braces. The console puts in what they
// stand for: web/agent/placeholders.js reads them in the same way, and both are tested with
// testdata/placeholders.json. A brace that is meant as one is written twice.
var Placeholders = []string{"visitor", "first name", "agent", "site"}

// CheckPlaceholders refuses a text with a placeholder that is broken or that nobody knows; the
// error is a *chat.TextError that names it.
func CheckPlaceholders(text string) error {
	for {
		at := strings.IndexAny(text, "{}")
		if at < 0 {
			return nil
		}
		brace, rest := text[at:at+1], text[at+1:]
		if strings.HasPrefix(rest, brace) { // a brace that is meant as one
			text = rest[1:]
			continue
		}
		if brace == "}" {
			return &chat.TextError{Sentence: "There is a } without a { before it. A brace that is meant as one is written twice."}
		}
		end := strings.IndexAny(rest, "{}\n")
		if end < 0 || rest[end] != '}' {
			return &chat.TextError{Sentence: fmt.Sprintf("The placeholder {%s has no } at its end. A brace that is meant as one is written twice.", clip(rest))}
		}
		if name := strings.Join(strings.Fields(strings.ToLower(rest[:end])), " "); !slices.Contains(Placeholders, name) {
			return &chat.TextError{Sentence: fmt.Sprintf("There is no placeholder {%s}. There are {%s}.", clip(rest[:end]), strings.Join(Placeholders, "}, {"))}
		}
		text = rest[end+1:]
	}
}

// clip shortens what is repeated in a sentence, to its first line.
func clip(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}
