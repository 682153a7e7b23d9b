package botworker

import (
	"bytes"
	"context"
	"net"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// listed is a server that keeps what is written to it over its connections.
type listed struct {
	*bustest.Server
	mu      sync.Mutex // guards what follows
	written bytes.Buffer
}

func (l *listed) InProcessConn() (net.Conn, error) {
	c, err := l.Server.InProcessConn()
	return listedConn{c, l}, err
}

// asked counts the reads that were asked for.
func (l *listed) asked() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Count(l.written.Bytes(), []byte(".MSG.GET.")) + bytes.Count(l.written.Bytes(), []byte(".DIRECT.GET."))
}

type listedConn struct {
	net.Conn
	of *listed
}

func (c listedConn) Write(p []byte) (int, error) {
	c.of.mu.Lock()
	c.of.written.Write(p)
	c.of.mu.Unlock()
	return c.Conn.Write(p)
}

// repeats answers with all that it was asked at once.
type repeats struct {
	mu    sync.Mutex // guards what follows
	heard []string
}

func (r *repeats) Think(_ context.Context, q answer.Question, _ answer.Progress) (answer.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range q.Inputs {
		r.heard = append(r.heard, e.Text)
	}
	return answer.Answer{Text: "ok"}, nil
}

// deliveries returns the next messages as a consumer is given them, and nobody handles.
func deliveries(t *testing.T, server *bustest.Server, n int) []bus.Delivery {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	var list []bus.Delivery
	done := make(chan error, 1)
	c := server.Connect("look")
	go func() {
		done <- c.Consume(ctx, bus.Consumer{Name: "look", Filter: bus.AllMessages, Workers: 1}, func(_ context.Context, d bus.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, d)
			return nil
		})
	}()
	bustest.Eventually(t, "all are given out", func() bool { mu.Lock(); defer mu.Unlock(); return len(list) >= n })
	stop()
	<-done
	return list
}

// A turn in which nobody else writes costs the bot no read.
func TestAnOrdinaryAnswerReadsNothing(t *testing.T) {
	server := &listed{Server: bustest.Start(t)}
	conn, err := bus.Connect(t.Context(), bus.Options{InProcess: server, Name: "bot", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	k := &repeats{}
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, conn, k)
	c, id := server.Connect("gateway"), chat.NewID()
	hint := bus.Hint{}
	before := server.asked()
	for _, text := range []string{"one", "two", "three"} {
		seq := in(t, c, id, chat.Event{Kind: chat.Message, Text: text, ID: text}, &hint)
		given := deliveries(t, server.Server, 1)
		d := given[len(given)-1]
		d.Alone = true
		if err := w.handle(t.Context(), d); err != nil || d.Event.Seq != seq {
			t.Fatal(err, d.Event)
		}
		s, err := c.Last(t.Context(), id)
		if err != nil || s.State.AnsweredThrough != seq {
			t.Fatalf("%+v, %v", s, err)
		}
		hint = bus.Hint{Snapshot: s, Input: seq}
	}
	if n := server.asked() - before; n != 0 {
		t.Errorf("three answers asked for %d reads", n)
	}
	if len(k.heard) != 3 {
		t.Errorf("it heard %q", k.heard)
	}
}

// Two tabs at two gateways write at once, and neither gateway knows of the other's message.
// The replica that is given the second one first must not take it for all that is open: its
// reply would cover the first, which it never read.
func TestNoReplyCoversAMessageThatItNeverRead(t *testing.T) {
	server := bustest.Start(t)
	id := chat.NewID()
	for _, name := range []string{"one", "two"} {
		in(t, server.Connect("gateway "+name), id, chat.Event{Kind: chat.Message, Text: name, ID: name}, &bus.Hint{})
	}
	given := deliveries(t, server, 2)
	k := &repeats{}
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), k)
	for _, at := range []int{1, 0} {
		d := given[at]
		d.Alone, d.Tries = true, 1
		if err := w.handle(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if len(k.heard) != 2 || k.heard[0] != "one" || k.heard[1] != "two" {
		t.Errorf("the bot read %q, want both messages in order", k.heard)
	}
}
