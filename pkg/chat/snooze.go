package chat

import (
	"strconv"
	"time"
)

// Snooze is set in a live chat whose agent lets it rest, and for a while after it woke up. Such
// a chat is still its agent's, and nothing about it changes for the visitor.
type Snooze struct {
	// Through is the last event that was there when the chat was snoozed: whatever the visitor
	// writes after it wakes the chat. It is 0 once the chat is awake.
	Through uint64 `json:"snoozed,omitempty"`
	// Until is when the chat wakes; zero: when the visitor writes, and not before.
	Until time.Time `json:"snoozed_until,omitzero"`
	// WokeAt is when the chat woke up; zero while it sleeps.
	WokeAt time.Time `json:"woke,omitzero"`
	// Owes says that the visitor waits for words of the agent: since before the chat was
	// snoozed, or it woke since they wrote. Otherwise nothing is owed before they write.
	Owes bool `json:"owes,omitempty"`
}

// Asleep reports whether the chat is snoozed: live, with an agent who need not be there, and
// who has room for another chat in its place.
func (s State) Asleep() bool { return s.Snooze != nil && s.Snooze.Through != 0 }

// Woke returns when the chat woke up that was snoozed, until an agent says something in it or
// it goes to somebody; zero otherwise. owes reports whether the visitor waits for an answer.
func (s State) Woke() (at time.Time, owes bool) {
	if s.Snooze == nil || s.Asleep() {
		return time.Time{}, false
	}
	return s.Snooze.WokeAt, s.Snooze.Owes
}

// mayBeSnoozed refuses a step that snoozes a chat and can't.
func (s State) mayBeSnoozed(step Step) error {
	if step.Seen == 0 || !step.Until.IsZero() && !step.Until.After(step.At) {
		return ErrStep
	}
	return s.heldBy(step.By)
}

// mayWake refuses a step that wakes a chat and can't.
func (s State) mayWake(step Step) error {
	if err := s.heldBy(step.By); err != nil {
		return err
	}
	if !s.Asleep() {
		return ErrUnchanged
	}
	return nil
}

// fallAsleep has the chat wait until something wakes it.
func (s *State) fallAsleep(step Step) {
	s.Snooze = &Snooze{Through: step.Seen, Owes: step.Owes}
	if !step.Until.IsZero() {
		s.Until = step.Until.UTC()
	}
}

// wake ends the sleep of a chat that was in the state before. Its agent has it since now.
func (s *State) wake(before State, step Step) {
	s.Since = step.At.UTC()
	s.Snooze = &Snooze{WokeAt: step.At.UTC(), Owes: before.Snooze.Owes || step.Owes}
}

// spoken notes that the agent said something: nothing is owed, and that the chat woke up is no
// news any more.
func (s *State) spoken() {
	switch {
	case s.Snooze == nil:
	case !s.Asleep():
		s.Snooze = nil
	case s.Owes:
		s.Snooze = &Snooze{Through: s.Snooze.Through, Until: s.Until}
	}
}

// appendMembers appends it as members of a JSON object that has members before them, or returns
// false if a time is outside of what JSON can express.
func (z *Snooze) appendMembers(b []byte) (_ []byte, ok bool) {
	ok = true
	if z.Through != 0 {
		b = strconv.AppendUint(append(b, `,"snoozed":`...), z.Through, 10)
	}
	if !z.Until.IsZero() {
		b, ok = appendTime(append(b, `,"snoozed_until":`...), z.Until)
	}
	if !z.WokeAt.IsZero() {
		var fine bool
		b, fine = appendTime(append(b, `,"woke":`...), z.WokeAt)
		ok = ok && fine
	}
	if z.Owes {
		b = append(b, `,"owes":true`...)
	}
	return b, ok
}

// snooze returns Snooze, to be filled in.
func (s *State) snooze() *Snooze {
	if s.Snooze == nil {
		s.Snooze = new(Snooze)
	}
	return s.Snooze
}
