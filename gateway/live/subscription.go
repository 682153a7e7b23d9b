package live

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// Subscription is one subscriber's place in a channel that it holds.
type Subscription struct {
	hub     *Hub
	channel *channel
	reading *Reading
	*subscriber
}

// StartPosition is where a subscriber begins: what to tell it, and the events to
// show first.
type StartPosition struct {
	Last     uint64       // the last sequence of the chat that the subscriber may see
	Snapshot bus.Snapshot // the chat's state

	events []chat.Event
	more   bool   // there are more than fit into memory at once
	prev   uint64 // the sequence before the first of events
	cut    bool   // there is more before, which the subscriber may not see
}

// Earlier reports whether there are events before those that are shown first.
func (p StartPosition) Earlier() bool { return p.prev > 0 }

// Card returns the chat's card if the events that are shown first tell it: they have a change
// of it, or are all that there is. It is nil if they don't.
func (p StartPosition) Card() *chat.Card {
	if p.more {
		return nil // later ones may change it
	}
	for _, e := range slices.Backward(p.events) {
		if card := e.Card(); card != nil {
			return card
		}
	}
	if p.prev == 0 && len(p.events) > 0 && !p.cut {
		return &chat.Card{}
	}
	return nil
}

// Empty reports whether the chat holds no event.
func (p StartPosition) Empty() bool { return len(p.events) == 0 && p.prev == 0 }

// Called returns the name that the visitor gave in the chat, or "".
func (p StartPosition) Called() string {
	if s := p.Snapshot.State; s.Named {
		return s.Visitor
	}
	return ""
}

// Visitor returns the visitor's name: the one that was given in the chat, else the last that
// the events have.
func (p StartPosition) Visitor() string {
	if given := p.Called(); given != "" {
		return given
	}
	for _, e := range slices.Backward(p.events) {
		if e.From.Role == chat.RoleVisitor {
			return e.From.Name
		}
	}
	return p.Snapshot.State.Visitor
}

// Subscribe starts to follow the chat and finds where the subscriber begins. since is
// the last sequence that the client has, or 0; reading has the slot, and may give it back
// and take it again; agent is nil for a visitor; fresh says
// that the chat has no events yet. The caller sends the client what is in the start
// position with Welcome and then calls Join; Leave ends the subscription.
func (h *Hub) Subscribe(ctx context.Context, id chat.ID, sock *conn.Socket, reading *Reading, agent *chat.Agent, since uint64, fresh bool) (*Subscription, StartPosition, error) {
	c, err := h.hold(ctx, id)
	if err != nil {
		return nil, StartPosition{}, err
	}
	v := &Subscription{hub: h, channel: c, reading: reading, subscriber: &subscriber{sock: sock, agent: agent, reader: chat.RoleVisitor}}
	if agent != nil {
		v.reader = chat.RoleAgent
	}
	if err := h.show(ctx, c, v.subscriber); err != nil {
		h.release(c)
		return nil, StartPosition{}, err
	}
	p, err := h.start(ctx, c, reading, since, v.reader, fresh)
	if err != nil {
		v.Leave()
		return nil, StartPosition{}, err
	}
	v.last = p.prev
	return v, p, nil
}

// Hint returns the newest state of the chat seen here, and the newest of the visitor's
// events: never base a decision on it.
func (v *Subscription) Hint() bus.Hint { return v.channel.hint() }

// Said returns the newest of an agent's words in the chat seen here; 0: none were.
func (v *Subscription) Said() uint64 { return v.channel.lastSaid() }

// Stored says that the stream has stored an event of the visitor's.
func (v *Subscription) Stored(seq uint64) { v.channel.stored(seq) }

// AwaitReply measures how long the visitor's message, stored at that time, waits for
// its reply. answered, if not nil, is called once: with the reply, when the bot no longer
// speaks in the chat, or after two minutes, also if the visitor has left. It must be
// quick.
func (v *Subscription) AwaitReply(seq uint64, at time.Time, answered func()) {
	v.channel.asked(seq, at, answered)
}

// Leave ends the subscription.
func (v *Subscription) Leave() {
	v.hub.hide(v.channel, v.subscriber)
	if v.hub.release(v.channel) {
		v.channel.abandon()
	}
}

// Welcome sends the frame that tells the client of its start position. It may block like
// conn.Socket.SendPatiently. No other frame of the chat comes before it.
func (v *Subscription) Welcome(frame []byte) { v.welcome(frame) }

