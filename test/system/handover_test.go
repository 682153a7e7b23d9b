package system_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// givingUp is a model's endpoint that asks for a person, or fails.
func givingUp(t *testing.T) (url string, fails *atomic.Bool) {
	t.Helper()
	fails = new(atomic.Bool)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if fails.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprint(w, `data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"hand_over_to_person","arguments":"{\"reason\":\"wants a refund\"}"}}]},"finish_reason":"tool_calls"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(server.Close)
	return server.URL, fails
}

// handingOver starts a bot that asks that model.
func (s *system) handingOver(url string) *replica {
	s.t.Helper()
	pages, err := knowledge.Load(s.t.Context(), knowledge.Builtin())
	if err != nil {
		s.t.Fatal(err)
	}
	client, err := llm.New(llm.Config{URL: url, Model: "pretended", Attempts: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(botworker.Options{Name: "Robin", Version: "0.0.0", Log: s.log}, conn, answer.FromModel(answer.Model{Client: client, Pages: pages})).Run
	})
}

// Whoever takes a chat from the line finds, before anything else that is for agents only, why it
// is there and what was asked: whether the visitor asked for a person by the command or in other
// words, the model decided so, or it failed. It is there once, it survives all workers and the
// stream, and visitors are shown nothing of it.
func TestAHandedOverChatSaysWhyToAgentsAlone(t *testing.T) {
	s := newSystem(t)
	history := s.history()
	url, fails := givingUp(t)
	bot := s.handingOver(url)
	worker := s.escalation(escalation.Options{BotName: "Robin"})
	s.escalation(escalation.Options{BotName: "Robin"})
	g := s.gateway()
	grace := s.agent(g, "grace")

	visitors := map[string]*talktest.Client{}
	chats := map[string]string{}
	say := func(name string, texts ...string) {
		ada := talktest.Dial(t, g.url)
		visitors[name], chats[name] = ada, ada.Hello(name, "", 0).Chat
		for i, text := range texts {
			ada.Say(fmt.Sprint("m", i), text)
		}
		ada.Find("a place in line", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "waiting" })
	}
	say("Ada", "/escalate")
	say("Bea", "I want to talk to a human")
	say("Cleo", "give me my money back, @grace")
	fails.Store(true)
	say("Dora", "do you sell submarines with a warp drive?")

	want := map[string]string{
		"Ada":  "The visitor asked for a person.\nNothing was asked before.",
		"Bea":  "The visitor asked for a person.\nAsked: “I want to talk to a human”",
		"Cleo": "The bot asked for a person. Its reason: wants a refund\nAsked: “give me my money back, @grace”",
		"Dora": "The bot asked for a person: its language model failed, and its pages have no answer.\nAsked: “do you sell submarines with a warp drive?”",
	}
	check := func(when string, agent *talktest.Client) {
		t.Helper()
		for name, text := range want {
			var notes []talk.Frame
			for _, f := range agent.Do("t", "page", "id", when+name, "chat", chats[name], "limit", 50).Events {
				if f.Kind == "note" {
					notes = append(notes, f)
				}
			}
			if len(notes) != 1 || notes[0].Text != text || notes[0].From.Role != "bot" || notes[0].From.Name != "Robin" {
				t.Errorf("%s, %s: the notes are %+v, want one: %q", when, name, notes, text)
			}
		}
	}
	check("live", grace)
	for name, c := range visitors {
		c.Do("t", "page", "id", "p", "limit", 50)
		for _, f := range c.Seen() {
			for _, e := range append(f.Events, f) {
				if e.Kind == "note" || strings.Contains(e.Text, "refund") || strings.Contains(e.Text, "language model") {
					t.Errorf("%s is shown %+v", name, e)
				}
			}
		}
	}

	// Everybody is started anew, and the streams are purged: it is in the store, and no second one
	// is written.
	s.settled("history")
	worker.kill()
	bot.stop()
	s.nats.PurgeChats()
	history.stop()
	s.history()
	s.escalation(escalation.Options{})
	check("later", grace)
	if got := grace.Do("t", "take", "id", "t1", "chat", chats["Cleo"]); got.T != "ack" {
		t.Errorf("taken: %+v", got)
	}
	check("taken", grace)
	for _, f := range grace.Seen() {
		if f.T == "mentions" {
			t.Errorf("what a visitor wrote mentions an agent: %+v", f)
		}
	}
}
