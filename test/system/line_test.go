package system_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// newcomer connects a new visitor from that address, who says hello.
func newcomer(t *testing.T, g *replica, name, addr string) (*talktest.Client, string) {
	t.Helper()
	c := talktest.DialFrom(t, g.url, addr)
	return c, c.Hello(name, "", 0).Chat
}

// The attack: one address asks for a person in many chats, before anybody else does.
func TestOneStrangerDoesNotFillTheLine(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{WaitingPerAddress: 5})
	s.bot(echo{})
	g := s.gateway(behindProxy)

	var crowd []*talktest.Client
	waiting := map[*talktest.Client]bool{}
	decided := func(f talk.Frame) bool { return f.T == "event" && f.Kind == "state" }
	for i := range 40 {
		c, _ := newcomer(t, g, fmt.Sprint("Fake ", i), "203.0.113.7")
		c.Say("e", "escalate")
		crowd = append(crowd, c)
		if i%8 == 7 { // their requests are decided while others come
			for _, c := range crowd[i-7:] {
				waiting[c] = c.Find("a decision", decided).Status == "waiting"
			}
		}
	}
	n := 0
	for _, c := range crowd {
		if waiting[c] {
			n++
			continue
		}
		f := c.Find("the decision", decided)
		if f.Status != "bot" || f.Reason != "address_full" || !strings.Contains(f.Text, "the bot will answer") || f.From.Role != "system" {
			t.Fatalf("a declined visitor is told %+v", f)
		}
	}
	if n != 5 {
		t.Errorf("%d of one address wait", n)
	}
	ada, adas := newcomer(t, g, "Ada", "198.51.100.9")
	ada.Do("t", "escalate", "id", "e")
	if at := ada.Find("a place in line", func(f talk.Frame) bool { return f.T == "signal" && f.What == "queue" }); at.Place < 1 || at.Place > 6 {
		t.Errorf("the visitor from elsewhere is told place %d", at.Place)
	}
	// Whoever was declined goes on with the bot, who is asked to call a person in vain.
	var declined *talktest.Client
	for _, c := range crowd {
		if !waiting[c] {
			declined = c
		}
	}
	declined.Say("m1", "well then")
	declined.Event("reply", "You said: well then")
	declined.Say("m2", "hand over")
	announced := declined.Event("reply", "You said: hand over")
	declined.Find("that nobody comes", func(f talk.Frame) bool { return decided(f) && f.Reason == "address_full" && f.Seq > announced.Seq })
	declined.Say("m3", "still there?")
	declined.Event("reply", "You said: still there?")

	// An agent sees which of them come from one address, and ends those together.
	grace := talktest.Console(t, g.url, "admin", adminPassword)
	label := ""
	desk := map[string]string{} // chat → source
	grace.Find("six chats", func(f talk.Frame) bool {
		for _, e := range f.Desk {
			desk[e.Chat] = e.Source
		}
		if f.Set != nil {
			desk[f.Set.Chat] = f.Set.Source
		}
		return len(desk) == 6
	})
	for id, source := range desk {
		if len(source) != 8 {
			t.Errorf("the source of %s is %q", id, source)
		}
		if id != adas {
			if label == "" {
				label = source
			}
			if source != label {
				t.Errorf("one address has the labels %q and %q", label, source)
			}
		}
	}
	if desk[adas] == label {
		t.Error("two addresses have one label")
	}
	if no := ada.Try("t", "close_source", "id", "x", "source", label); no.T != "error" || no.Code != "bad_frame" {
		t.Errorf("a visitor who closes the others' chats is answered %+v", no)
	}
	if done := grace.Do("t", "close_source", "id", "early", "source", label, "before", "2020-01-01T00:00:00Z"); done.Closed != 0 {
		t.Errorf("%d chats were closed that the agent did not see", done.Closed)
	}
	if done := grace.Do("t", "close_source", "id", "x", "source", label); done.Closed != 5 {
		t.Errorf("%d chats were closed together", done.Closed)
	}
	for c, waits := range waiting {
		if waits {
			c.Find("the end", func(f talk.Frame) bool { return decided(f) && f.Reason == "by_agent" && f.Status == "closed" })
		}
	}
	ada.Find("the first place", func(f talk.Frame) bool { return f.T == "signal" && f.What == "queue" && f.Place == 1 })
}

// What stands for an address is shared by gateways and workers. No visitor ever sees
// it, neither live nor in a page, and the store does not keep it.
func TestNoVisitorSeesTheSource(t *testing.T) {
	s := newSystem(t)
	g0 := s.whole()
	g0.stop()
	g := s.gateway(behindProxy)
	header := talk.From("203.0.113.7")
	header.Set("Sec-WebSocket-Protocol", "parley.v1")
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(g.url, "http")+"/ws", header)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ws.Close() }()
	var read []string
	var id chat.ID
	until := func(want func(talk.Frame) bool) {
		t.Helper()
		for {
			_, data, err := ws.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, string(data))
			var f talk.Frame
			if err := json.Unmarshal(data, &f); err != nil {
				t.Fatal(err)
			}
			if f.T == "welcome" {
				id = chat.ID(f.Chat)
			}
			if want(f) {
				return
			}
		}
	}
	send := func(f map[string]any) {
		t.Helper()
		if err := ws.WriteJSON(f); err != nil {
			t.Fatal(err)
		}
	}
	send(map[string]any{"t": "hello", "name": "Ada", "token": talk.Secret()})
	send(map[string]any{"t": "send", "id": "m", "text": "hello"})
	until(func(f talk.Frame) bool { return f.Kind == "reply" })
	send(map[string]any{"t": "escalate", "id": "e"})
	until(func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "waiting" })
	var now bus.Snapshot
	bustest.Eventually(t, "the chat's state has the source", func() bool {
		now, err = g.conn.Last(t.Context(), id)
		return err == nil && now.State.Source != ""
	})
	send(map[string]any{"t": "send", "id": "m2", "text": "are you there?"}) // with the state as a hint
	until(func(f talk.Frame) bool { return f.Kind == "message" && f.Text == "are you there?" })
	send(map[string]any{"t": "page", "id": "p"})
	until(func(f talk.Frame) bool { return f.T == "page" && len(f.Events) >= 4 })
	for _, frame := range read {
		if strings.Contains(frame, now.State.Source[:8]) || strings.Contains(frame, "source") {
			t.Errorf("a visitor reads %s", frame)
		}
	}
	bustest.Eventually(t, "the store has the change", func() bool {
		page, err := s.store.Page(t.Context(), store.PageQuery{Chat: id, Before: 1 << 62, Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		waits := false
		for _, e := range page.Events {
			if e.State != nil && e.State.Source != "" {
				t.Fatalf("the store keeps %+v", e.State)
			}
			waits = waits || e.State != nil && e.State.Is() == chat.Waiting
		}
		return waits
	})
}