// Join shows the events of the start position and then the live ones, without a gap.
// It tries for as long as the context lasts; the client's other frames wait meanwhile.
// If it fails it has left, and the client is disconnected to come back with since: it
// knows its place in the chat by now, and would wait in vain for what follows.
func (v *Subscription) Join(ctx context.Context, p StartPosition) error {
	err := v.catchUpAndJoin(ctx, p)
	if err != nil {
		v.Leave()
		v.sock.Close(conn.GoingAway)
	}
	return err
}

func (v *Subscription) catchUpAndJoin(ctx context.Context, p StartPosition) error {
	v.catchUp(p.events)
	p.events = nil
	after := uint64(0)
	for try := 1; p.more || !v.channel.join(v.subscriber); {
		if v.sock.Leaving() {
			return conn.ErrLeft
		}
		v.mu.Lock()
		after = max(after, v.last)
		v.mu.Unlock()
		tail, err := v.channel.from.conn.TailPart(ctx, v.channel.id, after, v.reader)
		if errors.Is(err, bus.ErrUnavailable) && rereading.Wait(ctx, try) == nil {
			// Read in any case: join gave up the held events.
			p.more, try = true, try+1
			continue
		}
		if err != nil {
			return err
		}
		v.reading.read(tail.Events)
		p.more, try = tail.More, 1
		if !tail.Whole {
			return fmt.Errorf("%w: missed events are no longer in the stream", bus.ErrUnavailable)
		}
		v.catchUp(tail.Events)
		if n := len(tail.Events); n > 0 {
			after = tail.Events[n-1].Seq // perhaps not seen by this subscriber
		}
	}
	return nil
}

// start finds where a subscriber with that role begins.
func (h *Hub) start(ctx context.Context, c *channel, r *Reading, since uint64, reader chat.Role, fresh bool) (StartPosition, error) {
	if fresh { // nothing is read, after which the chat would be known to be followed
		return StartPosition{}, c.from.feed.Followed(ctx)
	}
	if err := r.Begin(ctx); err != nil {
		return StartPosition{}, err
	}
	end, err := c.from.conn.LastEvent(ctx, c.id, reader)
	if err != nil {
		return StartPosition{}, err
	}
	if end.Seq == 0 && since == 0 {
		// A chat without events, if none of it was purged: the usual one of a visitor who
		// has not written yet.
		if whole, err := c.from.conn.NeverPurged(ctx, c.id); err != nil || whole {
			return StartPosition{}, err
		}
	}
	if end.IsHint() {
		c.stored(end.Seq)
	}
	p := StartPosition{Snapshot: bus.Snapshot{Out: end.Seq}}
	if end.State != nil {
		p.Snapshot.State = *end.State
	} else if p.Snapshot, err = c.from.conn.Last(ctx, c.id); err != nil {
		return StartPosition{}, err
	}
	if to := p.Snapshot.State.Moved; to != "" {
		return StartPosition{}, bus.Moving(c.id, to) // and this gateway has not heard where it goes on
	}
	if since > 0 && since == end.Seq {
		// The usual client that comes back: it has the last event, and since the stream
		// still has that one, nothing after it was purged.
		p.prev = since
		return c.settle(p, reader), nil
	}
	if since > 0 {
		last, err := h.lastSince(ctx, c, r, end.Seq, since, reader)
		if err != nil {
			return StartPosition{}, err
		}
		tail, err := bus.AtLeast(ctx, c.id, last, func() (bus.Tail, uint64, error) {
			if err := r.Begin(ctx); err != nil {
				return bus.Tail{}, 0, err
			}
			tail, err := c.from.conn.TailPart(ctx, c.id, since, reader)
			r.read(tail.Events)
			end := through(tail, since)
			if end < last {
				r.End() // to wait
			}
			return tail, end, err
		})
		if err != nil {
			return StartPosition{}, err
		}
		if err := r.Begin(ctx); err != nil {
			return StartPosition{}, err
		}
		// A since beyond the end belongs to another log: begin as without one.
		if tail.Whole && since <= last {
			p.events, p.more, p.prev = tail.Events, tail.More, since
			p = c.settle(p, reader)
			if p.more {
				p.Last = max(p.Last, last)
			}
			return p, nil
		}
	}
	if p.events, p.prev, err = h.lastEvents(ctx, c, r, since, reader); err != nil {
		return StartPosition{}, err
	}
	return c.settle(p, reader), nil
}

// through is how far a tail goes that was read after since.
func through(tail bus.Tail, since uint64) uint64 {
	switch n := len(tail.Events); {
	case !tail.Whole || tail.More: // what is missing is read elsewhere, or later
		return math.MaxUint64
	case n > 0:
		return tail.Events[n-1].Seq
	default:
		return since
	}
}

