package workload

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// decided is how long a visitor waits for something that the system should do at
	// once, before it goes on as people do.
	decided = 30 * time.Second
	// acked is how long a visitor waits for an acknowledgement before it goes on.
	acked = 30 * time.Second
	// personComes is how long a visitor waits for a person, and personStays how
	// long one may stay.
	personComes = 45 * time.Second
	personStays = 60 * time.Second
)

// step takes one step.
func (l *life) step(ctx context.Context, s step) error {
	if s.do != opensTab && !botSpeaks(l.status()) { // the bot asked for a person
		if err := l.company(ctx, step{stays: true, says: 2}); err != nil {
			return err
		}
	}
	t := l.tab(s.tab)
	switch s.do {
	case opensTab:
		if l.w.o.Regions {
			if err := t.Await(ctx, "its first welcome", visitor.Seen.Welcomed); err != nil {
				return err
			}
		}
		return l.open(ctx)
	case says:
		return l.burst(ctx, t, s)
	case sleeps:
		return l.fallAsleep(ctx, s)
	case escalates:
		return l.escalate(ctx, t, s)
	case closesChat:
		t.Ask("close")
	case leaves:
		t.LeaveEmail(s.email)
	case renames:
		t.GiveName(s.name)
	case rates:
		t.Rate(1+l.r.IntN(5), "")
	case pages:
		t.Page()
	case presses:
		return l.press(ctx, t, s)
	}
	return l.think(ctx, s.think)
}

// burst writes the texts, and does to the connection what is planned.
func (l *life) burst(ctx context.Context, t *visitor.Visitor, s step) error {
	if s.page {
		t.PageOnAck()
	}
	for _, text := range s.texts {
		l.say(ctx, t, text)
	}
	switch s.loss {
	case drops:
		t.Drop()
	case vanishes:
		t.Vanish(s.lasts)
	case reads:
		t.ReadSlowly(s.lasts)
	case switches:
		t.Switch()
	}
	if err := l.patiently(ctx, l.w.o.Patience, t, s.wait); err != nil {
		return err
	}
	return l.think(ctx, s.think*float64(len(s.texts)))
}

// press presses a choice; now and then twice, as people do.
func (l *life) press(ctx context.Context, t *visitor.Visitor, s step) error {
	which := l.r.IntN(100)
	if !t.Press(which) {
		return nil
	}
	if l.r.IntN(5) == 0 {
		t.Press(which)
	}
	if err := l.patiently(ctx, l.w.o.Patience, t, s.wait); err != nil {
		return err
	}
	return l.think(ctx, s.think)
}

// patiently waits as planned. Without a rate nobody writes again before the answer, since
// nothing else would bound what is pending.
func (l *life) patiently(ctx context.Context, most time.Duration, t *visitor.Visitor, w wait) error {
	if w == forNothing && l.w.o.Rate > 0 {
		return nil
	}
	return l.await(ctx, most, t, "an answer", func(s visitor.Seen) bool {
		return s.Acked() && (w != forReply || s.Answered() || !botSpeaks(s.Status()))
	})
}

// await waits for at most the time; its passing is not an error.
func (l *life) await(ctx context.Context, most time.Duration, t *visitor.Visitor, what string, holds func(visitor.Seen) bool) error {
	limit, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	err := t.Await(limit, what, holds)
	if errors.Is(err, visitor.ErrEnded) || ctx.Err() != nil {
		return err
	}
	return nil
}

// think waits for the next step. A visitor who was held up hurries for a while, so that
// the overall rate is kept.
func (l *life) think(ctx context.Context, means float64) error {
	pace := l.w.pace()
	l.due = l.due.Add(time.Duration(means * float64(pace)))
	if late := time.Since(l.due); late > 20*pace {
		l.due = time.Now().Add(-20 * pace)
	}
	// The end of the workload ends all thinking.
	wait := min(time.Until(l.due), time.Until(l.w.ends))
	if !wire.Wait(ctx, wait) {
		return ctx.Err()
	}
	return nil
}

// fallAsleep vanishes for long, with messages on the way, if the run is long enough for
// that.
func (l *life) fallAsleep(ctx context.Context, s step) error {
	if time.Until(l.w.ends) < asleep+time.Minute {
		return l.burst(ctx, l.first(), s)
	}
	first := l.first()
	for _, text := range s.texts {
		first.Send(text)
	}
	first.Vanish(asleep)
	l.sleep = time.Now().Add(asleep)
	if len(l.all()) > 1 { // the other tabs go on
		return l.think(ctx, s.think)
	}
	return l.await(ctx, 2*asleep, first, "the morning", func(s visitor.Seen) bool { return s.CaughtUp() && s.Acked() })
}

// escalate requests a person in one of the ways.
func (l *life) escalate(ctx context.Context, t *visitor.Visitor, s step) error {
	before := 0
	t.Look(func(s visitor.Seen) { before = s.States() })
	switch s.how {
	case "button":
		t.Ask("escalate")
	case "words":
		t.Send(words)
	default:
		t.Send(s.how)
	}
	if err := l.await(ctx, decided, t, "a place in the line", func(s visitor.Seen) bool { return s.States() > before }); err != nil {
		return err
	}
	if err := l.company(ctx, s); err != nil {
		return err
	}
	// A visitor who wrote as the agent left waits for the bot's answer.
	if err := l.patiently(ctx, l.w.o.Patience, l.tab(s.tab), forReply); err != nil {
		return err
	}
	return l.think(ctx, s.think)
}

// company is a visitor's time in the queue and with an agent. It returns when that is
// over, or the visitor can do nothing more about it.
func (l *life) company(ctx context.Context, s step) error {
	t := l.tab(s.tab)
	if s.email != "" {
		t.LeaveEmail(s.email)
	}
	if !s.stays {
		t.Ask("cancel")
	} else {
		if err := l.await(ctx, personComes, t, "a person", func(s visitor.Seen) bool { return s.Status() != "waiting" }); err != nil {
			return err
		}
		if l.status() == "waiting" {
			t.Ask("cancel")
		}
	}
	if err := l.await(ctx, decided, t, "the end of the line", func(s visitor.Seen) bool { return s.Status() != "waiting" }); err != nil {
		return err
	}
	defer l.partingWord(ctx, t)()
	for n := 0; n < s.says && l.status() == "live"; n++ {
		t.Send(text(l.r, " (to a person)"))
		if err := l.await(ctx, acked, t, "an acknowledgement", visitor.Seen.Acked); err != nil {
			return err
		}
		if err := l.think(ctx, 1); err != nil {
			return err
		}
	}
	if err := l.await(ctx, personStays, t, "the person's end", func(s visitor.Seen) bool { return s.Status() != "live" }); err != nil {
		return err
	}
	if l.status() != "live" {
		return nil
	}
	t.Ask("close")
	return l.await(ctx, decided, t, "the end of the chat", func(s visitor.Seen) bool { return s.Status() != "live" })
}
