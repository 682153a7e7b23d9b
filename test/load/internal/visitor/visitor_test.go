package visitor_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
)

// stage is one Parley and what its visitors record.
type stage struct {
	*testing.T
	base, dir string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	dir := t.TempDir()
	program, err := proc.Parley(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	p, base, err := proc.StartGateway(t.Context(), proc.Spec{Name: "parley", Path: program, Dir: dir, Env: append([]string{
		"DATA_DIR=" + t.TempDir(), "NATS_SYNC=100ms",
	}, proc.Unlimited...)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return &stage{t, base, dir}
}

// client is a visitor who runs until the test ends or leaves is called.
type client struct {
	*visitor.Visitor
	s    *stage
	name string // of the record
	rec  *history.Recorder
	wg   sync.WaitGroup
	err  error
}

func (s *stage) visits(t *testing.T, record string, seed uint64, o visitor.Options) *client {
	t.Helper()
	rec, err := history.NewRecorder(s.dir, record, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	o.Recorder, o.Rand = rec, rand.New(rand.NewPCG(seed, 1))
	o.Gateways = func() []string { return []string{s.base} }
	c := &client{Visitor: visitor.New(o), s: s, name: record, rec: rec}
	ctx, cancel := context.WithCancel(t.Context())
	c.wg.Go(func() { c.err = c.Run(ctx) })
	t.Cleanup(func() { cancel(); c.wg.Wait(); _ = rec.Close() }) // already closed if its entries were read
	return c
}

func (c *client) awaits(t *testing.T, what string, holds func(visitor.Seen) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if err := c.Await(ctx, what, holds); err != nil {
		t.Fatal(err)
	}
}

// leaves ends the client and returns its record.
func (c *client) leaves(t *testing.T) []history.Entry {
	t.Helper()
	c.Leave()
	c.wg.Wait()
	if c.err != nil {
		t.Fatal(c.err)
	}
	return c.record(t)
}

func (c *client) record(t *testing.T) []history.Entry {
	t.Helper()
	if err := c.rec.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := history.Read[history.Entry](filepath.Join(c.s.dir, history.ClientsDir, c.name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func count(entries []history.Entry, is func(history.Entry) bool) (n int) {
	for _, e := range entries {
		if is(e) {
			n++
		}
	}
	return n
}

func ops(entries []history.Entry) (all []history.Op) {
	for _, e := range entries {
		all = append(all, e.Op)
	}
	return all
}

func caughtUpAndAnswered(s visitor.Seen) bool { return s.CaughtUp() && s.Answered() && s.Last() > 0 }

func TestVisitors(t *testing.T) {
	s := newStage(t)
	t.Run("talk", s.talk)
	t.Run("have tabs", s.tabs)
	t.Run("lose connections", s.losses)
	t.Run("are careless", s.careless)
	t.Run("vanish", s.vanish)
	t.Run("read slowly", s.slow)
	t.Run("ask for a person", s.asks)
	t.Run("are refused", s.refused)
	t.Run("press what is offered", s.presses)
}

func (s *stage) talk(t *testing.T) {
	c := s.visits(t, "talk", 1, visitor.Options{Name: "Ada"})
	c.PageOnAck()
	c.Send("How are settings read?")
	c.awaits(t, "a reply", func(s visitor.Seen) bool { return s.Answered() && s.Last() > 0 && !s.Paging() })
	entries := c.leaves(t)
	want := []history.Op{history.Begin, history.Open, history.Hello, history.Welcome, history.Send}
	if got := ops(entries); !slices.Equal(got[:5], want) || !slices.Equal(got[len(got)-2:], []history.Op{history.End, history.Done}) {
		t.Errorf("recorded %v", got)
	}
	for _, op := range []history.Op{history.Ack, history.Ask, history.Page} {
		if n := count(entries, func(e history.Entry) bool { return e.Op == op && e.Chat == c.Chat() && e.Conn == 1 }); n == 0 {
			t.Errorf("no %s is recorded", op)
		}
	}
	replies := count(entries, func(e history.Entry) bool {
		return e.Op == history.Told && e.Event.Kind == "reply" && e.Event.Role == "bot" && e.Event.Through > 0 && e.Event.At != ""
	})
	got := c.Samples()
	if replies != 1 || len(got.Acks) != 1 || len(got.Replies) != 1 || len(got.Away) != 0 {
		t.Errorf("%d replies, measured %+v", replies, got)
	}
	if n := c.Counts(); n.Sent != 1 || n.Acked != 1 || n.Replies != 1 || n.Connections != 1 || n.Unanswered != 0 {
		t.Errorf("counted %+v", n)
	}
}

func (s *stage) tabs(t *testing.T) {
	secret := visitor.Secret(rand.New(rand.NewPCG(1, 2)))
	one := s.visits(t, "tab-1", 3, visitor.Options{Name: "Grace", Tab: "a", Token: secret})
	two := s.visits(t, "tab-2", 4, visitor.Options{Name: "Grace", Tab: "b", Token: secret})
	for i := range 10 {
		one.Send(fmt.Sprintf("one, %d", i))
		two.Send(fmt.Sprintf("two, %d", i))
	}
	one.awaits(t, "its replies", caughtUpAndAnswered)
	two.awaits(t, "its replies", caughtUpAndAnswered)
	var last uint64
	one.Look(func(s visitor.Seen) { last = s.Last() })
	two.awaits(t, "what the other saw", func(s visitor.Seen) bool { return s.Last() >= last })
	two.Look(func(s visitor.Seen) { last = s.Last() })
	one.awaits(t, "what the other saw", func(s visitor.Seen) bool { return s.Last() >= last })
	seqs := func(entries []history.Entry) (all []uint64) {
		for _, e := range entries {
			if e.Op == history.Told {
				all = append(all, e.Event.Seq)
			}
		}
		return all
	}
	a, b := seqs(one.leaves(t)), seqs(two.leaves(t))
	if !slices.Equal(a, b) || len(a) < 21 || one.Chat() != two.Chat() {
		t.Errorf("the tabs of %s and %s saw %v and %v", one.Chat(), two.Chat(), a, b)
	}
}

func isResend(e history.Entry) bool { return e.Op == history.Send && e.Again }

func (s *stage) losses(t *testing.T) {
	c := s.visits(t, "losses", 5, visitor.Options{Name: "Linus"})
	c.awaits(t, "a welcome", visitor.Seen.CaughtUp)
	losses := 0
	for ; losses < 8 || losses < 200 && c.Counts().Resent == 0; losses++ { // what was written may be stored each time
		c.Send(fmt.Sprintf("one of three, %d", losses))
		c.Send(fmt.Sprintf("two of three, %d", losses))
		c.Send(fmt.Sprintf("three of three, %d", losses))
		c.Drop()
		c.awaits(t, "a new connection", func(s visitor.Seen) bool { return s.CaughtUp() && s.Connections() >= losses+2 })
	}
	c.Switch()
	c.awaits(t, "the replies", func(s visitor.Seen) bool { return caughtUpAndAnswered(s) && s.Connections() >= losses+2 })
	entries := c.leaves(t)
	sent, stored := map[string]bool{}, map[string]int{}
	for _, e := range entries {
		switch {
		case e.Op == history.Send:
			sent[e.ID] = true
		case e.Op == history.Told && e.Event.Role == "visitor":
			stored[e.Event.ID]++
		}
	}
	if len(sent) != 3*losses || len(stored) != 3*losses {
		t.Errorf("sent %d messages and received %d", len(sent), len(stored))
	}
	n, away := c.Counts(), c.Samples().Away
	if n.Acked != 3*losses || n.Connections != losses+2 || len(away) != losses+1 || !away[0].Own || away[0].Lasted <= 0 {
		t.Errorf("counted %+v, away %+v", n, away)
	}
	if n.Resent != count(entries, isResend) || n.Resent == 0 {
		t.Errorf("%d were sent again, and %d are recorded as such", n.Resent, count(entries, isResend))
	}
}

func (s *stage) careless(t *testing.T) {
	c := s.visits(t, "careless", 6, visitor.Options{Name: "Careless", Careless: true})
	c.awaits(t, "a welcome", visitor.Seen.CaughtUp)
	for i := range 6 {
		c.Send(fmt.Sprintf("said perhaps twice, %d", i))
		c.Drop()
		c.awaits(t, "a new connection", func(s visitor.Seen) bool { return s.CaughtUp() && s.Connections() == i+2 })
	}
	c.awaits(t, "the replies", caughtUpAndAnswered)
	if entries := c.leaves(t); count(entries, isResend) != 0 || c.Counts().Acked != 6 {
		t.Errorf("recorded a resend, or counted %+v", c.Counts())
	}
}

func (s *stage) vanish(t *testing.T) {
	c := s.visits(t, "vanish", 7, visitor.Options{Name: "Casper"})
	c.awaits(t, "a welcome", visitor.Seen.CaughtUp)
	const gone = 300 * time.Millisecond
	for i := range 4 { // once in each way
		c.Send("and then I was gone")
		c.Vanish(gone)
		c.awaits(t, "its return", func(s visitor.Seen) bool { return caughtUpAndAnswered(s) && s.Connections() >= i+2 })
	}
	c.leaves(t)
	for _, a := range c.Samples().Away {
		if a.Lasted < gone || a.Meant != gone || !a.Own {
			t.Errorf("away: %+v", a)
		}
	}
}

func (s *stage) slow(t *testing.T) {
	c := s.visits(t, "slow", 8, visitor.Options{Name: "Sloth"})
	c.awaits(t, "a welcome", visitor.Seen.CaughtUp)
	sentAway := func(s visitor.Seen) bool { return s.Closed(1013) > 0 }
	for try := 1; ; try++ { // a slow machine may need more than once to fill all buffers on the way
		c.ReadSlowly(6 * time.Second)
		c.Send("nobody reads the answer to this")
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		err := c.Await(ctx, "being sent away", sentAway)
		cancel()
		if err == nil {
			break
		}
		if try == 5 {
			t.Fatal(err)
		}
	}
	c.awaits(t, "its return", caughtUpAndAnswered)
	entries := c.leaves(t)
	ends := count(entries, func(e history.Entry) bool { return e.Op == history.End && e.Close == 1013 })
	if ends == 0 { // there is more than one if the first was late
		t.Error("no end with 1013 is recorded")
	}
	if n := count(entries, func(e history.Entry) bool { return e.Op == history.Error }); n != 0 {
		t.Errorf("%d of the errors that it provokes are recorded", n)
	}
	away := slices.DeleteFunc(c.Samples().Away, func(a tally.Away) bool { return a.Code != 1013 })
	if len(away) != ends || slices.ContainsFunc(away, func(a tally.Away) bool { return a.Own }) {
		t.Errorf("away: %+v", c.Samples().Away)
	}
}

func (s *stage) asks(t *testing.T) {
	c := s.visits(t, "asks", 9, visitor.Options{Name: "Edsger"})
	for i, how := range []func(){
		func() { c.Ask("escalate") },
		func() { c.Send("escalate") },
		func() { c.Send("I want to talk to a human being, please.") },
	} {
		how()
		c.awaits(t, "a place in the line", func(s visitor.Seen) bool { return s.Status() == "waiting" })
		c.Ask("cancel")
		c.awaits(t, "the bot", func(s visitor.Seen) bool { return s.Status() == "bot" && s.Acked() && s.States() == 2*i+2 })
	}
	c.Rate(4, "good <b>enough</b>")
	c.Ask("close")
	c.awaits(t, "the end", func(s visitor.Seen) bool { return s.Status() == "closed" && s.Acked() })
	entries := c.leaves(t)
	for what, want := range map[string]int{"escalate": 1, "cancel": 3, "close": 1, "rate": 1, "message": 2} {
		if n := count(entries, func(e history.Entry) bool { return e.Op == history.Send && e.What == what }); n != want {
			t.Errorf("%d entries of %s, want %d", n, what, want)
		}
	}
}

func (s *stage) refused(t *testing.T) {
	c := s.visits(t, "owner", 10, visitor.Options{Name: "Owner"})
	c.awaits(t, "a welcome", visitor.Seen.Welcomed)
	forger := s.visits(t, "forger", 11, visitor.Options{Name: "Owner", Token: "claim:short"})
	forger.wg.Wait()
	if forger.err == nil {
		t.Fatalf("a token that nobody can have is taken: %v", ops(forger.record(t)))
	}
	c.Send(string(make([]rune, 5000)))
	c.awaits(t, "a refusal", func(s visitor.Seen) bool { return s.Acked() })
	if n := c.Counts(); n.Refused != 1 || n.Acked != 0 || n.Errors["bad_text"]+n.Errors["too_long"] != 1 {
		t.Errorf("counted %+v", n)
	}
}

// presses asks what no page answers; the bot offers what comes nearest. A choice is pressed
// twice, and once more after another question: each press is a message like any other.
func (s *stage) presses(t *testing.T) {
	c := s.visits(t, "presses", 9, visitor.Options{Name: "Mary"})
	if c.Press(0) {
		t.Fatal("a choice is pressed that nobody offered")
	}
	c.Send("worker")
	c.awaits(t, "what is offered", caughtUpAndAnswered)
	for range 2 {
		if !c.Press(0) {
			t.Fatal("nothing is offered")
		}
	}
	c.awaits(t, "an answer to both", caughtUpAndAnswered)
	c.Send("hello")
	c.awaits(t, "another answer", caughtUpAndAnswered)
	c.Press(0) // offered long ago
	c.awaits(t, "its answer", caughtUpAndAnswered)
	entries := c.leaves(t)
	pressed := map[string]bool{}
	for _, e := range entries {
		if e.Op == history.Send && e.Choice != "" {
			pressed[e.ID] = true
		}
	}
	told := count(entries, func(e history.Entry) bool {
		return e.Op == history.Told && e.Event.Kind == "message" && e.Event.Choice != "" && pressed[e.Event.ID]
	})
	if len(pressed) != 3 || told != 3 {
		t.Errorf("%d choices were pressed, %d are in the log", len(pressed), told)
	}
}
