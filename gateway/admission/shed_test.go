package admission

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// bot is a simulated bot with a fixed rate, looked at four times a second. Its replica
// holds twice as many messages as it has slots.
type bot struct {
	c             Control
	now           time.Time
	backlog, done float64
	slots         uint64 // 0: it does not say
}

const every = 250 * time.Millisecond

// run lets in messages a second come in, and the bot deal with up to out of them, for
// a while.
func (b *bot) run(d time.Duration, in, out float64) {
	if b.now.IsZero() {
		b.now = start
	}
	for end := b.now.Add(d); b.now.Before(end); {
		b.now = b.now.Add(every)
		b.backlog += in * every.Seconds()
		n := min(b.backlog, out*every.Seconds())
		b.backlog, b.done = b.backlog-n, b.done+n
		held := min(uint64(b.backlog), 2*128)
		b.c.Looked(Look{At: b.now, Waiting: uint64(b.backlog) - held, Held: held, Slots: b.slots, Done: uint64(b.done)})
	}
}

func TestNewcomersAreShedIfTheAnswerWouldComeLate(t *testing.T) {
	for _, c := range []struct {
		what string
		play func(b *bot)
		want Phase
	}{
		{"nothing happens", func(b *bot) { b.run(5*time.Second, 0, 1000) }, Open},
		{"an ordinary day", func(b *bot) { b.run(time.Minute, 50, 1000) }, Open},
		{"just as much as can be carried", func(b *bot) { b.run(time.Minute, 1000, 1000) }, Open},
		{"a burst that is gone in a second", func(b *bot) { b.run(5*time.Second, 1, 1000); b.backlog += 900; b.run(time.Second, 1, 1000) }, Open},
		{"ten times as much", func(b *bot) { b.run(5*time.Second, 30, 1000); b.run(time.Second, 10_000, 1000) }, Full},
		{"a slow bot, ten times as much", func(b *bot) { b.run(5*time.Second, 5, 20); b.run(time.Minute, 200, 20) }, Full},
		{"a slow bot with a few in line", func(b *bot) { b.run(5*time.Second, 5, 5); b.backlog += 100; b.run(5*time.Second, 5, 5) }, Open},
		{"no bot for ten seconds", func(b *bot) { b.run(5*time.Second, 100, 1000); b.run(10*time.Second, 100, 0) }, Open},
		{"no bot for three seconds, and much comes in", func(b *bot) { b.run(5*time.Second, 450, 500); b.run(3*time.Second, 450, 0) }, Open},
		{"and then it works it off", func(b *bot) {
			b.run(5*time.Second, 100, 1000)
			b.run(10*time.Second, 100, 0)
			b.run(3*time.Second, 100, 1000)
		}, Open},
		{"no bot at all", func(b *bot) { b.run(2*time.Minute, 100, 0) }, Full},
		{"a start with much to work off", func(b *bot) { b.backlog = 4000; b.run(10*time.Second, 10, 3000) }, Open},
	} {
		for _, slots := range []uint64{0, 128} {
			b := bot{slots: slots}
			c.play(&b)
			if got := b.c.Phase(); got != c.want {
				t.Errorf("%s, of %d slots: %v, want %v (backlog %.0f)", c.what, slots, got, c.want, b.backlog)
			}
		}
	}
}

func TestItOpensAgainByItself(t *testing.T) {
	var b bot
	b.run(5*time.Second, 30, 1000)
	b.run(3*time.Second, 10_000, 1000)
	if b.c.Phase() != Full {
		t.Fatal("the flood changed nothing")
	}
	if _, ok := b.c.Newcomer(b.now); ok {
		t.Error("a newcomer was let in while it is full")
	}
	b.run(time.Minute, 30, 1000)
	if b.c.Phase() != Open {
		t.Errorf("a minute after the flood it is %v", b.c.Phase())
	}
}

func TestNewcomersAreAdmittedAtAGrowingPace(t *testing.T) {
	var b bot
	b.run(5*time.Second, 30, 1000)
	b.run(2*time.Second, 10_000, 1000)
	for b.c.Phase() == Full {
		b.run(every, 30, 5000)
	}
	var let []int
	for range 10 { // a crowd asks all the time, and says nothing
		n := 0
		for range 4 {
			b.run(every, 30, 5000)
			for range 200 {
				if _, ok := b.c.Newcomer(b.now); ok {
					n++
				}
			}
		}
		let = append(let, n)
	}
	if let[0] > 2*firstPace || let[9] <= 4*let[0] || b.c.Phase() != Easing {
		t.Errorf("let in, by seconds: %v (%v)", let, b.c.Phase())
	}
	b.backlog += 50_000
	b.run(time.Second, 30, 1000)
	if pace := b.c.pace; b.c.Phase() != Full || pace >= float64(let[9]) {
		t.Errorf("after another flood: %v, at a pace of %.0f", b.c.Phase(), pace)
	}
}

func TestAdmittedVisitorsStayAdmitted(t *testing.T) {
	var b bot
	b.run(10*time.Second, 30, 1000)
	early := b.now.Add(-8 * time.Second)
	b.run(time.Second, 10_000, 1000)
	if b.c.Phase() != Full {
		t.Fatal("the flood changed nothing")
	}
	rush := b.c.from.Add(-200 * time.Millisecond)
	for since, want := range map[time.Time]bool{early: true, rush: false, {}: false, b.now.Add(time.Second): true} {
		if got := b.c.Admitted(since); got != want {
			t.Errorf("served since %v: %v", since.Sub(start), got)
		}
	}
	for b.c.Phase() == Full {
		b.run(every, 30, 5000)
	}
	if b.c.Admitted(rush) || !b.c.Admitted(early) {
		t.Error("easing, admitted visitors and the flood are not distinguished")
	}
}

// Whatever is seen: while it is full no newcomer is admitted, admitted visitors stay
// so, and every wait is reasonable.
func TestControlIsConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Control
		now, done := start, uint64(0)
		var seats []time.Time
		for range rapid.IntRange(1, 200).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.IntRange(-50, 2000).Draw(t, "ms")) * time.Millisecond)
			done += uint64(rapid.IntRange(0, 3000).Draw(t, "done"))
			l := Look{At: now, Waiting: rapid.Uint64Range(0, 20_000).Draw(t, "waiting"), Held: rapid.Uint64Range(0, 2000).Draw(t, "held"), Done: done}
			l.Slots = rapid.SampledFrom([]uint64{0, 1, 128, 512}).Draw(t, "places")
			was := c.Phase()
			var served []time.Time
			for _, s := range seats {
				if was != Open && c.Admitted(s) {
					served = append(served, s)
				}
			}
			if c.Looked(l) == (was == c.Phase()) {
				t.Fatal("a change of phase is not reported")
			}
			for _, s := range served {
				if !c.Admitted(s) {
					t.Fatalf("%v was admitted and no longer is", s)
				}
			}
			if was != Full && l.Waiting >= most && c.Phase() != Full {
				t.Fatal("any backlog is accepted")
			}
			wait, ok := c.Newcomer(now)
			if ok == (c.Phase() == Full) && c.Phase() != Easing {
				t.Fatalf("%v, and a newcomer is let in: %v", c.Phase(), ok)
			}
			if !ok && (wait < time.Second || wait > 40*time.Second) {
				t.Fatalf("told to wait %v", wait)
			}
			if ok {
				seats = append(seats, now)
			}
		}
	})
}
