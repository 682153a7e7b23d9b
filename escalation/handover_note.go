package escalation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// storeTime is how long a hand-over waits for the store, if it needs that at all.
	storeTime = 2 * time.Second
	// earlierEvents is how many events are asked of the store.
	earlierEvents = 50
	// maxAsked is how many of the visitor's messages a note quotes, the last ones, and
	// maxQuoted how many characters of each.
	maxAsked  = 3
	maxQuoted = 280
)

// handoverNote is the first note of a chat that the request hands over: why, what the visitor
// asked, and the pages that the bot quoted. before are the events of the visit before the
// request. It is pure: two replicas write the same. Who writes it without a name has none that
// the events know.
func handoverNote(request chat.Event, before []chat.Event) chat.Event {
	note := chat.Event{
		Chat: request.Chat, Kind: chat.Note, ID: handoverID(request.Seq), From: chat.Speaker{Role: chat.RoleBot},
		Text: whyHandedOver(request, before) + "\n" + whatWasAsked(asked(before)),
	}
	if pages := quoted(before); len(pages) > 0 {
		note.Parts = &chat.Parts{Citations: pages}
	}
	for _, e := range before {
		if e.Kind == chat.Reply {
			note.From.Name = e.From.Name
		}
	}
	return note
}

// handoverID is the id of the note of the hand-over that a request led to. A request is decided
// once.
func handoverID(request uint64) string { return fmt.Sprintf("handover-%d", request) }

// whyHandedOver says why in a sentence or two.
func whyHandedOver(request chat.Event, before []chat.Event) string {
	why := whyOf(request, before)
	const visitorAsked = "The visitor asked for a person"
	if request.From.Role == chat.RoleVisitor {
		switch why.Cause {
		case chat.CauseNothing:
			return visitorAsked + ": the bot had found no answer."
		case chat.CauseUnsure:
			return visitorAsked + ": the bot was not sure of its answer."
		}
		return visitorAsked + "."
	}
	switch why.Cause {
	case chat.CauseAsked:
		return visitorAsked + "."
	case chat.CauseModel:
		if why.Words != "" {
			return "The bot asked for a person. Its reason: " + why.Words
		}
		return "The bot asked for a person, and gave no reason."
	case chat.CauseFailed:
		return "The bot asked for a person: its language model failed, and its pages have no answer."
	case chat.CauseGaveUp:
		return "The bot asked for a person: it could not answer at all."
	}
	return "The bot asked for a person."
}

// whyOf returns what the bot made of the answer that the request follows: the one that announced
// a person, or the last one if the visitor wrote nothing after it.
func whyOf(request chat.Event, before []chat.Event) chat.Why {
	for _, e := range slices.Backward(before) {
		switch {
		case request.Covers == 0 && e.Kind == chat.Message:
			return chat.Why{}
		case e.Kind == chat.Reply && (request.Covers == 0 || request.Covers == e.Seq):
			if e.Why == nil {
				return chat.Why{}
			}
			return *e.Why
		}
	}
	return chat.Why{}
}

// asked are the visitor's messages in which something can be seen.
func asked(before []chat.Event) (list []string) {
	for _, e := range before {
		if e.Kind != chat.Message {
			continue
		}
		if text := chat.Brief(e.Text, maxQuoted); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// whatWasAsked quotes the last of the visitor's messages.
func whatWasAsked(list []string) string {
	switch len(list) {
	case 0:
		return "Nothing was asked before."
	case 1:
		return "Asked: “" + list[0] + "”"
	}
	var b strings.Builder
	b.WriteString("Asked:")
	for _, text := range list[max(0, len(list)-maxAsked):] {
		b.WriteString("\n– “" + text + "”")
	}
	return b.String()
}

// quoted are the pages that the bot's answers came from, those of the last answer first, each
// once.
func quoted(before []chat.Event) (pages []chat.Citation) {
	for _, e := range slices.Backward(before) {
		if e.Kind != chat.Reply || e.Parts == nil {
			continue
		}
		for _, page := range e.Citations {
			if len(pages) < chat.MaxCitations && !slices.Contains(pages, page) {
				pages = append(pages, page)
			}
		}
	}
	return pages
}
