package live

import (
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// An event on its way to all who watch its chat: it is encoded once, not once for each. The
// writes to the sockets are part of it.
func BenchmarkFanOut(b *testing.B) {
	for _, viewers := range []int{1, 100} {
		b.Run(fmt.Sprint(viewers), func(b *testing.B) {
			c := watched(b, viewers)
			e := chat.Event{Chat: c.id, Seq: 1, At: time.Now().UTC(), Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: "Parley bot"}, Text: "An answer.", State: &chat.State{AnsweredThrough: 1}}
			c.warm, c.last, c.input = true, 1, 1
			b.ReportAllocs()
			for b.Loop() {
				before := e.Seq
				e.Seq++
				c.live(e, before)
				for v := range c.subscribers { // no queue grows
					for v.sock.Held() > 0 {
						runtime.Gosched()
					}
				}
			}
		})
	}
}

// Many viewers cost no more encodings than one: what a further viewer allocates is the room
// for a frame in its queue, and the goroutine that writes it.
func TestAnEventIsEncodedOnceForAllWhoWatch(t *testing.T) {
	shared := sharedFrame{}
	e := chat.Event{Seq: 9, At: time.Now().UTC(), Kind: chat.Reply, Text: "An answer."}
	first := shared.encode(e, 8, false)
	if again := shared.encode(e, 8, false); &again[0] != &first[0] {
		t.Error("the second viewer's frame was encoded again")
	}
	signal, s := sharedSignal{}, bus.Signal{What: bus.Delta, Text: "x"}
	one := signal.encode(s, false)
	if again := signal.encode(s, false); &again[0] != &one[0] {
		t.Error("the second viewer's signal was encoded again")
	}
}

// watched returns a channel with so many viewers who read what they are sent.
func watched(b *testing.B, viewers int) *channel {
	c := &channel{id: chat.NewID(), hub: &Hub{}, from: &origin{clustered: func() bool { return false }}, subscribers: map[*subscriber]struct{}{}}
	for range viewers {
		s, client := conntest.Pair(b)
		go func() { _, _ = io.Copy(io.Discard, client.NetConn()) }() // ends with the client
		c.subscribers[&subscriber{sock: s, reader: chat.RoleVisitor, joined: true}] = struct{}{}
	}
	return c
}
