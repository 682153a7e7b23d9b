package system_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// Promise 1: a visitor's message is acknowledged after the stream stored it.
func TestPromise1AcceptedIsDurable(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	for i := range 50 {
		id := fmt.Sprint("m", i)
		seq := ada.Say(id, "text "+id)
		// Asked through another connection the moment the acknowledgement is here.
		tail, err := s.nats.Connect("reader").TailOf(t.Context(), chat.ID(w.Chat), seq-1, chat.RoleVisitor)
		if err != nil || len(tail.Events) == 0 || tail.Events[0].ID != id {
			t.Fatalf("%s was acknowledged as %d, but the stream holds %+v (%v)", id, seq, tail.Events, err)
		}
	}
	// Without a stream nothing is acknowledged.
	s.nats.Stop()
	ada.Send("t", "send", "id", "lost", "text", "into the void")
	if f := ada.Answer("lost"); f.T != "error" || f.Code != "unavailable" {
		t.Errorf("without a stream the answer is %+v", f)
	}
}

// Promise 2: one client message id is stored once, however often it is sent.
func TestPromise2Once(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	one, two := s.gateway(), s.gateway()
	ada := talktest.Dial(t, one.url)
	w := ada.Hello("Ada", "", 0)
	first := ada.Say("m1", "hello")
	ada.Event("reply", "hello")
	// Sent again on the same connection, in another tab, through another gateway.
	other := talktest.Dial(t, two.url)
	other.Hello("Ada", w.Token, 0)
	for i, c := range []*talktest.Client{ada, other, other} {
		if seq := c.Do("t", "send", "id", "m1", "text", "hello", "again", i == 2).Seq; seq != first {
			t.Errorf("resend %d was acknowledged as %d, want %d", i, seq, first)
		}
	}
	ada.Say("m2", "the end")
	ada.Event("reply", "the end")
	count := 0
	for _, f := range ada.Seen() {
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
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	first := ada.Say("m1", "hello")
	bustest.Eventually(t, "the message in the store", func() bool {
		_, err := s.store.Find(t.Context(), chat.ID(w.Chat), chat.RoleVisitor, "m1")
		return err == nil
	})
	// The stream forgets: its messages, and with its next start their ids.
	s.nats.PurgeChats()
	s.nats.Restart()
	bustest.Eventually(t, "the gateway to be connected again", func() bool { return g.conn.Ready() == nil })
	again := talktest.Dial(t, g.url)
	// Until the history service is back too, both are answered with "unavailable".
	again.Hello("Ada", w.Token, 0)
	if seq := again.Do("t", "send", "id", "m1", "text", "hello", "again", true).Seq; seq != first {
		t.Errorf("acknowledged as %d, want the first one's %d", seq, first)
	}
}

// Promise 3: every viewer sees a chat's events in order, without gap or repeat,
// over reconnects, gateway restarts, several tabs and slow networks. (Each client
// checks every event that it gets: see talk.Client.) Whoever comes late is shown the last
// events, is told that there are earlier ones, and reads them page by page.
func TestPromise3InOrderNoGapNoRepeat(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	gateways := []*replica{s.gateway(), s.gateway()}
	writer := talktest.Dial(t, gateways[0].url)
	w := writer.Hello("Ada", "", 0)
	const messages = 150
	var wg sync.WaitGroup
	views := make([][]talk.Frame, 5)
	for i := range len(views) - 1 {
		wg.Go(func() { views[i] = wander(t, gateways, w.Token, i, messages) })
	}
	for i := range messages {
		if i == 60 { // more than the last events that anybody is shown first
			last := len(views) - 1
			wg.Go(func() { views[last] = wander(t, gateways, w.Token, last, messages) })
		}
		writer.Say(fmt.Sprint("m", i), fmt.Sprint("number ", i))
	}
	wg.Wait()
	answered(t, writer, messages)
	want := writer.Seen()
	for i, view := range views {
		if len(view) > 0 && view[0].Prev != 0 {
			t.Errorf("viewer %d was shown nothing before event %d, and that was not the first", i, view[0].Seq)
		}
		for j, f := range view {
			if f.Seq != want[j].Seq || f.Prev != want[j].Prev && j > 0 {
				t.Fatalf("viewer %d has %d (prev %d) as event %d, the writer has %d (prev %d)", i, f.Seq, f.Prev, j, want[j].Seq, want[j].Prev)
			}
		}
	}
}

// wander watches the chat until it has seen the last message, and moves to another
// gateway every few events.
func wander(t *testing.T, gateways []*replica, token string, n, messages int) []talk.Frame {
	var view []talk.Frame
	since := uint64(0)
	for round := 0; ; round++ {
		c := talktest.Dial(t, gateways[(n+round)%len(gateways)].url)
		more := c.Hello("Ada", token, since).More
		enough := 7 * (n + 1)
		last := func(f talk.Frame) bool { return f.ID == fmt.Sprint("m", messages-1) }
		bustest.Eventually(t, "more events", func() bool {
			seen := c.Seen()
			return len(seen) >= enough || slices.ContainsFunc(seen, last)
		})
		if since == 0 && more { // on a busy machine dozens of events are there before a viewer is
			if view = earlier(c, c.Seen()[0].Seq); len(view) > 0 {
				since = view[len(view)-1].Seq
			}
		}
		c.Close()
		if seen := c.Seen(); len(seen) > 0 {
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

// earlier reads page by page what the chat holds before that event.
func earlier(c *talktest.Client, before uint64) (view []talk.Frame) {
	for more := true; more; {
		page := c.Do("t", "page", "id", fmt.Sprint("before", before), "before", before, "limit", 20)
		if len(page.Events) == 0 {
			break // what lacks is found in the view
		}
		view, more = slices.Concat(page.Events, view), page.More
		before = view[0].Seq
	}
	return view
}

// answered waits until that many messages are each covered by one reply. It waits as
// long as there is progress: on a slow machine all of them together take minutes.
func answered(t *testing.T, c *talktest.Client, messages int) {
	t.Helper()
	for n := 0; n < messages; {
		bustest.Eventually(t, fmt.Sprintf("an answer after %d of %d", n, messages), func() bool {
			now := covered(c.Seen())
			if now < 0 {
				t.Fatal("two replies cover one message")
			}
			progress := now > n
			n = now
			return progress
		})
	}
}

// covered counts the messages that exactly one reply covers.
func covered(view []talk.Frame) int {
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
func (s *system) agent(g *replica, user string) *talktest.Client {
	s.t.Helper()
	account := fmt.Sprintf(`{"user":%q,"name":%q,"role":"agent","password":"a long password"}`, user, strings.ToUpper(user[:1])+user[1:])
	talktest.Call(s.t, g.url, http.MethodPost, "/api/agents", account, talktest.Login(s.t, g.url, "admin", adminPassword))
	return talktest.Console(s.t, g.url, user, "a long password")
}

// settled waits until the consumers have acknowledged everything.
func (s *system) settled(consumers ...string) {
	s.t.Helper()
	for _, name := range consumers {
		bustest.Eventually(s.t, name+" to have dealt with everything", func() bool { return s.nats.Settled(name) })
	}
}
