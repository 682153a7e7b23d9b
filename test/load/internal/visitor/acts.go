package visitor

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
)

// Send writes a message, which is sent and resent until it is acknowledged or refused for
// good. The word "escalate" requests a person.
func (v *Visitor) Send(text string) { v.say(said{what: "message", text: text}) }

// Press presses one of the choices that a reply offered last, also if that was long ago, and
// reports whether there are any: its label is written, with its id.
func (v *Visitor) Press(which int) bool {
	v.mu.Lock()
	offered := v.offered
	v.mu.Unlock()
	if len(offered) == 0 {
		return false
	}
	one := offered[which%len(offered)]
	v.say(said{what: "message", text: one.Label, choice: one.ID})
	return true
}

// Ask makes a request: escalate, cancel or close.
func (v *Visitor) Ask(what string) { v.say(said{what: what}) }

// Rate rates the chat; the text may be empty.
func (v *Visitor) Rate(score int, text string) {
	v.say(said{what: "rate", score: score, text: text})
}

// LeaveEmail leaves an address.
func (v *Visitor) LeaveEmail(address string) { v.say(said{what: "leave_email", email: address}) }

// GiveName says what to call the visitor.
func (v *Visitor) GiveName(name string) { v.say(said{what: "name", called: name}) }

func (v *Visitor) say(s said) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.made++
	s.id, s.at = fmt.Sprintf("%s%d", v.o.Tab+"m", v.made), time.Now()
	v.pending = append(v.pending, &s)
	v.counts.Sent++
	s.own = v.ending != stays || !v.endedAt.IsZero() && v.away.Own || s.at.Before(v.slowUntil)
	v.change()
}

// Page requests older events, unless a page is pending.
func (v *Visitor) Page() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wantPage(0)
	v.change()
}

// PageOnAck requests a page as soon as the next acknowledgment comes.
func (v *Visitor) PageOnAck() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pageNext = true
}

// wantPage requests a page; with the lock held.
func (v *Visitor) wantPage(before uint64) {
	if v.page != nil {
		return
	}
	v.made++
	v.page = &paging{id: fmt.Sprintf("%sp%d", v.o.Tab, v.made), before: before, limit: 1 + v.o.Rand.IntN(40)}
}

// Drop ends the TCP connection without a close frame, right after the pending frames
// were written: their answers are not read. Half of the time the frames on the way are
// lost, too. The client then reconnects, to the next gateway.
func (v *Visitor) Drop() { v.end(0, drops, resets) }

// Vanish drops the connection as Drop does, or freezes with an open socket as a laptop
// does, and comes back after the time.
func (v *Visitor) Vanish(d time.Duration) { v.end(d, drops, resets, freezes, freezes) }

// Switch ends the connection with a close frame and goes to the next gateway.
func (v *Visitor) Switch() { v.end(0, closes) }

// end ends the present connection in one of the ways. Without a connection it only
// sets when the client comes back.
func (v *Visitor) end(d time.Duration, ways ...ending) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.until = time.Now().Add(d)
	if v.open && v.ending == stays {
		v.ending = ways[v.o.Rand.IntN(len(ways))]
		v.deaf = true
		v.away.Meant += d
		v.ownDoing()
	}
	v.change()
}

// ReadSlowly stops reading for the time, while the client provokes more answers than the
// server's queue holds (with frames of an unknown kind, which are not recorded). The
// server then closes the connection, with 1013 if the client reads on within ten seconds.
func (v *Visitor) ReadSlowly(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.slowUntil = time.Now().Add(d)
	v.write(history.Entry{Op: history.Slow, For: d})
	v.ownDoing()
	v.change()
}

// Leave makes Run close the connection and return: the client has seen what it waits for.
func (v *Visitor) Leave() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.leaving = true
	v.change()
}

// Seen is what a condition may ask. It holds only inside of Await.
type Seen struct{ v *Visitor }

// Welcomed reports whether the client was ever let in.
func (s Seen) Welcomed() bool { return s.v.chat != "" }

// CaughtUp reports whether the client is connected and has seen everything that the
// welcome announced.
func (s Seen) CaughtUp() bool { return s.v.caughtUp && !s.v.deaf }

// Acked reports whether all that was sent is acknowledged, or refused for good.
func (s Seen) Acked() bool { return len(s.v.pending) == 0 }

// Answered reports whether everything is acknowledged, and the last event that carries
// the chat's state covers this client's last message: a reply, or a change that took the
// chat from the bot.
func (s Seen) Answered() bool { return s.Acked() && s.v.through >= s.v.mine }

// Covered reports whether the chat's state covers this client's last acknowledged message,
// whatever is not acknowledged.
func (s Seen) Covered() bool { return s.v.through >= s.v.mine }

// Status is the chat's status in the last event: bot, waiting, live or closed.
func (s Seen) Status() string { return s.v.status }

// Agent is the name of the agent who has the chat; empty unless it is live.
func (s Seen) Agent() string { return s.v.agent }

// States is the number of changes of the chat's status that were seen.
func (s Seen) States() int { return s.v.states }

// Last is the last event that was seen.
func (s Seen) Last() uint64 { return s.v.last }

// Paging reports whether a page is pending.
func (s Seen) Paging() bool { return s.v.page != nil }

// Connections is the number of connections so far.
func (s Seen) Connections() int { return s.v.counts.Connections }

// Closed is the number of connections that ended with that close code.
func (s Seen) Closed(code int) int { return s.v.counts.Closes[code] }

// Await waits until the condition holds for what the client knows. The condition must
// not call the client's methods. The error wraps ErrEnded if the client no longer runs.
func (v *Visitor) Await(ctx context.Context, what string, holds func(Seen) bool) error {
	for {
		v.mu.Lock()
		ok, over, fault, changed := holds(Seen{v}), v.over, v.fault, v.changed
		v.mu.Unlock()
		switch {
		case ok:
			return nil
		case fault != nil:
			return fmt.Errorf("%s waits for %s: %w: %w", v.o.Name, what, ErrEnded, fault)
		case over:
			return fmt.Errorf("%s waits for %s: %w", v.o.Name, what, ErrEnded)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s waits for %s: %w", v.o.Name, what, ctx.Err())
		}
	}
}

// Look calls the function with what the client knows now.
func (v *Visitor) Look(at func(Seen)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	at(Seen{v})
}

// Token returns the visitor's present token.
func (v *Visitor) Token() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.token
}

// Chat returns the chat's id; empty before the first welcome.
func (v *Visitor) Chat() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.chat
}

// Counts returns what happened so far.
func (v *Visitor) Counts() tally.Counts {
	v.mu.Lock()
	defer v.mu.Unlock()
	c := v.counts.Clone()
	if v.status != "waiting" && v.status != "live" {
		c.Unanswered = len(v.awaiting)
	}
	return c
}

// Samples returns what was measured so far.
func (v *Visitor) Samples() tally.Samples {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.samples.Clone()
}
