package botworker

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// fragile can't think about "poison" until it is fixed: it returns an error, or panics.
type fragile struct{ panics, mended atomic.Bool }

func (f *fragile) Think(_ context.Context, q answer.Question, _ answer.Progress) (answer.Answer, error) {
	last := q.Inputs[len(q.Inputs)-1].Text
	if last == "poison" && !f.mended.Load() {
		if f.panics.Load() {
			panic("index out of range")
		}
		return answer.Answer{}, errors.New("boom")
	}
	return answer.Answer{Text: "You said: " + last}, nil
}

func letters(t *testing.T, c *bus.Conn) []bus.DeadLetter {
	t.Helper()
	list, _, err := c.DeadLetters(t.Context(), 0, bus.MaxDeadLetters)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// kinds are the chat's events in order, and the texts of the replies.
func kinds(t *testing.T, c *bus.Conn, id chat.ID) (kinds, replies []string) {
	t.Helper()
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleVisitor)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range tail.Events {
		kinds = append(kinds, string(e.Kind))
		if e.Kind == chat.Reply {
			replies = append(replies, e.Text)
		}
	}
	return kinds, replies
}

func through(c *bus.Conn, t *testing.T, id chat.ID) uint64 {
	s, err := c.Last(t.Context(), id)
	if err != nil {
		return 0
	}
	return s.State.AnsweredThrough
}

func TestIfTheBotCanNotAnswerItSaysSoAndCallsAPerson(t *testing.T) {
	t.Parallel()
	for name, panics := range map[string]bool{"an error": false, "a panic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &fragile{}
			f.panics.Store(panics)
			c := startWith(t, f)
			id, other := chat.NewID(), chat.NewID()
			seq := in(t, c, id, chat.Event{Kind: chat.Message, Text: "poison", ID: "m1"}, nil)
			// Others are answered meanwhile.
			for i := range 3 {
				said := in(t, c, other, chat.Event{Kind: chat.Message, Text: "hello", ID: string(chat.NewID())}, nil)
				bustest.Eventually(t, "another chat is answered", func() bool { return through(c, t, other) == said })
				if i == 0 && len(letters(t, c)) > 0 {
					t.Error("given up before it was tried again")
				}
			}
			bustest.Eventually(t, "a dead letter", func() bool { return len(letters(t, c)) == 1 })
			l := letters(t, c)[0]
			if l.Chat != id || l.Seq != seq || l.Role != "bot" || l.Failed != tries || !strings.Contains(l.Reason, map[bool]string{false: "boom", true: "index out of range"}[panics]) {
				t.Errorf("the letter is %+v", l)
			}
			events, replies := kinds(t, c, id)
			if !slices.Equal(events, []string{"message", "reply", "ask"}) || replies[0] != answer.Sorry {
				t.Errorf("the chat holds %v with the replies %q", events, replies)
			}
			if s, err := c.Last(t.Context(), id); err != nil || s.State.AnsweredThrough != seq || !s.State.Handover {
				t.Errorf("the chat is %+v (%v), want it covered through %d and handed over", s.State, err, seq)
			}

			// Once fixed, the dead letter is replayed. The visitor has had an apology, so
			// nothing more is said.
			f.mended.Store(true)
			if err := c.ReplayDeadLetter(t.Context(), l.Number); err != nil {
				t.Fatal(err)
			}
			if list := letters(t, c); len(list) != 0 {
				t.Errorf("letters are left: %+v", list)
			}
			if events, _ := kinds(t, c, id); len(events) != 3 {
				t.Errorf("after the replay the chat holds %v", events)
			}
		})
	}
}

// What a replica did before it died is not done twice.
func TestAnApologyCanBeRepeated(t *testing.T) {
	t.Parallel()
	conn := bustest.Conn(t)
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, conn, &fragile{})
	id := chat.NewID()
	first := in(t, conn, id, chat.Event{Kind: chat.Message, Text: "poison", ID: "m1"}, nil)
	second := in(t, conn, id, chat.Event{Kind: chat.Message, Text: "and this", ID: "m2"}, nil)
	tell := func(e chat.Event) {
		t.Helper()
		if err := w.gaveUp(t.Context(), bus.Delivery{Event: e, Tries: 7}); err != nil {
			t.Fatal(err)
		}
	}
	poison := chat.Event{Chat: id, Seq: first, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}
	// The first replica died between its apology and the call for a person.
	_, err := conn.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) { return w.apologize(t.Context(), poison, s) })
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		tell(poison)
	}
	tell(chat.Event{Chat: id, Seq: second, Kind: chat.Message}) // a person is on the way
	if events, replies := kinds(t, conn, id); !slices.Equal(events, []string{"message", "message", "reply", "ask"}) || replies[0] != answer.Sorry {
		t.Fatalf("the chat holds %v with the replies %q", events, replies)
	}
	if got := through(conn, t, id); got != first {
		t.Errorf("covered through %d, want %d: what came later is for the person", got, first)
	}
	// The chat is back with the bot: it says nothing about what is covered, only about the rest.
	_, err = conn.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.BotGaveUp, At: time.Now()})
		if err == nil {
			next, err = next.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.NobodyCame, At: time.Now()})
		}
		return chat.Event{Kind: chat.StateChange, Reason: chat.NobodyCame, State: &next}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	tell(poison)
	if got := through(conn, t, id); got != first {
		t.Errorf("covered through %d after it was told again, want %d", got, first)
	}
	back := chat.Event{Chat: id, Seq: second + 10, Kind: chat.StateChange, State: &chat.State{Status: chat.WithBot}}
	tell(back) // the bot woke on the change and could not answer what was left
	if got := through(conn, t, id); got != second {
		t.Errorf("covered through %d after the change, want %d", got, second)
	}
	tell(chat.Event{Chat: id, Seq: second + 11, Kind: chat.Request, Request: chat.Rate})
	if _, replies := kinds(t, conn, id); len(replies) != 2 {
		t.Errorf("the replies are %q", replies)
	}
}

// Of a chat's messages the middle one is poison: those around it are answered as usual.
func TestAChatGoesOnAfterAMessageThatTheBotCouldNotAnswer(t *testing.T) {
	t.Parallel()
	c, id := startWith(t, &fragile{}), chat.NewID()
	say := func(text string) uint64 {
		return in(t, c, id, chat.Event{Kind: chat.Message, Text: text, ID: string(chat.NewID())}, nil)
	}
	one := say("one")
	bustest.Eventually(t, "the first is answered", func() bool { return through(c, t, id) == one })
	poison := say("poison")
	bustest.Eventually(t, "the second is told of", func() bool { return through(c, t, id) == poison })
	// A person comes, and hands the chat back.
	ada := chat.Agent{User: "ada", Name: "Ada"}
	for _, reason := range []chat.Reason{chat.BotGaveUp, chat.Taken, chat.Returned} {
		_, err := c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			next, err := s.State.Apply(chat.Step{Kind: chat.StateChange, Reason: reason, By: ada, At: time.Now()})
			return chat.Event{Kind: chat.StateChange, Reason: reason, State: &next}, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	three := say("three")
	bustest.Eventually(t, "the third is answered", func() bool { return through(c, t, id) == three })
	bustest.Eventually(t, "one dead letter", func() bool { return len(letters(t, c)) == 1 })
	if _, replies := kinds(t, c, id); !slices.Equal(replies, []string{"You said: one", answer.Sorry, "You said: three"}) {
		t.Errorf("the replies are %q", replies)
	}
}
