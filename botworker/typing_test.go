package botworker

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// watcher counts what a visitor sees of a chat.
type watcher struct {
	mu      sync.Mutex // guards what follows
	typing  int
	replied bool
	late    int // signs after the reply
}

func (w *watcher) Live(e chat.Event, _ uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replied = w.replied || e.Kind == chat.Reply
}

func (w *watcher) Signal(_ chat.ID, s bus.Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case s.What != bus.Typing || !s.On || s.From.Role != chat.RoleBot || s.From.Name != "Robi":
	case w.replied:
		w.late++
	default:
		w.typing++
	}
}

func (w *watcher) Lost(chat.ID) {}

func (w *watcher) seen() (typing int, replied bool, late int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.typing, w.replied, w.late
}

// While the bot thinks, the visitor sees that it is at work, however long that takes.
func TestAThinkingBotIsTyping(t *testing.T) {
	server := bustest.Start(t)
	gateway, k := server.Connect("gateway"), &thinker{began: make(chan struct{}, 1), go1: make(chan struct{})}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	var seen watcher
	feed := gateway.NewFeed(&seen)
	running.Go(func() { _ = feed.Run(ctx) })
	id := chat.NewID()
	if err := errors.Join(feed.Follow(id), feed.Followed(ctx)); err != nil {
		t.Fatal(err)
	}
	running.Go(func() {
		_ = New(Options{Name: "Robi", Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), k).Run(ctx)
	})
	in(t, gateway, id, chat.Event{Kind: chat.Message, ID: "m", Text: "why?"}, nil)
	<-k.began
	bustest.Eventually(t, "it is typing, again and again", func() bool { n, _, _ := seen.seen(); return n >= 2 })
	close(k.go1)
	bustest.Eventually(t, "it has replied", func() bool { _, replied, _ := seen.seen(); return replied })
	if _, _, late := seen.seen(); late > 0 {
		t.Error("it is typing after its reply")
	}
}
