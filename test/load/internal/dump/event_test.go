package dump

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func TestEventsAreFlattened(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 120, time.FixedZone("", 3600))
	const chat, said = "aaaaaaaaaaaaaaaa", "2026-05-01T11:00:00.00000012Z"
	for name, c := range map[string]struct {
		subject, data string
		want          history.Event
	}{
		"a message": {"chat.3.aaaaaaaaaaaaaaaa.in.message", `{"kind":"message","id":"a/b","from":{"role":"visitor","name":"Ada"},"text":"hi"}`,
			history.Event{Kind: "message", ID: "a/b", Role: "visitor", Name: "Ada", Text: "hi"}},
		"a pressed choice": {"chat.3.aaaaaaaaaaaaaaaa.in.message", `{"kind":"message","id":"c","from":{"role":"visitor","name":"Ada"},"text":"Returns","choice":"returns-2"}`,
			history.Event{Kind: "message", ID: "c", Role: "visitor", Name: "Ada", Text: "Returns", Choice: "returns-2"}},
		"a rating": {"chat.3.aaaaaaaaaaaaaaaa.in.request", `{"kind":"ask","id":"r","from":{"role":"visitor"},"what":"rate","score":5}`,
			history.Event{Kind: "ask", ID: "r", Role: "visitor", What: "rate", Score: 5}},
		"a first reply": {"chat.3.aaaaaaaaaaaaaaaa.out.reply", `{"kind":"reply","from":{"role":"bot"},"text":"yes","state":{"through":7}}`,
			history.Event{Kind: "reply", Role: "bot", Text: "yes", Status: "bot", Through: 7}},
		"a reply that announces a person": {"chat.3.aaaaaaaaaaaaaaaa.out.reply", `{"kind":"reply","from":{"role":"bot"},"text":"yes","state":{"through":7,"handover":true}}`,
			history.Event{Kind: "reply", Role: "bot", Text: "yes", Status: "bot", Through: 7, Handover: true}},
		"an agent's words": {"chat.3.aaaaaaaaaaaaaaaa.out.say", `{"kind":"say","id":"bo/a/b","from":{"role":"agent","name":"Bo","user":"bo"},"state":{"status":"live","agent":{"user":"bo","name":"Bo"},"through":9}}`,
			history.Event{Kind: "say", ID: "a/b", Role: "agent", Name: "Bo", User: "bo", Status: "live", Agent: "Bo", Holder: "bo", Through: 9}},
		"a change": {"chat.3.aaaaaaaaaaaaaaaa.out.state", `{"kind":"state","from":{"role":"system"},"state":{"status":"waiting","through":9},"reason":"asked"}`,
			history.Event{Kind: "state", Role: "system", Status: "waiting", Through: 9, Reason: "asked"}},
		"an address": {"chat.3.aaaaaaaaaaaaaaaa.in.request", `{"kind":"ask","id":"e","from":{"role":"visitor"},"what":"leave_email","email":"ada@example.com"}`,
			history.Event{Kind: "ask", ID: "e", Role: "visitor", What: "leave_email", Email: "ada@example.com"}},
		"and that it is kept": {"chat.3.aaaaaaaaaaaaaaaa.out.state", `{"kind":"state","from":{"role":"system"},"state":{"status":"waiting","through":9,"missed":11},"reason":"email_left"}`,
			history.Event{Kind: "state", Role: "system", Status: "waiting", Through: 9, Missed: 11, Reason: "email_left"}},
		"a name": {"chat.3.aaaaaaaaaaaaaaaa.out.reply", `{"kind":"reply","from":{"role":"bot"},"state":{"through":9,"visitor":"Ada","named":true}}`,
			history.Event{Kind: "reply", Role: "bot", Status: "bot", Through: 9, Called: "Ada"}},
		"a name that was not given": {"chat.3.aaaaaaaaaaaaaaaa.out.reply", `{"kind":"reply","from":{"role":"bot"},"state":{"through":9,"visitor":"Ada"}}`,
			history.Event{Kind: "reply", Role: "bot", Status: "bot", Through: 9}},
		"a team": {"chat.3.aaaaaaaaaaaaaaaa.out.state", `{"kind":"state","from":{"role":"system"},"state":{"status":"waiting","through":9,"team":"billing2"},"reason":"escalated"}`,
			history.Event{Kind: "state", Role: "system", Status: "waiting", Through: 9, Team: "billing2", Reason: "escalated"}},
		"what a page calls one": {"chat.3.aaaaaaaaaaaaaaaa.in.message", `{"kind":"message","from":{"role":"visitor"},"text":"hi","team":"Billing"}`,
			history.Event{Kind: "message", Role: "visitor", Text: "hi", Team: "Billing"}},
		"a card": {"note.3.aaaaaaaaaaaaaaaa.card", `{"kind":"card","from":{"role":"agent"},"card":{"tags":["refund","vip"]}}`,
			history.Event{Kind: "card", Role: "agent", Tags: "refund\nvip"}},
		"a note": {"note.3.aaaaaaaaaaaaaaaa", `{"kind":"note","from":{"role":"agent"},"text":"n"}`,
			history.Event{Kind: "note", Role: "agent", Text: "n"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := new(opener).decode(c.subject, []byte(c.data), 11, at)
			c.want.Chat, c.want.Seq, c.want.At = chat, 11, said
			if err != nil || got != c.want {
				t.Errorf("got %+v (%v)\nwant %+v", got, err, c.want)
			}
		})
	}
	for _, bad := range [][2]string{{"chat.3", "{}"}, {"chat.3.aaaaaaaaaaaaaaaa.in.message", "no"}} {
		if _, err := new(opener).decode(bad[0], []byte(bad[1]), 1, at); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
