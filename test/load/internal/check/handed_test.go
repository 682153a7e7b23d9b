package check

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// noteOf is the bot's note of the hand-over at a request.
func noteOf(request int, text string) history.Event {
	return history.Event{Chat: chatA, Kind: "note", Role: "bot", Name: "Parley bot", ID: fmt.Sprintf("handover-%d", request), Text: text}
}

func TestTheNoteOfAHandOver(t *testing.T) {
	words := func(text string) history.Event {
		e := said("message", "", "", 0)
		e.Text = text
		return e
	}
	ask, escalated := said("ask", "escalate", "", 0), func(at uint64) history.Event { return said("state", "escalated", waiting, at) }
	long := strings.Repeat("how do I return shoes? ", 40)
	for name, c := range map[string]struct {
		log  []history.Event // at the sequences 1, 2 …
		fine bool
	}{
		"it says what was asked":       {[]history.Event{words("shoes"), said("reply", "", "", 1), ask, noteOf(3, "asked: shoes"), escalated(3)}, true},
		"nothing was asked":            {[]history.Event{ask, noteOf(1, "nothing"), escalated(1)}, true},
		"it was asked long":            {[]history.Event{words(long), ask, noteOf(2, inLine(long)[:250]+"…"), escalated(2)}, true},
		"some of it can't be seen":     {[]history.Event{words("sh\u200boes \u202eand hats"), ask, noteOf(2, "asked: shoes and hats"), escalated(2)}, true},
		"the bot asked":                {[]history.Event{words("shoes"), said("reply", "", "", 1), handover("2"), noteOf(3, "shoes"), said("state", "bot_gave_up", waiting, 3)}, true},
		"there is no place":            {[]history.Event{words("shoes"), ask, said("state", "line_full", withBot, 0), said("reply", "", "", 1)}, true},
		"the chat moved on meanwhile":  {[]history.Event{words("shoes"), ask, noteOf(2, "shoes"), by("bob", said("state", "stepped_in", live, 2))}, true},
		"of another visit":             {[]history.Event{words("shoes"), said("reply", "", "", 1), said("state", "idle", closed, 1), ask, noteOf(4, "nothing"), escalated(4)}, true},
		"not answered before it ended": {[]history.Event{words("shoes"), said("state", "idle", closed, 0), ask, noteOf(3, "nothing"), escalated(3)}, false},
		"there is none":                {[]history.Event{words("shoes"), ask, escalated(2)}, false},
		"it comes after":               {[]history.Event{words("shoes"), ask, escalated(2), noteOf(2, "shoes")}, false},
		"there are two":                {[]history.Event{words("shoes"), ask, noteOf(2, "shoes"), noteOf(2, "shoes"), escalated(2)}, false},
		"it is of another request":     {[]history.Event{words("shoes"), ask, noteOf(2, "shoes"), escalated(2), by("bob", said("state", "taken", live, 2)), by("bob", said("state", "returned", withBot, 2)), ask, escalated(7)}, false},
		"it is of no request":          {[]history.Event{words("shoes"), noteOf(1, "shoes"), said("reply", "", "", 1)}, false},
		"it lacks what was asked last": {[]history.Event{words("shoes"), said("reply", "", "", 1), words("hats"), ask, noteOf(4, "shoes"), escalated(4)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.log {
				c.log[i].Seq = uint64(i + 1)
			}
			for _, old := range []bool{false, true} {
				b := newBook(Options{Old: old})
				b.readLogs(c.log, c.log)
				b.seal()
				b.handed(b.chat(chatA))
				if r := b.report(); (len(r.Violations) == 0) != (c.fine || old) {
					t.Errorf("with an earlier version %t:\n%s", old, formatted(t, r))
				}
			}
		})
	}
}
