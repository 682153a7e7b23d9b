package admission

import (
	"testing"
	"time"
)

// slowBot is a simulated bot that asks a slow model: each message has a slot for as
// long as the model takes. A replica holds twice as many messages as it has slots. Each
// visitor has one question open, and asks the next one when it is answered.
type slowBot struct {
	c        Control
	now      time.Time
	takes    time.Duration
	replicas int
	silent   int // replicas that do not say how many slots they have

	waiting  int
	thoughts []time.Time // when each ends
	done     int
	changes  []Phase // in which it was, one after the other
}

const slotsEach = 128

// talk has visitors talk for a while. With a gap they come one after the other,
// otherwise all at once: then they are answered all at once, too.
func (b *slowBot) talk(d time.Duration, visitors int, gap time.Duration) {
	if b.now.IsZero() {
		b.now = start
	}
	began := b.now
	for end := b.now.Add(d); b.now.Before(end); {
		b.now = b.now.Add(every)
		going := b.thoughts[:0]
		for _, ends := range b.thoughts {
			if ends.After(b.now) {
				going = append(going, ends)
			} else {
				b.done++
			}
		}
		b.thoughts = going
		here := visitors
		if gap > 0 {
			here = min(visitors, int(b.now.Sub(began)/gap))
		}
		b.waiting = max(b.waiting, here-len(b.thoughts))
		b.think()
		b.look()
	}
}

// think gives free slots to waiting messages.
func (b *slowBot) think() {
	for ; b.waiting > 0 && len(b.thoughts) < b.replicas*slotsEach; b.waiting-- {
		b.thoughts = append(b.thoughts, b.now.Add(b.takes))
	}
}

// die ends all replicas. The messages they held wait for others to come.
func (b *slowBot) die(d time.Duration, in float64) {
	held := len(b.thoughts)
	b.thoughts, b.waiting, b.replicas = nil, b.waiting+held, 0
	before := float64(b.waiting)
	for began, end := b.now, b.now.Add(d); b.now.Before(end); {
		b.now = b.now.Add(every)
		b.waiting = int(before + in*b.now.Sub(began).Seconds())
		b.looked(Look{Waiting: uint64(b.waiting - held), Held: uint64(held)})
	}
}

func (b *slowBot) look() {
	all := b.waiting + len(b.thoughts)
	held := min(all, 2*slotsEach*b.replicas)
	b.looked(Look{Waiting: uint64(all - held), Held: uint64(held), Slots: uint64(slotsEach * (b.replicas - b.silent))})
}

func (b *slowBot) looked(l Look) {
	l.At, l.Done = b.now, uint64(b.done)
	if b.c.Looked(l) {
		b.changes = append(b.changes, b.c.Phase())
	}
}

// However long the model takes: a message that is thought about does not wait, and
// newcomers are admitted as long as there are slots.
func TestNobodyIsShedBecauseTheModelIsSlow(t *testing.T) {
	const s, minutes = time.Second, 3 * time.Minute
	for _, c := range []struct {
		what     string
		takes    time.Duration
		replicas int
		play     func(b *slowBot)
	}{
		{"500 chats at once, four replicas with room", 10 * s, 4, func(b *slowBot) { b.talk(minutes, 500, 0) }},
		{"the same, one after the other", 10 * s, 4, func(b *slowBot) { b.talk(minutes, 500, 20*time.Millisecond) }},
		{"a faster one", 3 * s, 4, func(b *slowBot) { b.talk(minutes, 500, 0) }},
		{"a very slow one", 40 * s, 4, func(b *slowBot) { b.talk(minutes, 500, 0) }},
		{"more than may ever wait, all thought about", 20 * s, 50, func(b *slowBot) { b.talk(minutes, 6000, 0) }},
		{"a few more than there are places", 10 * s, 4, func(b *slowBot) { b.talk(minutes, 560, 0) }},
		{"a rush that has to wait for a second", 3 * s, 4, func(b *slowBot) { b.talk(30*s, 100, 0); b.talk(4*s, 740, 0); b.talk(minutes, 100, 0) }},
		{"a start with much to work off", 3 * s, 4, func(b *slowBot) { b.talk(30*s, 800, 0) }},
		{"two more replicas", 10 * s, 2, func(b *slowBot) { b.talk(30*s, 250, 0); b.replicas = 4; b.talk(minutes, 500, 0) }},
		{"all replicas are started again", 10 * s, 4, func(b *slowBot) {
			b.talk(minutes, 500, 0)
			b.die(15*s, 30)
			b.replicas = 4
			b.talk(5*s, 500, 0)
		}},
	} {
		b := slowBot{takes: c.takes, replicas: c.replicas}
		c.play(&b)
		if len(b.changes) > 0 {
			t.Errorf("%s: it became %v", c.what, b.changes)
		}
	}
}

// If more visitors talk than there are slots, the others wait and newcomers are shed:
// all the time, even if the answers come in batches.
func TestMoreThanThereAreSlotsIsTooMuch(t *testing.T) {
	for _, c := range []struct {
		what     string
		takes    time.Duration
		replicas int
		visitors int
		gap      time.Duration
	}{
		{"400 too many, one after the other", 10 * time.Second, 4, 912, 20 * time.Millisecond},
		{"400 too many at once", 10 * time.Second, 4, 912, 0},
		{"a faster model", 3 * time.Second, 4, 1100, 0},
		{"a slower one, one replica", 20 * time.Second, 1, 400, 0},
		{"twice as many", 5 * time.Second, 4, 1024, 0},
	} {
		b := slowBot{takes: c.takes, replicas: c.replicas}
		b.talk(3*time.Minute, c.visitors, c.gap)
		if len(b.changes) != 1 || b.changes[0] != Full {
			t.Errorf("%s: it became %v", c.what, b.changes)
		}
		b.replicas *= 4
		b.talk(time.Minute, c.visitors, 0)
		if got := b.c.Phase(); got != Open {
			t.Errorf("%s, and four times the replicas: %v", c.what, got)
		}
	}
}

// A replica that does not say how many slots it has counts for none, so the messages
// that it thinks about count as waiting: newcomers are shed too early, never too late.
func TestReplicasThatDoNotSayTheirSlots(t *testing.T) {
	b := slowBot{takes: 10 * time.Second, replicas: 4, silent: 4}
	b.talk(3*time.Minute, 500, 20*time.Millisecond)
	if got := b.c.Phase(); got != Full {
		t.Errorf("none says: %v", got)
	}
	b.silent = 1
	b.talk(time.Minute, 450, 0)
	if got := b.c.Phase(); got != Open {
		t.Errorf("three say, and have room for most: %v", got)
	}
}

func TestTheWaitIsForASlotNotForTheAnswer(t *testing.T) {
	b := slowBot{takes: 10 * time.Second, replicas: 4}
	b.talk(2*time.Minute, 512+256, 20*time.Millisecond) // half of a thought's time for a place
	if wait, known := b.c.flow.wait(); !known || wait < 4*time.Second || wait > 6*time.Second {
		t.Errorf("a wait of %v (known: %v), want 5 s", wait, known)
	}
	b.talk(2*time.Minute, 512, 0)
	if wait, known := b.c.flow.wait(); !known || wait != 0 {
		t.Errorf("all have a place: a wait of %v (known: %v)", wait, known)
	}
}
