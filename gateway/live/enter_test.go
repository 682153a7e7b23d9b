package live

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// joining is an agent's client that was sent its start position in a chat of three
// events, and that has to read the last two from the stream: the copy between them was
// lost.
func joining(t *testing.T) (server *bustest.Server, v *Subscription, at StartPosition, client *websocket.Conn, seqs []uint64) {
	t.Helper()
	server = bustest.Start(t)
	conn := server.Connect("gateway")
	ctx, cancel := context.WithCancel(context.Background())
	h := NewHub(ctx, conn, Options{Log: zerolog.Nop()})
	h.clustered = func() bool { return true }
	t.Cleanup(func() { cancel(); h.running.Wait() })
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), &chat.Agent{User: "ann"}, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	lost, last := appendReply(t, conn, id, first.Seq), appendMessage(t, conn, id, 2)
	h.Live(last, first.Seq)
	return server, v, at, client, []uint64{first.Seq, lost.Seq, last.Seq}
}

func TestASubscriberThatJoinsDuringAnOutageGetsTheRestAfterIt(t *testing.T) {
	server, v, at, client, seqs := joining(t)
	server.Stop()
	joined := make(chan error, 1)
	go func() { joined <- v.Join(t.Context(), at) }()
	expect(t, client, seqs[0])
	server.Restart()
	if err := <-joined; err != nil {
		t.Fatal(err)
	}
	_ = client.SetReadDeadline(time.Now().Add(bustest.Patience))
	expect(t, client, seqs[1:]...)
}

// An agent's console was answered "opened", then "unavailable" under the same id,
// and showed a chat that stood still. (The torture found it, in a run that killed
// nothing but leaders of streams.)
func TestASubscriberThatCantCatchUpIsDisconnected(t *testing.T) {
	server, v, at, client, seqs := joining(t)
	server.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := v.Join(ctx, at); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("joined, although the stream is down: %v", err)
	}
	expect(t, client, seqs[0])
	_, _, err := client.ReadMessage()
	if !websocket.IsCloseError(err, conn.GoingAway.Code) {
		t.Errorf("the client was not disconnected: %v", err)
	}
	v.channel.mu.Lock()
	defer v.channel.mu.Unlock()
	if len(v.channel.subscribers) != 0 {
		t.Error("it still counts as a subscriber")
	}
}
