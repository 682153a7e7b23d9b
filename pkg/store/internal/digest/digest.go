// Package digest is what the stores share: what the summary of a chat takes from each
// event, and how a time is written as one number.
package digest

import (
	"cmp"
	"slices"
	"unicode"

	"github.com/parley-chat/parley/pkg/chat"
)

// maxWords is how many characters of the last words a summary keeps.
const maxWords = 120

// Chat is what some events contribute to the summary of their chat. Each part has the
// sequence of its event, so that a store replaces a part by a later one only, in
// whatever order the events arrive. A part with the sequence 0 is not known from these
// events.
type Chat struct {
	ID    chat.ID
	Last  Last
	Words Words
	State State
	Name  Name
	Card  Card
}

// Last is the last event that visitors may see. At is in nanoseconds, see Nanos.
type Last struct {
	Seq uint64
	At  int64
}

// Words are the last text that somebody wrote, cut to what a summary keeps.
type Words struct {
	Seq  uint64
	Text string
}

// State is from the last event that carries a state.
type State struct {
	Seq    uint64
	Status chat.Status
	Agent  string
	Team   string // the id of the team that the chat is for
}

// Name is the visitor's name, from the last event that has it.
type Name struct {
	Seq  uint64
	Name string
}

// Card is from the last event that carries a card. It does not count as written to the chat.
type Card struct {
	Seq  uint64
	Tags []string
}

// Of returns a digest for each chat, ordered by chat, so that two writers update the chats
// in the same order. Of a chat with nothing but events that visitors may not see every part
// but the card is unknown: no list shows it for their sake.
func Of(events []*chat.Event) []Chat {
	at := make(map[chat.ID]int)
	var chats []Chat
	for _, e := range events {
		place, ok := at[e.Chat]
		if !ok {
			place = len(chats)
			at[e.Chat] = place
			chats = append(chats, Chat{ID: e.Chat})
		}
		switch {
		case e.Kind.VisibleTo(chat.RoleVisitor):
			chats[place].add(e)
		case e.Card() != nil && e.Seq > chats[place].Card.Seq:
			chats[place].Card = Card{Seq: e.Seq, Tags: e.Card().Tags}
		}
	}
	for i := range chats {
		chats[i].Words.Text = Cut(chats[i].Words.Text)
	}
	slices.SortFunc(chats, func(a, b Chat) int { return cmp.Compare(a.ID, b.ID) })
	return chats
}

// None returns a digest in which every part is unknown for each chat, ordered by chat.
func None(events []*chat.Event) []Chat {
	chats := Of(events)
	for i := range chats {
		chats[i] = Chat{ID: chats[i].ID}
	}
	return chats
}

// Each returns pointers to the events.
func Each(events []chat.Event) []*chat.Event {
	each := make([]*chat.Event, len(events))
	for i := range events {
		each[i] = &events[i]
	}
	return each
}

// Listed reports whether a list of chats shows the chat for what is known.
func (c Chat) Listed() bool { return c.Last.Seq != 0 }

// add replaces the parts for which the event is later.
func (c *Chat) add(e *chat.Event) {
	if e.Seq > c.Last.Seq {
		c.Last = Last{Seq: e.Seq, At: Nanos(e.At)}
	}
	if words := e.Words(); words != "" && e.Seq > c.Words.Seq {
		c.Words = Words{Seq: e.Seq, Text: words} // cut once, in Of
	}
	if e.State != nil && e.Seq > c.State.Seq {
		c.State = State{Seq: e.Seq, Status: e.State.Is(), Team: e.State.Team()}
		if e.State.Agent != nil {
			c.State.Agent = e.State.Agent.Name
		}
	}
	if name := visitorName(e); name != "" && e.Seq > c.Name.Seq {
		c.Name = Name{Seq: e.Seq, Name: name}
	}
}

func visitorName(e *chat.Event) string {
	if e.From.Role == chat.RoleVisitor && e.From.Name != "" {
		return e.From.Name
	}
	if e.State != nil {
		return e.State.Visitor
	}
	return ""
}

// Cut shortens a text to what a summary keeps. It does not cut through an emoji that is
// joined from several, or between a letter and its accents, unless these are unusually
// long.
func Cut(text string) string {
	if len(text) <= maxWords { // bytes, so no more characters
		return text
	}
	runes := []rune(text)
	if len(runes) <= maxWords {
		return text
	}
	const usual = 24
	for n := maxWords; n > maxWords-usual; n-- {
		if !continues(runes[n]) && !joins(runes[n-1]) {
			return string(runes[:n])
		}
	}
	return string(runes[:maxWords])
}

const zeroWidthJoiner = '\u200d'

// joins reports whether the next character belongs to the same grapheme.
func joins(r rune) bool { return r == zeroWidthJoiner }

// continues reports whether the character belongs to the grapheme before it.
func continues(r rune) bool {
	skinTone := r >= 0x1F3FB && r <= 0x1F3FF
	return joins(r) || skinTone || unicode.Is(unicode.M, r)
}
