package bus_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A handler takes long and NATS restarts meanwhile: the other chats are served.
func TestASlowHandlerHoldsUpNoOtherChatOverARestart(t *testing.T) {
	srv := bustest.Start(t)
	worker, g := srv.Connect("bot"), srv.Connect("gateway")
	slow, other := chat.NewID(), chat.NewID()
	for other.Partition()/32 != slow.Partition()/32 { // in the same stream
		other = chat.NewID()
	}
	ctx, cancel := context.WithCancel(context.Background())
	began, handled, done := make(chan struct{}, 100), make(chan struct{}, 100), make(chan struct{})
	go func() {
		defer close(done)
		_ = worker.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 8}, func(ctx context.Context, d bus.Delivery) error {
			if d.Event.Chat != slow {
				handled <- struct{}{}
				return nil
			}
			began <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	if _, err := g.AppendIn(t.Context(), visitorSays(slow, "m1", "x"), nil); err != nil {
		t.Fatal(err)
	}
	<-began
	srv.Restart()
	if _, err := g.AppendIn(t.Context(), visitorSays(other, "m2", "x"), nil); err != nil {
		t.Fatal(err)
	}
	select {
	case <-handled:
	case <-time.After(bustest.Patience):
		t.Error("another chat waits for the slow handler")
	}
}

// linesOf is a log that is read while it is written.
type linesOf struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (l *linesOf) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *linesOf) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.text.String() }

func TestNoMessageShowsTheURLsPassword(t *testing.T) {
	var log linesOf // the client may still log while it is read
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := bus.Connect(ctx, bus.Options{URL: "nats://parley:s3cret@127.0.0.1:1, nats://b:s3cret@127.0.0.1:2", Name: "x", Streams: 1, Replicas: 1, Log: zerolog.New(&log)})
	if err == nil || strings.Contains(err.Error()+log.String(), "s3cret") {
		t.Errorf("the error is %v, the log %s", err, log.String())
	}
}
