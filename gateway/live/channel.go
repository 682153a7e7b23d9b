package live

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

var rereading = backoff.Policy{Min: 50 * time.Millisecond, Max: 5 * time.Second}

// channel is one chat that this gateway shows, to however many subscribers.
type channel struct {
	id   chat.ID
	hub  *Hub
	uses int // guarded by hub.mu: subscriptions that hold this channel
	// following serializes following and unfollowing the chat's internal events.
	following sync.Mutex
	// ready is closed once the chat is followed, or can't be; then failed was set
	// before, or else from, which is the chat's home.
	ready  chan struct{}
	failed error
	from   *origin
	moves  int // after how many moves the chat came there

	mu          sync.Mutex // guards the fields below
	subscribers map[*subscriber]struct{}
	internal    int // subscribers that see internal events
	// last is the last sequence that went to the subscribers. It is known (warm) once
	// the first of them has caught up.
	last uint64
	warm bool
	// input is the last sequence up to which none of the visitor's events is missing.
	input uint64
	// snap is the newest state seen here: a hint, never a decision.
	snap      bus.Snapshot
	lastInput uint64 // the newest of the visitor's events seen here: a hint, too
	said      uint64 // the newest of an agent's words seen here
	rereading bool
	again     bool       // something was lost while reading
	held      heldEvents // live events that came while reading
	// unanswered holds the messages whose reply the visitor waits for.
	unanswered unanswered
	kept       bool // held for them, see keepWhileAwaited
}

// live takes an event off the feed. before is the sequence of the event before it on
// the same subject: if that one was not seen there is a gap, which is read from the
// stream.
func (c *channel) live(e chat.Event, before uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remember(e)
	switch {
	case c.rereading:
		c.again = c.again || !c.held.add(e)
	case c.warm && (before > c.last || c.misses(e)):
		c.reread()
	case c.warm && e.Seq > c.last && !c.follows(e):
		c.rereading = true
		c.held.add(e) // there is room for the first
		c.hub.running.Go(c.verify)
	default:
		c.deliver(e)
	}
}

// follows reports whether no event of the chat can stand between the last one and
// this one. Between the nodes of a NATS cluster a copy can be lost silently, and the
// copies after it don't show that, since each names only the one before it on its own
// subject. On a single server every loss is reported.
func (c *channel) follows(e chat.Event) bool {
	return e.Seq <= c.last+1 || !c.from.clustered()
}

// verify asks the stream's leader for each held event whether it is the next one
// of the chat, and delivers it, until nothing is held. If one is missing, or the
// leader can't be asked, everything is read from the stream.
func (c *channel) verify() {
	for {
		c.mu.Lock()
		for len(c.held.events) > 0 && c.follows(c.held.events[0]) && !c.again {
			c.deliver(c.held.take())
		}
		if len(c.held.events) == 0 && !c.again {
			c.rereading, c.held = false, heldEvents{}
			c.mu.Unlock()
			return
		}
		gap, after, reader := c.again, c.last, c.reader()
		var first chat.Event
		if !gap {
			first = c.held.events[0]
		}
		c.mu.Unlock()
		if !gap {
			next, err := c.from.conn.NextSeq(c.hub.ctx, c.id, after, reader)
			gap = err != nil || next < first.Seq
		}
		if gap {
			c.hub.metrics.Reread()
			c.readGap()
			return
		}
		c.mu.Lock()
		if !c.again && (c.internal == 0 || reader.SeesInternal()) {
			c.deliver(c.held.take())
		}
		c.mu.Unlock()
	}
}

// deliver hands an event to the subscribers. It must be called with the lock held.
func (c *channel) deliver(e chat.Event) {
	if c.warm && e.Seq <= c.last {
		return
	}
	if c.warm {
		c.last = e.Seq
		if e.Kind.IsInput() {
			c.input = e.Seq
		}
	}
	shared := sharedFrame{hub: c.hub}
	for v := range c.subscribers {
		v.live(e, &shared)
	}
}

// misses reports whether the event deals with a visitor's event that never came: the
// copies on one subject don't show what was lost on another.
func (c *channel) misses(e chat.Event) bool {
	return e.State != nil && max(e.State.AnsweredThrough, e.State.RequestsThrough) > c.input
}

// remember keeps the newest state. It must be called with the lock held.
func (c *channel) remember(e chat.Event) {
	if len(c.unanswered) > 0 {
		c.unanswered.covered(e, time.Now(), c.hub.metrics.Replied)
		c.keepWhileAwaited()
	}
	if e.IsHint() {
		c.lastInput = max(c.lastInput, e.Seq)
	} else if e.Kind == chat.Say {
		c.said = max(c.said, e.Seq)
	}
	if e.State != nil && e.Seq > c.snap.Out {
		c.snap = bus.Snapshot{Out: e.Seq, State: *e.State}
	}
}

// know takes over a state that was read, and what it says of the visitor's events: the
// last one of a chat that was answered is the one that the answer covers.
func (c *channel) know(s bus.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastInput = max(c.lastInput, s.State.AnsweredThrough, s.State.RequestsThrough)
	if s.Out > c.snap.Out || c.snap.Out == 0 {
		c.snap = s
	}
}

// hint returns the newest that was seen here.
func (c *channel) hint() bus.Hint {
	c.mu.Lock()
	defer c.mu.Unlock()
	return bus.Hint{Snapshot: c.snap, Input: c.lastInput}
}

