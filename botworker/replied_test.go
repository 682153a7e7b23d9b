package botworker

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A burst costs in proportion to its messages: each delivery that finds itself covered
// reads nothing, whatever else waits in the chat.
func TestWhatABurstReadsGrowsWithItsMessagesOnly(t *testing.T) {
	for _, size := range []int{40, 160} {
		t.Run(fmt.Sprint(size, " messages"), func(t *testing.T) {
			k := &thinker{began: make(chan struct{}, 1000), go1: make(chan struct{})}
			server := bustest.Start(t)
			work(t, server, k)
			c, id := server.Connect("gateway"), chat.NewID()
			answered := repliedThrough(t, c, id)
			hint := bus.Hint{} // what a gateway knows about a chat without a reply
			in(t, c, id, chat.Event{Kind: chat.Message, Text: "1", ID: "m1"}, &hint)
			<-k.began
			var last uint64
			for i := 2; i <= size; i++ {
				last = in(t, c, id, chat.Event{Kind: chat.Message, Text: fmt.Sprint(i), ID: fmt.Sprint("m", i)}, &hint)
			}
			requests := server.Requests()
			close(k.go1)
			answered(last)
			counted := requests()
			// A last message proves that the others were handled.
			end := in(t, c, id, chat.Event{Kind: chat.Message, Text: "end", ID: "end"}, nil)
			answered(end)
			if n := requests(); n > 4*size {
				t.Errorf("%d requests for a burst of %d messages (%d until all were answered)", n, size, counted)
			}
		})
	}
}

// repliedThrough returns a function that waits until the chat is answered through an event. It
// hears of that by live copies, which are no requests.
func repliedThrough(t *testing.T, c *bus.Conn, id chat.ID) (wait func(seq uint64)) {
	t.Helper()
	heard := make(replies, 1000)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	feed := c.NewFeed(heard)
	go func() { defer close(done); _ = feed.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	if err := errors.Join(feed.Follow(id), feed.Followed(ctx)); err != nil {
		t.Fatal(err)
	}
	return func(seq uint64) {
		t.Helper()
		for {
			select {
			case e := <-heard:
				if e.State.AnsweredThrough >= seq {
					return
				}
			case <-time.After(bustest.Patience):
				t.Fatalf("not answered through %d", seq)
			}
		}
	}
}

// A replica that replied itself may rest on that, except where a person is announced.
func TestAReplyIsRememberedUnlessItAnnouncesAPerson(t *testing.T) {
	var r replied
	id := chat.NewID()
	reply := func(id chat.ID, seq, through uint64, handover bool) {
		r.keep(chat.Event{Chat: id, Seq: seq, State: &chat.State{AnsweredThrough: through, Handover: handover}}, time.Unix(int64(through), 0))
	}
	reply(id, 8, 7, false)
	reply(id, 4, 3, false) // stored before, remembered late
	reply(id, 12, 11, true)
	if got := r.last(id); got.Out != 8 || got.State.AnsweredThrough != 7 {
		t.Errorf("%+v", got)
	}
	for range 3 * maxReplied {
		reply(chat.NewID(), 8, 7, false)
	}
	if held := len(r.young) + len(r.old); held > 2*maxReplied || r.last(id).Out != 0 {
		t.Errorf("%d chats are remembered", held)
	}
}

// A stream that was lost and made again counts from 1. What is written there then must not
// be taken for what a reply from before covers.
func TestAStreamThatBeginsAnewIsAnsweredAgain(t *testing.T) {
	server, id := bustest.Start(t), chat.NewID()
	c := server.Connect("gateway")
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), &thinker{})
	w.replied.keep(chat.Event{Chat: id, Seq: 1000, State: &chat.State{AnsweredThrough: 999}}, time.Now().Add(-time.Hour))
	for n := range 2 {
		seq := in(t, c, id, chat.Event{Kind: chat.Message, Text: "hello?", ID: fmt.Sprint("m", n)}, nil)
		events, err := c.Inputs(t.Context(), id, seq-1, seq, 1)
		if err != nil || len(events) != 1 {
			t.Fatal(events, err)
		}
		if err := w.handle(t.Context(), bus.Delivery{Event: events[0], Tries: 1, Hint: &bus.Hint{}}); err != nil {
			t.Fatal(err)
		}
		if s, err := c.Last(t.Context(), id); err != nil || s.State.AnsweredThrough != seq || w.replied.last(id).Out != s.Out {
			t.Errorf("answered up to %d, want %d; remembered %d (%v)", s.State.AnsweredThrough, seq, w.replied.last(id).Out, err)
		}
	}
}