// maxStale is how many messages a stream can have taken, at most, that a stale leader
// does not know of: a stale leader is one for about a second.
const maxStale = 100_000

// lastSince returns the chat's last sequence, which was just read as last. It is below
// since if that is of another log, which shows once no stale leader can be why: that is
// waited for without a slot, since anybody may send such a since.
func (h *Hub) lastSince(ctx context.Context, c *channel, r *Reading, last, since uint64, reader chat.Role) (uint64, error) {
	if last >= since || !c.from.clustered() { // or it is the only server there is
		return last, nil
	}
	end, err := c.from.conn.StreamEnd(ctx, c.id)
	if err != nil || since > end+maxStale {
		return last, err
	}
	last, err = bus.AtLeast(ctx, c.id, since, func() (uint64, uint64, error) {
		if err := r.Begin(ctx); err != nil {
			return 0, 0, err
		}
		defer r.End()
		last, err := c.from.conn.LastSeq(ctx, c.id, reader)
		return last, last, err
	})
	if errors.Is(err, bus.ErrStale) {
		return last, nil
	}
	return last, err
}

// settle completes a start position from its events, and leaves out of these what the
// reader may not see.
func (c *channel) settle(p StartPosition, reader chat.Role) StartPosition {
	p.Last = p.prev
	for _, e := range p.events {
		if e.Kind.VisibleTo(reader) {
			p.Last = e.Seq
		}
		if e.IsHint() {
			c.stored(e.Seq)
		} else if e.Kind == chat.Say {
			c.wasSaid(e.Seq)
		}
		if e.State != nil && e.Seq > p.Snapshot.Out {
			p.Snapshot = bus.Snapshot{Out: e.Seq, State: *e.State}
		}
	}
	p.events = slices.DeleteFunc(p.events, func(e chat.Event) bool { return !e.Kind.VisibleTo(reader) })
	c.know(p.Snapshot)
	return p
}

// lastEvents returns all events after since if the store has that one, and the last
// events otherwise. If the history service is down and nothing was purged from the
// stream, the stream alone serves.
func (h *Hub) lastEvents(ctx context.Context, c *channel, r *Reading, since uint64, reader chat.Role) ([]chat.Event, uint64, error) {
	page, err := roles.AskPage(ctx, c.from.conn, reader, roles.PageRequest{Chat: c.id, Limit: frame.FirstPage})
	r.read(page.Events)
	if err == nil && since > 0 {
		return h.backTo(ctx, c, r, since, reader, page)
	}
	if err == nil || !errors.Is(err, bus.ErrUnavailable) {
		return page.Events, page.Prev, err
	}
	tail, tailErr := c.from.conn.TailPart(ctx, c.id, 0, reader)
	r.read(tail.Events)
	if tailErr != nil || !tail.Whole || tail.More {
		return nil, 0, err
	}
	return lastOf(tail.Events, since)
}

// lastOf returns the events after since if that is one of them, and the last ones
// otherwise, with the sequence before the first.
func lastOf(events []chat.Event, since uint64) ([]chat.Event, uint64, error) {
	for i, e := range events {
		if e.Seq == since {
			return events[i+1:], since, nil
		}
	}
	if n := len(events); n > frame.FirstPage {
		return events[n-frame.FirstPage:], events[n-frame.FirstPage-1].Seq, nil
	}
	return events, 0, nil
}

// maxResume bounds how many events a returning client is sent at once; one that
// is further behind starts with the last page, as if it came without since.
const maxResume = 5000

// backTo extends a page backward until it reaches since. If since is no event of this
// chat it returns the last page alone.
func (h *Hub) backTo(ctx context.Context, c *channel, r *Reading, since uint64, reader chat.Role, last roles.PageReply) ([]chat.Event, uint64, error) {
	events, prev := last.Events, last.Prev
	for prev > since && len(events) < maxResume {
		page, err := roles.AskPage(ctx, c.from.conn, reader, roles.PageRequest{Chat: c.id, Before: prev + 1, Limit: 200})
		if err != nil {
			return nil, 0, err
		}
		r.read(page.Events)
		if len(page.Events) == 0 {
			break
		}
		events, prev = append(page.Events, events...), page.Prev
	}
	for i, e := range events {
		if e.Seq == since {
			return events[i+1:], since, nil
		}
	}
	if prev == since {
		return events, prev, nil
	}
	return last.Events, last.Prev, nil
}
