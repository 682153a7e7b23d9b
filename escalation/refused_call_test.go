package escalation

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// counted is a NATS server that counts what its clients read.
type counted struct {
	*bustest.Server
	bytes atomic.Int64
}

func (c *counted) InProcessConn() (net.Conn, error) {
	conn, err := c.Server.InProcessConn()
	return countedConn{conn, &c.bytes}, err
}

type countedConn struct {
	net.Conn
	bytes *atomic.Int64
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// An agent who presses a button in vain, again and again, must not cause megabytes to
// be read each time.
func TestARefusedCallDoesNotReadTheWholeChat(t *testing.T) {
	t.Parallel()
	server, id := &counted{Server: bustest.Start(t)}, chat.NewID()
	conn, err := bus.Connect(t.Context(), bus.Options{InProcess: server, Name: "replica", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	w, err := New(Options{}, conn)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.openOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	const texts = 30
	for n := range texts {
		e := chat.Event{Chat: id, Kind: chat.Message, ID: fmt.Sprint(n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: strings.Repeat("😀", chat.MaxText)}
		if _, err := conn.AppendIn(t.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
	}
	grace := chat.Agent{User: "grace", Name: "Grace"}
	var taken uint64
	for _, reason := range []chat.Reason{chat.Escalated, chat.Taken, chat.Returned} {
		e, err := w.change(t.Context(), id, 0, func(view) (transition, error) {
			return transition{reason: reason, by: grace, id: "grace/" + string(reason)}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if reason == chat.Taken {
			taken = e.Seq
		}
	}

	before := server.bytes.Load()
	for _, call := range []func(string) (roles.DeskReply, error){
		func(clientID string) (roles.DeskReply, error) {
			return w.act(chat.Taken)(t.Context(), roles.DeskRequest{Chat: id, ID: clientID, Agent: grace})
		},
		func(clientID string) (roles.DeskReply, error) {
			return w.say(t.Context(), roles.DeskRequest{Chat: id, ID: clientID, Agent: grace, Text: "hello"})
		},
	} {
		var no *bus.Refusal
		if _, err := call("new"); !errors.As(err, &no) {
			t.Errorf("%v, want a refusal", err)
		}
	}
	if read := server.bytes.Load() - before; read > 100_000 {
		t.Errorf("two refused calls read %d bytes, want no text of the visitor's among them", read)
	}
	// A call that is refused now because it was done before is found all the same.
	again, err := w.act(chat.Taken)(t.Context(), roles.DeskRequest{Chat: id, ID: string(chat.Taken), Agent: grace})
	if err != nil || again.Seq != taken {
		t.Errorf("taken once more under the same id: %d, %v; want %d", again.Seq, err, taken)
	}
}
