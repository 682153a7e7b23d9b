package verify

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/client"
)

var visitor, bot = client.Speaker{Role: "visitor", Name: "Ada"}, client.Speaker{Role: "bot"}

func message(seq, prev uint64, id string) client.Event {
	return client.Event{Seq: seq, Prev: prev, Kind: "message", ID: id, From: visitor, Text: "text of " + id}
}

func reply(seq, prev, through uint64) client.Event {
	return client.Event{Seq: seq, Prev: prev, Kind: "reply", From: bot, Text: "an answer", Through: through}
}

// good is a chat of three messages, of which the last two share a reply.
func good() Chat {
	events := []client.Event{message(3, 0, "a"), reply(5, 3, 3), message(8, 5, "b"), message(9, 8, "c"), reply(11, 9, 9)}
	return Chat{
		Visitor: "Ada",
		Sent:    []client.Sent{{ID: "a", Text: "text of a", Seq: 3}, {ID: "b", Text: "text of b", Seq: 8}, {ID: "c", Text: "text of c", Seq: 9}},
		Views:   []View{{Name: "the sender", Events: events, Chained: true}, {Name: "the store", Events: append([]client.Event(nil), events...)}},
	}
}

func TestAChatThatKeepsAllPromisesPasses(t *testing.T) {
	if wrong := Check(good()); len(wrong) > 0 {
		t.Errorf("found wrong: %q", wrong)
	}
}

func TestEveryBreachIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Chat)
		want  string
	}{
		"an acknowledged message is lost": {func(c *Chat) {
			for i := range c.Views {
				c.Views[i].Events = append([]client.Event{c.Views[i].Events[0], c.Views[i].Events[1]}, reply(11, 5, 9))
			}
		}, "is not in the chat"},
		"a message has no reply": {func(c *Chat) {
			for i := range c.Views {
				c.Views[i].Events = c.Views[i].Events[:4]
			}
		}, "has no reply"},
		"a message has two replies": {func(c *Chat) {
			for i := range c.Views {
				c.Views[i].Events = append(c.Views[i].Events, reply(12, 11, 9))
			}
		}, "two replies"},
		"a reply to what was not said": {func(c *Chat) { c.Views[0].Events[1].Through = 8 }, "not said yet"},
		"never acknowledged":           {func(c *Chat) { c.Sent[1].Seq = 0 }, "never acknowledged"},
		"acknowledged elsewhere":       {func(c *Chat) { c.Sent[1].Seq = 7 }, "acknowledged as event 7"},
		"stored twice": {func(c *Chat) {
			for i := range c.Views {
				c.Views[i].Events = append(c.Views[i].Events, message(12, 11, "c"), reply(13, 12, 12))
			}
		}, "2 times"},
		"another text":         {func(c *Chat) { c.Sent[2].Text = "other" }, "became"},
		"another order":        {func(c *Chat) { c.Sent[1], c.Sent[2] = c.Sent[2], c.Sent[1] }, "sent before it"},
		"never sent":           {func(c *Chat) { c.Sent = c.Sent[:2] }, "never sent"},
		"a gap":                {func(c *Chat) { c.Views[0].Events[2].Prev = 6 }, "names 6"},
		"a repeat":             {func(c *Chat) { c.Views[1].Events[1] = c.Views[1].Events[0] }, "after"},
		"the store lacks one":  {func(c *Chat) { c.Views[1].Events = c.Views[1].Events[:4] }, "saw 5 events and the store 4"},
		"the store has others": {func(c *Chat) { c.Views[1].Events[4].Text = "other" }, "not the same"},
		"somebody else's word": {func(c *Chat) { c.Views[0].Events[4].Kind = "state" }, "nobody asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			chat := good()
			c.spoil(&chat)
			if wrong := strings.Join(Check(chat), "\n"); !strings.Contains(wrong, c.want) {
				t.Errorf("%q is not found in %q", c.want, wrong)
			}
		})
	}
}
