package system_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// An agent has a chat and goes home. Their page goes on: it reads, asks for lists and
// answers pings, and none of it keeps the session. Another agent's goes on, who types.
func TestAConsoleThatNobodyUsesEndsAndOneInUseGoesOn(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	s.bot(echo{})
	g := s.gateway(func(o *gateway.Options) {
		o.SessionTimes = accounts.Times{Idle: 15 * time.Second, Longest: time.Hour, Record: time.Second}
	})
	ada := talktest.Dial(t, g.url)
	chat := ada.Hello("Ada", "", 0).Chat
	ada.Send("t", "send", "id", "1", "text", "hand over")
	idle, err := talk.SignIn(t.Context(), g.url, "admin", adminPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	busy, err := talk.SignIn(t.Context(), g.url, "admin", adminPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	bustest.Eventually(t, "the chat to be taken", func() bool { return idle.Act(t.Context(), "take", chat, "") == nil })
	if err := idle.Act(t.Context(), "open", chat, ""); err != nil {
		t.Fatal(err)
	}
	pace := time.NewTicker(50 * time.Millisecond)
	defer pace.Stop()
	for i := 0; err == nil; i++ {
		// What the page does by itself, and what somebody does at the other browser.
		_ = idle.Write(map[string]any{"t": "read", "chat": chat, "seq": i + 1})
		_, err = idle.Do(t.Context(), map[string]any{"t": "chats", "id": fmt.Sprint("list-", i), "limit": 1})
		if err := busy.Write(map[string]any{"t": "typing", "chat": chat, "on": true}); err != nil {
			t.Fatalf("the console in use: %v", err)
		}
		<-pace.C
	}
	wantSignedOut(t, idle.Client)
	if err := busy.Act(t.Context(), "note", chat, "still here"); err != nil {
		t.Errorf("the console in use: %v", err)
	}
}

// What is done all the time keeps a session only for so long, and nothing that is sent
// after its end is stored.
func TestASessionInUseEndsToo(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	s.bot(echo{})
	g := s.gateway(func(o *gateway.Options) {
		o.SessionTimes = accounts.Times{Idle: time.Hour, Longest: 15 * time.Second, Record: time.Second}
	})
	ada := talktest.Dial(t, g.url)
	chat := ada.Hello("Ada", "", 0).Chat
	ada.Send("t", "send", "id", "1", "text", "hand over")
	header, err := talk.Login(t.Context(), g.url, "admin", adminPassword)
	if err != nil {
		t.Fatal(err)
	}
	socket, err := talk.DialConsole(t.Context(), g.url, header)
	if err != nil {
		t.Fatal(err)
	}
	agent := &talk.Agent{Client: talk.Listen(socket)}
	defer agent.Close()
	bustest.Eventually(t, "the chat to be taken", func() bool { return agent.Act(t.Context(), "take", chat, "") == nil })
	for i := 0; err == nil; i++ {
		err = agent.Act(t.Context(), "say", chat, fmt.Sprint("line ", i))
	}
	wantSignedOut(t, agent.Client)
	if _, err := talk.Call(context.Background(), g.url, http.MethodGet, "/api/me", "", header); err == nil {
		t.Error("the browser is still signed in")
	}
	if _, err := talk.DialConsole(t.Context(), g.url, header); err == nil {
		t.Error("the console opens again")
	}
}

// wantSignedOut wants a console's connection to have ended with the close code for that.
func wantSignedOut(t *testing.T, c *talk.Client) {
	t.Helper()
	_, err := c.Await(t.Context(), "the end", func(talk.Frame) bool { return false })
	if code := talk.CloseCode(err); code != 4401 {
		t.Errorf("the console ended with %v, want the close code 4401", err)
	}
}
