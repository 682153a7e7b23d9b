package check

import (
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

const (
	// early is how much before its time a chat may seem to wake: what time it is is told by
	// several nodes.
	early = time.Second
	// late is how long before the end of a run the reason to wake must be for a chat to be awake
	// at the end: a timer's second, and what is slow on a machine that does much else.
	late = 15 * time.Second
	// harmed is the same in the midst of a run, where what wakes it may stand still for a while.
	harmed = 45 * time.Second
)

// sleeps checks a change by which a chat is snoozed, or wakes and is its agent's as before.
func (s *life) sleeps(l *line) {
	byHand := l.Role == "agent"
	if s.status != live || byHand && !s.heldBy(l) || l.Reason == "snoozed" && !byHand || len(s.holders) == 1 && !s.holders[0].is("", l.Agent) {
		s.report(Transition, l, "the chat was %s %sand changed at %d: %s by %s %s", s.status, s.names(), l.Seq, l.Reason, l.Role, l.Name)
	}
	s.swallows(l)
	s.change = l
	if l.Reason == "snoozed" {
		s.sleptOn(l.Seq, moment(l.At), harmed)
		s.asleep = l
		return
	}
	s.wakes(l)
	s.asleep = nil
}

// wakes checks that a chat that wakes was snoozed, and that there is a reason.
func (s *life) wakes(l *line) {
	switch {
	case s.asleep == nil:
		s.report(WokenAgain, l, "the chat woke at %d, and was awake", l.Seq)
	case l.Role == "agent":
	case s.wrote(l.Seq) != nil:
	case s.asleep.Until == "" || moment(l.At).Before(moment(s.asleep.Until).Add(-early)):
		s.report(WokenAgain, l, "the chat woke at %d without a reason: it was snoozed at %d until %q, and the visitor wrote nothing", l.Seq, s.asleep.Seq, s.asleep.Until)
	}
}

// wrote returns what the visitor wrote before that event that should wake the chat, or nil.
func (s *life) wrote(before uint64) *line {
	for _, l := range s.inputsIn(s.asleep.Snoozed, before-1) {
		if l.Kind == "message" || l.request("escalate") {
			return l
		}
	}
	return nil
}

// sleptOn checks, where a chat's sleep ends otherwise than by waking, or in the end, that nothing
// should have woken it long before.
func (s *life) sleptOn(before uint64, until time.Time, late time.Duration) {
	if s.asleep == nil {
		return
	}
	if l := s.wrote(before); l != nil && moment(l.At).Add(late).Before(until) {
		s.report(Overslept, l, "the chat was snoozed at %d, and sleeps at %s although the visitor wrote %d", s.asleep.Seq, until.Format(time.RFC3339), l.Seq)
	} else if time := s.asleep.Until; time != "" && moment(time).Add(late).Before(until) {
		s.report(Overslept, s.asleep, "the chat was snoozed at %d until %s, and sleeps on after it", s.asleep.Seq, time)
	}
}

// moment reads a time of a log.
func moment(at string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, at)
	return t
}

// endOf returns when the last event of a run was stored.
func endOf(events []history.Event) (end time.Time) {
	for _, e := range events {
		if at := moment(e.At); at.After(end) {
			end = at
		}
	}
	return end
}