// stored is called when one of the visitor's events is known to be in the stream: it was just
// stored, and the next one may come before its live copy does, or it was read.
func (c *channel) stored(seq uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastInput = max(c.lastInput, seq)
}

// wasSaid is called when words of an agent's were read from the stream or the store.
func (c *channel) wasSaid(seq uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = max(c.said, seq)
}

// lastSaid returns the newest of an agent's words seen here; 0: none were.
func (c *channel) lastSaid() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said
}

// lost is called when live events may have been missed.
func (c *channel) lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rereading {
		c.again = true
		return
	}
	if !c.warm { // each subscriber that has not caught up reads once more
		for v := range c.subscribers {
			v.spoil()
		}
		return
	}
	c.reread()
}

// reread reads from the last delivered sequence on, while live events wait. It must be
// called with the lock held.
func (c *channel) reread() {
	c.rereading = true
	c.hub.metrics.Reread()
	c.hub.running.Go(func() { c.readGap() })
}

// readGap reads and delivers what was missed, for as long as it takes. If that is no
// longer in the stream the subscribers are disconnected.
func (c *channel) readGap() {
	for try := 1; ; try++ {
		c.mu.Lock()
		after, reader, alone := c.last, c.reader(), len(c.subscribers) == 0
		c.again = false
		c.mu.Unlock()
		if alone || c.hub.ctx.Err() != nil {
			break
		}
		tail, err := c.from.conn.TailOf(c.hub.ctx, c.id, after, reader)
		if err == nil && !tail.Whole {
			c.hub.log.Warn().Str("chat", string(c.id)).Uint64("after", after).Msg("missed events were purged from the stream, clients must reconnect")
			break
		}
		if err == nil && c.close(tail.Events, reader) {
			c.verify()
			return
		}
		if err != nil && c.from.conn.Ready() == nil {
			c.hub.log.Warn().Str("chat", string(c.id)).Err(err).Int("try", try).Msg("could not read missed events, trying again")
		}
		if rereading.Wait(c.hub.ctx, try) != nil {
			break
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rereading, c.held = false, heldEvents{}
	for v := range c.subscribers { // they reconnect with since, and read what they need
		v.sock.Close(conn.GoingAway)
	}
}

// close delivers the events that were read; the held ones are still to be verified. It
// returns false if more was lost meanwhile, or if the events were read without internal
// ones that a subscriber sees by now.
func (c *channel) close(events []chat.Event, reader chat.Role) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.internal > 0 && !reader.SeesInternal() {
		c.held = heldEvents{}
		return false
	}
	for _, e := range events {
		c.remember(e)
		c.deliver(e)
	}
	if c.again {
		c.held = heldEvents{}
		return false
	}
	c.input = max(c.input, c.last)
	return true
}

// behind reports whether the stream holds more than was delivered.
func (c *channel) behind(ctx context.Context) bool {
	c.mu.Lock()
	before, warm, reader := c.last, c.warm && !c.rereading, c.reader()
	c.mu.Unlock()
	if !warm {
		return false
	}
	last, err := c.from.conn.LastSeq(ctx, c.id, reader)
	return err == nil && last > before && c.stillAt(before)
}

// stillAt reports whether nothing was delivered after the sequence.
func (c *channel) stillAt(seq uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last == seq && !c.rereading
}

// signal passes a signal on to the subscribers, and answers whether the visitor is here.
func (c *channel) signal(s bus.Signal) {
	if c.passOn(s) && s.What == bus.Who {
		here := bus.Signal{What: bus.Here, From: chat.Speaker{Role: chat.RoleVisitor}}
		if err := c.from.conn.SendSignal(c.id, here); err != nil {
			c.hub.log.Debug().Err(err).Msg("signal not sent")
		}
	}
}

// passOn passes a signal on to the subscribers, and reports whether a visitor is among them.
func (c *channel) passOn(s bus.Signal) (visited bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	shared := sharedSignal{id: c.id}
	for v := range c.subscribers {
		visited = visited || v.agent == nil
		v.signal(s, &shared)
	}
	return visited
}

// add adds a subscriber. Its events are held until it joins.
func (c *channel) add(v *subscriber) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.subscribers[v] = struct{}{}
	if v.reader.SeesInternal() {
		c.internal++
	}
}

// join is called when the subscriber has caught up. It returns false if the
// subscriber has to read once more.
func (c *channel) join(v *subscriber) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !v.join(c.from.clustered()) {
		return false
	}
	if !c.warm {
		c.warm, c.last, c.input = true, v.last, v.last
		// Copies of what this one has read may still be on their way, and go to nobody.
		// Whoever has read less, earlier, needs them: it reads once more.
		for other := range c.subscribers {
			other.spoil()
		}
	}
	return true
}

// remove ends the subscription and reports whether nobody sees internal events anymore.
func (c *channel) remove(v *subscriber) (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.subscribers[v]; ok && v.reader.SeesInternal() {
		c.internal--
	}
	delete(c.subscribers, v)
	if len(c.subscribers) == 0 {
		c.warm = false // the next one to join says where it goes on
	}
	return c.internal == 0
}

// reader is the role that sees all that any subscriber sees; with the lock held.
func (c *channel) reader() chat.Role {
	if c.internal > 0 {
		return chat.RoleAgent
	}
	return chat.RoleVisitor
}

// sendToVisitors sends a frame to every subscriber that is a visitor and was told where
// it begins.
func (c *channel) sendToVisitors(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for v := range c.subscribers {
		if v.agent == nil && v.isWelcomed() {
			v.sock.Send(data)
		}
	}
}
