package system_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// Promise 1: a visitor's message is acknowledged after the stream stored it.
func TestPromise1AcceptedIsDurable(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	ada := dial(t, g.url)
	w := ada.hello("Ada", "", 0)
	for i := range 50 {
		id := fmt.Sprint("m", i)
		seq := ada.say(id, "text "+id)
		// Asked through another connection the moment the acknowledgement is here.
		tail, err := s.nats.Connect("reader").TailOf(t.Context(), chat.ID(w.Chat), seq-1, false)
		if err != nil || len(tail.Events) == 0 || tail.Events[0].ID != id {
			t.Fatalf("%s was acknowledged as %d, but the stream holds %+v (%v)", id, seq, tail.Events, err)
		}
	}
	// With the stream gone nothing is acknowledged.
	s.nats.Stop()
	ada.write("t", "send", "id", "lost", "text", "into the void")
	if f := ada.answer("lost"); f.T != "error" || f.Code != "unavailable" {
		t.Errorf("without a stream the answer is %+v", f)
	}
}

// Promise 2: one client message id is stored once, however often it is sent.
func TestPromise2Once(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	one, two := s.gateway(), s.gateway()
	ada := dial(t, one.url)
	w := ada.hello("Ada", "", 0)
	first := ada.say("m1", "hello")
	ada.event("reply", "hello")
	// Sent again on the same connection, in another tab, through another gateway.
	other := dial(t, two.url)
	other.hello("Ada", w.Token, 0)
	for i, c := range []*client{ada, other, other} {
		c.forget()
		c.write("t", "send", "id", "m1", "text", "hello", "again", i == 2)
		if seq := c.acked("m1"); seq != first {
			t.Errorf("resend %d was acknowledged as %d, want %d", i, seq, first)
		}
	}
	ada.say("m2", "the end")
	ada.event("reply", "the end")
	count := 0
	for _, f := range ada.seen() {
		if f.ID == "m1" {
			count++
		}
	}
	if count != 1 {
		t.Errorf("m1 is there %d times", count)
	}
}

// Promise 2, beyond the stream's window: a resend that says so is looked up.
func TestPromise2OnceWhenTheStreamHasForgotten(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	ada := dial(t, g.url)
	w := ada.hello("Ada", "", 0)
	first := ada.say("m1", "hello")
	bustest.Eventually(t, "the message in the store", func() bool {
		_, err := s.store.Find(t.Context(), chat.ID(w.Chat), chat.RoleVisitor, "m1")
		return err == nil
	})
	// The stream forgets: its messages, and with its next start their ids.
	s.nats.PurgeChats()
	s.nats.Restart()
	bustest.Eventually(t, "the gateway to be connected again", func() bool { return g.conn.Ready() == nil })
	again := dial(t, g.url)
	// Until the history service is back too, the answer is "unavailable".
	bustest.Eventually(t, "to be let in", func() bool { return again.hello("Ada", w.Token, 0).T == "welcome" })
	bustest.Eventually(t, "the resend to be acknowledged", func() bool {
		again.forget()
		again.write("t", "send", "id", "m1", "text", "hello", "again", true)
		return again.answer("m1").T == "ack"
	})
	if seq := again.answer("m1").Seq; seq != first {
		t.Errorf("acknowledged as %d, want the first one's %d", seq, first)
	}
}

// Promise 3: every viewer sees a chat's events in order, without gap or repeat,
// over reconnects, gateway restarts, several tabs and slow networks. (Each client
// checks every event that it gets: see client.read.)
func TestPromise3InOrderNoGapNoRepeat(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	gateways := []*replica{s.gateway(), s.gateway()}
	writer := dial(t, gateways[0].url)
	w := writer.hello("Ada", "", 0)
	const messages = 150
	var wg sync.WaitGroup
	views := make([][]frame, 4)
	for i := range views {
		wg.Go(func() { views[i] = wander(t, gateways, w.Token, i, messages) })
	}
	for i := range messages {
		writer.say(fmt.Sprint("m", i), fmt.Sprint("number ", i))
	}
	wg.Wait()
	bustest.Eventually(t, "everything to be answered", func() bool { return covered(writer.seen()) == messages })
	want := writer.seen()
	for i, view := range views {
		for j, f := range view {
			if f.Seq != want[j].Seq || f.Prev != want[j].Prev && j > 0 {
				t.Fatalf("viewer %d has %d (prev %d) as event %d, the writer has %d (prev %d)", i, f.Seq, f.Prev, j, want[j].Seq, want[j].Prev)
			}
		}
	}
}

// wander looks at the chat until it has seen the last message, and leaves and
// comes back at another gateway every few events.
func wander(t *testing.T, gateways []*replica, token string, n, messages int) []frame {
	var view []frame
	since := uint64(0)
	for round := 0; ; round++ {
		c := dial(t, gateways[(n+round)%len(gateways)].url)
		if f := c.hello("Ada", token, since); f.T != "welcome" {
			t.Errorf("viewer %d: %+v", n, f)
			return view
		}
		enough := 7 * (n + 1)
		last := func(f frame) bool { return f.ID == fmt.Sprint("m", messages-1) }
		bustest.Eventually(t, "more events", func() bool {
			seen := c.seen()
			return len(seen) >= enough || slices.ContainsFunc(seen, last)
		})
		_ = c.ws.Close()
		bustest.Eventually(t, "the connection to end", func() bool { return c.ended() != nil })
		if seen := c.seen(); len(seen) > 0 {
			if len(view) > 0 && seen[0].Prev != since {
				t.Errorf("viewer %d came back with since %d and got prev %d", n, since, seen[0].Prev)
			}
			view = append(view, seen...)
			since = view[len(view)-1].Seq
		}
		// Asked only now: the last message may have come while the viewer left.
		if slices.ContainsFunc(view, last) {
			return view
		}
	}
}

// covered counts the messages that exactly one reply covers.
func covered(view []frame) int {
	n, through := 0, uint64(0)
	var open []uint64
	for _, f := range view {
		switch f.Kind {
		case "message":
			open = append(open, f.Seq)
		case "reply":
			if f.Through <= through {
				return -1
			}
			through = f.Through
			for len(open) > 0 && open[0] <= through {
				n, open = n+1, open[1:]
			}
		}
	}
	return n
}

// agent makes an account and opens its console.
func (s *system) agent(g *replica, user string) *client {
	s.t.Helper()
	s.post(g, "/api/agents", fmt.Sprintf(`{"user":%q,"name":%q,"role":"agent","password":"a long password"}`, user, strings.ToUpper(user[:1])+user[1:]))
	return console(s.t, g.url, user, "a long password")
}

// settled waits until the consumers have acknowledged all that there is.
func (s *system) settled(consumers ...string) {
	s.t.Helper()
	for _, name := range consumers {
		bustest.Eventually(s.t, name+" to have dealt with everything", func() bool { return s.nats.Settled(name) })
	}
}
