package bus_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// One input is appended, and its acknowledgment waited for.
func BenchmarkAppend(b *testing.B) {
	c, hint := bustest.Conn(b), &bus.Hint{Snapshot: bus.Snapshot{Out: 5, State: chat.State{Status: chat.WithBot, AnsweredThrough: 4, Visitor: "Ada"}}}
	e := visitorSays(chat.NewID(), "", "Do you ship to Norway, and how long does that take?")
	b.ReportAllocs()
	for b.Loop() {
		stored, err := c.AppendIn(b.Context(), e, hint)
		if err != nil {
			b.Fatal(err)
		}
		hint.Input = stored.Seq
	}
}

// Many inputs are on their way at once.
func BenchmarkAppendAsync(b *testing.B) {
	c, hint := bustest.Conn(b), &bus.Hint{Snapshot: bus.Snapshot{Out: 5, State: chat.State{Status: chat.WithBot, AnsweredThrough: 4, Visitor: "Ada"}}}
	e := visitorSays(chat.NewID(), "", "Do you ship to Norway, and how long does that take?")
	slots := make(chan struct{}, 256)
	done := func(_ bus.Stored, err error) {
		if err != nil {
			b.Error(err)
		}
		<-slots
	}
	b.ReportAllocs()
	for b.Loop() {
		slots <- struct{}{}
		e.Chat = chat.NewID() // of one chat, a gateway stores one after the other
		if err := c.AppendInAsync(b.Context(), 0, e, hint, done); err != nil {
			b.Fatal(err)
		}
	}
	for range cap(slots) {
		slots <- struct{}{}
	}
}

// One input is pulled, handled and acknowledged; storing it is not counted.
func BenchmarkDelivery(b *testing.B) {
	c := bustest.Conn(b)
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	defer func() { cancel(); <-ended }()
	const most = 50_000
	b.StopTimer()
	hint := &bus.Hint{Snapshot: bus.Snapshot{Out: 5, State: chat.State{Status: chat.WithBot, AnsweredThrough: 4, Visitor: "Ada"}}}
	slots := make(chan struct{}, 256)
	n := min(b.N, most)
	for i := range n {
		slots <- struct{}{}
		e := visitorSays(chat.NewID(), fmt.Sprint(i), "Do you ship to Norway, and how long does that take?")
		if err := c.AppendInAsync(ctx, 0, e, hint, func(bus.Stored, error) { <-slots }); err != nil {
			b.Fatal(err)
		}
	}
	for range cap(slots) {
		slots <- struct{}{}
	}
	var handled atomic.Int64
	all := make(chan struct{})
	b.ReportAllocs()
	b.ResetTimer()
	b.StartTimer()
	go func() {
		defer close(ended)
		_ = c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 128}, func(context.Context, bus.Delivery) error {
			if handled.Add(1) == int64(n) {
				close(all)
			}
			return nil
		})
	}()
	<-all
	b.StopTimer()
}

// One event is stored, republished, and passed to a listener.
func BenchmarkFeed(b *testing.B) {
	c, id := bustest.Conn(b), chat.NewID()
	ctx, cancel := context.WithCancel(b.Context())
	seen, ended := make(chan uint64, 1), make(chan struct{})
	feed := c.NewFeed(liveSeqs(seen))
	go func() { defer close(ended); _ = feed.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	if err := feed.Follow(id); err != nil {
		b.Fatal(err)
	}
	e := visitorSays(id, "", "Do you ship to Norway, and how long does that take?")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.AppendIn(ctx, e, nil); err != nil {
			b.Fatal(err)
		}
		<-seen
	}
}

// liveSeqs is told the sequence of each live event.
type liveSeqs chan uint64

func (s liveSeqs) Live(e chat.Event, _ uint64) { s <- e.Seq }
func (s liveSeqs) Signal(chat.ID, bus.Signal)  {}
func (s liveSeqs) Lost(chat.ID)                {}
