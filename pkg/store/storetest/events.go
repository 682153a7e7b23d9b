package storetest

import (
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// start is when the first event of a test was written.
var start = time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC)

// at gives every sequence a time of its own.
func at(seq uint64) time.Time { return start.Add(time.Duration(seq) * 1_000_003) }

func message(id chat.ID, seq uint64, text string) chat.Event {
	return chat.Event{
		Chat: id, Seq: seq, At: at(seq), Kind: chat.Message, ID: fmt.Sprintf("m-%d", seq),
		From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text,
	}
}

func note(id chat.ID, seq uint64, text string) chat.Event {
	return chat.Event{
		Chat: id, Seq: seq, At: at(seq), Kind: chat.Note, ID: fmt.Sprintf("n-%d", seq),
		From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace"}, Text: text,
	}
}

// explained is the note in which the bot says why it handed the chat over.
func explained(id chat.ID, seq uint64, text string) chat.Event {
	return chat.Event{
		Chat: id, Seq: seq, At: at(seq), Kind: chat.Note, ID: fmt.Sprintf("handover-%d", seq-1), From: chat.Speaker{Role: chat.RoleBot, Name: "Bot"}, Text: text,
		Parts: &chat.Parts{Citations: []chat.Citation{{Title: "Returns", URL: "https://shop.example/returns"}, {Title: "Delivery"}}},
	}
}

func reply(id chat.ID, seq uint64, text string) chat.Event {
	return chat.Event{
		Chat: id, Seq: seq, At: at(seq), Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: "Bot"}, Text: text, Aside: seq%2 == 0,
		State: &chat.State{Status: chat.WithBot, AnsweredThrough: seq - 1, Visitor: "Ada"},
	}
}

func taken(id chat.ID, seq uint64) chat.Event {
	return chat.Event{
		Chat: id, Seq: seq, At: at(seq), Kind: chat.StateChange, From: chat.Speaker{Role: chat.RoleSystem},
		Text: "Grace joined the chat.", Reason: chat.Taken,
		State: &chat.State{
			Status: chat.Live, Agent: &chat.Agent{User: "grace", Name: "Grace"}, AnsweredThrough: seq - 1,
			Since: at(seq), Asked: at(seq - 1), Visitor: "Ada",
		},
	}
}

// conversation is a log of n events in which every fifth is a note, half of them the bot's, and
// every second a reply.
func conversation(id chat.ID, n int) []chat.Event {
	var log []chat.Event
	for i := range n {
		seq := uint64(3*i + 5) // a stream has other chats' events between
		text := fmt.Sprintf("line %d", i)
		switch {
		case i%10 == 9:
			log = append(log, explained(id, seq, text))
		case i%5 == 4:
			log = append(log, note(id, seq, text))
		case i%2 == 1:
			log = append(log, reply(id, seq, text))
		default:
			log = append(log, message(id, seq, text))
		}
	}
	return log
}

func withoutNotes(log []chat.Event) []chat.Event {
	var seen []chat.Event
	for _, e := range log {
		if inSummary(e) {
			seen = append(seen, e)
		}
	}
	return seen
}

// shuffled returns the events in an order that depends on the seed alone.
func shuffled(events []chat.Event, seed uint64) []chat.Event {
	out := append([]chat.Event{}, events...)
	for i := len(out) - 1; i > 0; i-- {
		seed = seed*6364136223846793005 + 1442695040888963407
		j := int(seed>>33) % (i + 1)
		out[i], out[j] = out[j], out[i]
	}
	return out
}
