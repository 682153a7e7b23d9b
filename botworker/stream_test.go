package botworker

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// pausing writes two pieces at once, and goes on when it may.
type pausing struct{ goOn chan struct{} }

func (k pausing) Think(ctx context.Context, _ answer.Question, words answer.Progress) (answer.Answer, error) {
	words.Delta("Let me ")
	words.Delta("see")
	select {
	case <-k.goOn:
	case <-ctx.Done():
		return answer.Answer{}, ctx.Err()
	}
	return answer.Answer{Text: "Let me see."}, nil
}

// reader collects what a visitor sees of a reply that is being written.
type reader struct {
	mu   sync.Mutex // guards what follows
	text strings.Builder
}

func (r *reader) Live(chat.Event, uint64) {}
func (r *reader) Lost(chat.ID)            {}
func (r *reader) Signal(_ chat.ID, s bus.Signal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.What == bus.Delta {
		r.text.WriteString(s.Text)
	}
}

func (r *reader) seen() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// A model pauses in the middle of an answer: the visitor has all that it has written.
func TestNothingThatIsWrittenWaitsForTheNextPiece(t *testing.T) {
	server := bustest.Start(t)
	gateway, id, k := server.Connect("gateway"), chat.NewID(), pausing{make(chan struct{})}
	var seen reader
	feed := gateway.NewFeed(&seen)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() { _ = feed.Run(ctx) })
	if err := errors.Join(feed.Follow(id), feed.Followed(ctx)); err != nil {
		t.Fatal(err)
	}
	work(t, server, k)
	in(t, gateway, id, chat.Event{Kind: chat.Message, ID: "m", Text: "why?"}, nil)
	bustest.Eventually(t, "both pieces", func() bool { return seen.seen() == "Let me see" })
	close(k.goOn)
}
