package botworker

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/botworker/meter"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/spent"
)

const byModel = "The model says so."

// paid is a language model that somebody pays for, and the bots that ask it.
type paid struct {
	server *bustest.Server
	url    string
	calls  atomic.Int64
	pages  *knowledge.Index
}

func newPaid(t *testing.T) *paid {
	t.Helper()
	m := &paid{server: bustest.Start(t)}
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		m.calls.Add(1)
		_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", byModel)
	}))
	t.Cleanup(endpoint.Close)
	m.url = endpoint.URL
	var err error
	if m.pages, err = knowledge.Load(t.Context(), knowledge.Builtin()); err != nil {
		t.Fatal(err)
	}
	return m
}

// bot starts a replica.
func (m *paid) bot(t *testing.T, ceilings spent.Ceilings) {
	t.Helper()
	client, err := llm.New(llm.Config{URL: m.url, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	counting := meter.New(meter.Options{Ceilings: ceilings, Log: zerolog.Nop()}, m.server.Connect("meter"))
	t.Cleanup(counting.Close)
	work(t, m.server, answer.FromModel(answer.Model{Client: client, Pages: m.pages, Metering: counting.For}))
}

// asks has a new visitor ask from there, once; it returns the chat.
func (m *paid) asks(t *testing.T, c *bus.Conn, source string) chat.ID {
	id := chat.NewID()
	in(t, c, id, chat.Event{Kind: chat.Message, Text: "How do I install it?", ID: "m", Source: source}, nil)
	return id
}

// answers returns what the bot said in the chat once it has said something.
func answers(t *testing.T, c *bus.Conn, id chat.ID) (texts []string, s chat.State) {
	t.Helper()
	bustest.Eventually(t, "an answer", func() bool {
		last, err := c.Last(t.Context(), id)
		s = last.State
		return err == nil && s.AnsweredThrough > 0
	})
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleVisitor)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range tail.Events {
		if e.Kind == chat.Reply {
			texts = append(texts, e.Text)
		}
	}
	return texts, s
}

// The attack: one address has many chats, each asks as soon as it can. Two replicas answer
// them. Its ceiling is what the owner pays; everybody has one answer, and nobody is called.
func TestOneAddressSpendsNoMoreThanItsCeiling(t *testing.T) {
	t.Parallel()
	m := newPaid(t)
	c := m.server.Connect("gateway")
	ceilings := spent.Ceilings{Address: spent.Amount{Calls: 10}}
	m.bot(t, ceilings)
	m.bot(t, ceilings)
	var chats []chat.ID
	for range 60 {
		chats = append(chats, m.asks(t, c, "attacker"))
	}
	spoke := 0
	for _, id := range chats {
		texts, state := answers(t, c, id)
		switch {
		case len(texts) != 1 || state.Handover || state.Status == chat.Waiting:
			t.Errorf("%q, %+v", texts, state)
		case texts[0] == byModel:
			spoke++
		case strings.TrimSpace(texts[0]) == "":
			t.Errorf("neither the model's words nor the pages': %q", texts[0])
		}
	}
	if n := m.calls.Load(); n > 10 || n == 0 || int(n) != spoke {
		t.Errorf("%d calls of the model, and %d answers", n, spoke)
	}
	for n := range 5 {
		if texts, _ := answers(t, c, m.asks(t, c, fmt.Sprint("visitor", n))); len(texts) != 1 || texts[0] != byModel {
			t.Errorf("a visitor from elsewhere reads %q", texts)
		}
	}
}

// A message that slipped in before a hand-back is answered because of the hand-back, which
// comes from nowhere. It is charged to where the message came from.
func TestAHandBackIsNoWayAroundTheCeiling(t *testing.T) {
	t.Parallel()
	m := newPaid(t)
	c := m.server.Connect("gateway")
	id := m.asks(t, c, "attacker")
	e := handBack(t, c, id)
	var charged answer.Question
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, m.server.Connect("bot"), thinkerFunc(func(q answer.Question) { charged = q }))
	if err := w.handle(context.Background(), bus.Delivery{Event: e, Tries: 1}); err != nil {
		t.Fatal(err)
	}
	if charged.Chat != id || charged.Source != "attacker" {
		t.Errorf("charged: %+v", charged)
	}
}

// The same for the places in line: whoever the bot hands over because of a hand-back, or
// because it found no answer, counts for where the message came from. So does one whose
// request was not stored, because the replica died after the reply that announced it.
func TestAHandBackIsNoWayAroundTheLine(t *testing.T) {
	t.Parallel()
	for name, handle := range map[string]func(*Worker, bus.Delivery) error{
		"the bot hands over": func(w *Worker, d bus.Delivery) error { return w.handle(context.Background(), d) },
		"the bot gives up":   func(w *Worker, d bus.Delivery) error { return w.gaveUp(context.Background(), d) },
	} {
		for _, died := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, died before: %v", name, died), func(t *testing.T) {
				t.Parallel()
				server := bustest.Start(t)
				c, id := server.Connect("gateway"), chat.NewID()
				asked := in(t, c, id, chat.Event{Kind: chat.Message, Text: "help", ID: "m", Source: "attacker.network"}, nil)
				e := handBack(t, c, id)
				if died {
					next := chat.State{Status: chat.WithBot, AnsweredThrough: asked, Handover: true}
					if _, err := c.GuardedAppend(t.Context(), id, 0, nil, func(bus.Snapshot) (chat.Event, error) {
						return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, State: &next}, nil
					}); err != nil {
						t.Fatal(err)
					}
				}
				w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), handsOver{})
				if err := handle(w, bus.Delivery{Event: e, Tries: 1}); err != nil {
					t.Fatal(err)
				}
				inputs, err := c.Inputs(t.Context(), id, asked, e.Seq+10, 5)
				if err != nil || len(inputs) != 1 || inputs[0].Request != chat.Escalate || inputs[0].Source != "attacker.network" {
					t.Errorf("the bot asked: %+v, %v", inputs, err)
				}
			})
		}
	}
}

type handsOver struct{}

func (handsOver) Think(context.Context, answer.Question, answer.Progress) (answer.Answer, error) {
	return answer.Answer{Text: "I am calling somebody.", Handover: true}, nil
}

type thinkerFunc func(answer.Question)

func (f thinkerFunc) Think(_ context.Context, q answer.Question, _ answer.Progress) (answer.Answer, error) {
	f(q)
	return answer.Answer{Text: "ok"}, nil
}

func TestTheQuotingBotCountsNothing(t *testing.T) {
	t.Parallel()
	m := newPaid(t)
	c := m.server.Connect("gateway")
	work(t, m.server, answer.FromKnowledge(m.pages))
	for range 3 {
		answers(t, c, m.asks(t, c, "here"))
	}
	for _, s := range c.Overview(t.Context(), bus.Expected{}).Streams {
		if s.Name == "SPENT" && (s.Messages > 0 || s.Last > 0) {
			t.Errorf("SPENT: %+v", s)
		}
	}
}
