package botworker

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// A chat that begins with a message, or that one opens again, has an idle timer before it
// has a reply. Nothing sets one for what is written in a chat that is open.
func TestAChatThatTheBotOpensHasAnIdleTimer(t *testing.T) {
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	workWith(t, server, &thinker{}, Options{IdleLimit: time.Second})
	var mu sync.Mutex
	due := map[chat.ID][]uint64{}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- c.ConsumeTimers(ctx, bus.Consumer{Name: roles.Timing.Name, Workers: 1}, func(_ context.Context, timer bus.Timer) error {
			mu.Lock()
			defer mu.Unlock()
			if timer.Kind != roles.IdleTimer {
				t.Errorf("a timer %s", timer.Kind)
			}
			due[timer.Chat] = append(due[timer.Chat], timer.Seq)
			return nil
		})
	}()
	t.Cleanup(func() { stop(); <-done })
	dueFor := func(of chat.ID) []uint64 {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(due[of])
	}
	says := func(clientID string) uint64 {
		seq := in(t, c, id, chat.Event{Kind: chat.Message, Text: "hello", ID: clientID}, nil)
		bustest.Eventually(t, "an answer", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == seq })
		return seq
	}
	first := says("1")
	bustest.Eventually(t, "the timer of a new chat", func() bool { return slices.Equal(dueFor(id), []uint64{first}) })
	says("2")
	marker := chat.NewID()
	if err := c.SetTimer(t.Context(), bus.Timer{Chat: marker, Kind: roles.IdleTimer, At: time.Now().Add(2 * time.Second)}); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "a later timer", func() bool { return len(dueFor(marker)) == 1 })
	if got := dueFor(id); len(got) != 1 {
		t.Errorf("a message in an open chat set a timer: %v", got)
	}
	_, err := c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Idle, At: time.Now()})
		return chat.Event{Kind: chat.StateChange, Reason: chat.Idle, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	again := says("3")
	bustest.Eventually(t, "the timer of a chat that was opened again", func() bool { return slices.Equal(dueFor(id), []uint64{first, again}) })
}
