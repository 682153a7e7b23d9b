// Package answer is how the bot thinks of what to say: from passages of the
// knowledge folder alone, or from a language model that reads them.
package answer

import (
	"context"
	"strings"
	"unicode"

	"github.com/parley-chat/parley/pkg/chat"
)

// Question is what the bot is to answer: the visitor's uncovered messages
// (oldest first; a burst gets one answer) and the turns before them.
type Question struct {
	Chat    chat.ID
	Visitor string
	Inputs  []chat.Event
	Before  []chat.Event
}

// Answer is what the bot says. Handover: a person shall take over. Text always
// passes chat.CleanText.
type Answer struct {
	Text     string
	Handover bool
}

// Progress receives streamed words; Restart throws away what was streamed in
// this turn.
type Progress interface {
	Delta(text string)
	Restart()
}

// Thinker thinks of one answer. It may be called concurrently. An error means
// that it could not think now for a reason worth trying again (the context
// ended); failures of a model are answered, not returned: the visitor is told
// and the chat handed over.
type Thinker interface {
	Think(ctx context.Context, q Question, p Progress) (Answer, error)
}

// texts returns what the visitor wrote, without what is empty.
func (q Question) texts() []string {
	var out []string
	for _, e := range q.Inputs {
		if t := strings.TrimSpace(e.Text); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// fit makes a text that chat.CleanText accepts: without control characters, and
// at most as long as a message may be.
func fit(text, otherwise string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if r := []rune(strings.TrimSpace(text)); len(r) > chat.MaxText {
		text = string(r[:chat.MaxText-1]) + "…"
	}
	clean, err := chat.CleanText(text)
	if err != nil {
		return otherwise
	}
	return clean
}
