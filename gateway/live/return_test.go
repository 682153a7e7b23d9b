package live

import (
	"context"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// After an outage of the network all visitors come back at once. Each once cost four
// requests to the stream's leader, one of them for all about the stream.
func TestAVisitorWhoComesBackAndMissedNothingCostsOneRead(t *testing.T) {
	server := bustest.Start(t)
	conn := server.Connect("gateway")
	ctx, cancel := context.WithCancel(context.Background())
	h := NewHub(ctx, conn, Options{Log: zerolog.Nop()})
	t.Cleanup(func() { cancel(); h.running.Wait() })
	answered, asked, empty := chat.NewID(), chat.NewID(), chat.NewID()
	reply := appendReply(t, conn, answered, appendMessage(t, conn, answered, 1).Seq)
	message := appendMessage(t, conn, asked, 1)
	for _, c := range []struct {
		what  string
		id    chat.ID
		since uint64
		most  int
	}{
		{"whose last word is the bot's", answered, reply.Seq, 1},
		{"who wrote last", asked, message.Seq, 3}, // the chat's state is read, and that there is none
		{"who never wrote", empty, 0, 2},
	} {
		sock, client := conntest.Pair(t)
		requests := server.Requests()
		v, at, err := h.Subscribe(t.Context(), c.id, sock, new(Reading), nil, c.since, false)
		if err != nil {
			t.Fatal(err)
		}
		bustest.Eventually(t, "the request to be counted", func() bool { return requests() > 0 })
		if n := requests(); n > c.most {
			t.Errorf("one %s cost %d requests, want 1 to %d", c.what, n, c.most)
		}
		if at.Last != c.since || len(at.events) != 0 || at.prev != c.since {
			t.Errorf("one %s begins with %d events after %d, and the chat ends at %d; want none after %d", c.what, len(at.events), at.prev, at.Last, c.since)
		}
		if c.id == answered && (at.Snapshot.Out != reply.Seq || at.Snapshot.State.AnsweredThrough != reply.State.AnsweredThrough) {
			t.Errorf("the state is taken for %+v", at.Snapshot)
		}
		if err := v.Join(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		next := appendMessage(t, conn, c.id, 2)
		h.Live(next, c.since)
		expect(t, client, next.Seq)
	}
}
