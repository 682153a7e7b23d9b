// Package answer decides what the bot says: it quotes passages of the knowledge folder,
// or asks a language model that reads them.
package answer

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/teams"
)

// Question is what the bot must answer: the visitor's uncovered messages, oldest first (a
// burst gets one answer), and the turns before them.
type Question struct {
	Chat    chat.ID
	Visitor string
	// Bot is the bot's name, as visitors read it; empty: it has none.
	Bot string
	// Site is the address below which the pages are shown; empty if nobody said.
	Site string
	// Source is where the messages came from, see chat.Event.Source: what the answer
	// costs is charged to it, too.
	Source string
	Inputs []chat.Event
	Before []chat.Event
	// Teams are those that a person may be of; nil: there are none.
	Teams *teams.Set
}

// Answer is what the bot says. With Handover a person takes over. Text always passes
// chat.CleanText.
type Answer struct {
	Text     string
	Handover bool
	// Why says why it hands the chat over, or is no sure answer; nil for all others.
	Why *chat.Why
	// Team is the id of the team whose matter it is, with Handover; empty: the bot chose none.
	Team string
	// Aside says that the text is a set phrase, see chat.Event.Aside.
	Aside bool
	// Parts are what it has beside the text; nil if nothing.
	Parts *chat.Parts
}

// Progress receives a streamed answer; Restart discards what was streamed in this turn.
type Progress interface {
	Delta(text string)
	Restart()
}

// Thinker thinks of an answer. It may be called concurrently. An error means that a
// retry is worthwhile (the context ended). The failure of a model is not an error: the
// answer then comes from the pages, or hands the chat over.
type Thinker interface {
	Think(ctx context.Context, q Question, p Progress) (Answer, error)
}

// texts returns the visitor's texts, without empty ones.
func (q Question) texts() []string {
	var out []string
	for _, e := range q.Inputs {
		if t := strings.TrimSpace(e.Text); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// shows reports whether a text has anything that can be seen.
func shows(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.IsMark(r) })
}

// fit turns a text into one that chat.CleanText accepts: clean first, since that is the
// length that counts, and at most as long as a message.
func fit(text, otherwise string) string {
	text = chat.Clean(strings.ToValidUTF8(text, "\uFFFD"))
	if shown := strings.TrimSpace(text); len(shown) > chat.MaxText && utf8.RuneCountInString(shown) > chat.MaxText {
		text = string([]rune(shown)[:chat.MaxText-1]) + "…"
	}
	clean, err := chat.CleanText(text)
	if err != nil {
		return otherwise
	}
	return clean
}
