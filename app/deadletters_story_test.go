package app

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/historyworker"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

// moody is a bot that panics on one text until it is fixed.
type moody struct{ fixed atomic.Bool }

func (m *moody) Think(_ context.Context, q answer.Question, _ answer.Progress) (answer.Answer, error) {
	last := q.Inputs[len(q.Inputs)-1].Text
	if strings.Contains(last, "poison") && !m.fixed.Load() {
		panic(errors.New("it makes me ill"))
	}
	return answer.Answer{Text: "You said: " + last}, nil
}

// All workers, one poison message: its visitor waits for a person, other visitors are
// answered, and the letter can be replayed once the bot is fixed.
func TestAVisitorWhoseMessageIsPoisonWaitsForAPerson(t *testing.T) {
	t.Parallel()
	server, bot := bustest.Start(t), &moody{}
	events, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = events.Close() })
	line, err := escalation.New(escalation.Options{}, server.Connect("escalation"))
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range []func(context.Context) error{
		botworker.New(botworker.Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("botworker"), bot).Run, line.Run,
		historyworker.New(historyworker.Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("historyworker"), events, nil).Run,
	} {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			defer close(done)
			if err := run(ctx); err != nil {
				t.Error(err)
			}
		}()
		t.Cleanup(func() { cancel(); <-done })
	}
	c := server.Connect("gateway")
	say := func(id chat.ID, text string) uint64 {
		t.Helper()
		s, err := c.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: string(chat.NewID()), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s.Seq
	}
	is := func(id chat.ID) chat.State {
		s, err := c.Last(t.Context(), id)
		if err != nil {
			return chat.State{}
		}
		return s.State
	}

	ill, well := chat.NewID(), chat.NewID()
	seq := say(ill, "this is poison")
	asked := say(well, "hello")
	bustest.Eventually(t, "another visitor is answered", func() bool { return is(well).AnsweredThrough == asked })
	bustest.Eventually(t, "the visitor waits for a person", func() bool { return is(ill).Is() == chat.Waiting })
	tail, err := c.TailOf(t.Context(), ill, 0, chat.RoleVisitor)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range tail.Events {
		if e.Kind.CarriesState() {
			told = append(told, e.Text)
		}
	}
	if len(told) != 2 || !strings.HasPrefix(told[0], "Sorry, ") || told[1] != "We've asked our team to join the chat." {
		t.Errorf("the visitor reads %q", told)
	}
	var list []bus.DeadLetter
	bustest.Eventually(t, "a dead letter", func() bool {
		list, _, err = c.DeadLetters(t.Context(), 0, 10)
		return err == nil && len(list) == 1
	})
	if l := list[0]; l.Chat != ill || l.Seq != seq || !strings.Contains(l.Reason, "it makes me ill") {
		t.Errorf("the letter is %+v", l)
	}
	bot.fixed.Store(true)
	if err := c.ReplayDeadLetter(t.Context(), list[0].Number); err != nil {
		t.Error(err)
	}
	if list, _, err = c.DeadLetters(t.Context(), 0, 10); err != nil || len(list) != 0 {
		t.Errorf("left are %+v (%v)", list, err)
	}
}
