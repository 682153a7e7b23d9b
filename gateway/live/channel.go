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

// watch is one chat that this gateway shows, to however many subscribers.
type channel struct {
	id   chat.ID
	hub  *Hub
	uses int // guarded by hub.mu: sessions that hold this watch
	// following serializes following and unfollowing the chat's internal events.
	following sync.Mutex
	// ready is closed once the chat is followed; failed is set before if it isn't.
	ready  chan struct{}
	failed error

	mu          sync.Mutex // guards what follows
	subscribers map[*subscriber]struct{}
	internal    int // subscribers that see internal events
	// last is the last sequence that went to the subscribers; it is known (warm) once
	// the first viewer has caught up.
	last uint64
	warm bool
	// input is the last sequence up to which no input of the visitor's is missing.
	input uint64
	// snap is the chat's state as far as it was seen: a hint, never a decision.
	snap      bus.Snapshot
	rereading bool
	again     bool       // something was lost while reading
	held      heldEvents // live events that came while reading
	// unanswered is what the visitor waits for an answer to.
	unanswered unanswered
}

// live takes an event off the feed. before is the event before it on the same
// subject: one that was not seen means a gap, which is read from the stream.
func (w *channel) live(e chat.Event, before uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remember(e)
	switch {
	case w.rereading:
		w.again = w.again || !w.held.add(e)
	case w.warm && (before > w.last || w.misses(e)):
		w.reread()
	case w.warm && e.Seq > w.last && !w.follows(e):
		w.rereading = true
		w.held.add(e) // there is room for the first
		w.hub.running.Go(w.verify)
	default:
		w.deliver(e)
	}
}

// follows reports whether nothing of the chat can stand between the last event
// and this one. Between the nodes of a NATS cluster a copy can be lost and nobody
// is told; then the copies that come do not tell either, as each names only the
// one before it on its own subject. Elsewhere what is lost is heard of.
func (w *channel) follows(e chat.Event) bool {
	return e.Seq <= w.last+1 || !w.hub.clustered()
}

// verify asks the stream's leader for each held event whether it is the next one
// of the chat, and delivers it, until nothing is held. Where one is missing, or
// the leader can't be asked, all is read from the stream.
func (w *channel) verify() {
	for {
		w.mu.Lock()
		for len(w.held.events) > 0 && w.follows(w.held.events[0]) && !w.again {
			w.deliver(w.held.take())
		}
		if len(w.held.events) == 0 && !w.again {
			w.rereading, w.held = false, heldEvents{}
			w.mu.Unlock()
			return
		}
		gap, after, reader := w.again, w.last, w.reader()
		var first chat.Event
		if !gap {
			first = w.held.events[0]
		}
		w.mu.Unlock()
		if !gap {
			next, err := w.hub.conn.NextSeq(w.hub.ctx, w.id, after, reader)
			gap = err != nil || next < first.Seq
		}
		if gap {
			w.hub.metrics.Reread()
			w.readGap()
			return
		}
		w.mu.Lock()
		if !w.again && (w.internal == 0 || reader.SeesInternal()) {
			w.deliver(w.held.take())
		}
		w.mu.Unlock()
	}
}

// deliver must be called with the lock held.
func (w *channel) deliver(e chat.Event) {
	if w.warm && e.Seq <= w.last {
		return
	}
	if w.warm {
		w.last = e.Seq
		if e.Kind == chat.Message || e.Kind == chat.Request {
			w.input = e.Seq
		}
	}
	shared := sharedFrame{hub: w.hub}
	for v := range w.subscribers {
		v.live(e, &shared)
	}
}

// misses reports whether the event deals with an input that was never heard: the
// copies on one subject do not tell what was lost on another.
func (w *channel) misses(e chat.Event) bool {
	return e.State != nil && max(e.State.AnsweredThrough, e.State.RequestsThrough) > w.input
}

// remember keeps the newest state; with the lock held.
func (w *channel) remember(e chat.Event) {
	if len(w.unanswered) > 0 {
		w.unanswered.covered(e, time.Now(), w.hub.metrics.Replied)
	}
	if e.State != nil && e.Seq > w.snap.Out {
		w.snap = bus.Snapshot{Out: e.Seq, State: *e.State}
	}
}

// know learns the state from a read.
func (w *channel) know(s bus.Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.Out > w.snap.Out || w.snap.Out == 0 {
		w.snap = s
	}
}

// hint returns the state as far as it was seen.
func (w *channel) hint() bus.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.snap
}

// lost is called when live events may have been missed.
func (w *channel) lost() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rereading {
		w.again = true
		return
	}
	if !w.warm { // who has not caught up reads once more, each of them
		for v := range w.subscribers {
			v.spoil()
		}
		return
	}
	w.reread()
}

// reread reads from the last sequence that was delivered; with the lock held.
// Live events wait meanwhile.
func (w *channel) reread() {
	w.rereading = true
	w.hub.metrics.Reread()
	w.hub.running.Go(func() { w.readGap() })
}

func (w *channel) readGap() {
	for try := 1; ; try++ {
		w.mu.Lock()
		after, reader, alone := w.last, w.reader(), len(w.subscribers) == 0
		w.again = false
		w.mu.Unlock()
		if alone || w.hub.ctx.Err() != nil {
			break
		}
		tail, err := w.hub.conn.TailOf(w.hub.ctx, w.id, after, reader)
		if err == nil && !tail.Whole {
			w.hub.log.Warn().Str("chat", string(w.id)).Uint64("after", after).Msg("the gap was purged from the stream, subscribers come back")
			break
		}
		if err == nil && w.close(tail.Events, reader) {
			w.verify()
			return
		}
		if err != nil && w.hub.conn.Ready() == nil {
			w.hub.log.Warn().Str("chat", string(w.id)).Err(err).Int("try", try).Msg("can't read what was missed, trying again")
		}
		if rereading.Wait(w.hub.ctx, try) != nil {
			break
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rereading, w.held = false, heldEvents{}
	for v := range w.subscribers { // they come back with since, and read what they need
		v.sock.Close(conn.GoingAway)
	}
}

// close delivers what was read; what is held is still to be verified. It returns
// false if more was lost meanwhile, or if it was read without internal events that
// somebody sees by now.
func (w *channel) close(events []chat.Event, reader chat.Role) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.internal > 0 && !reader.SeesInternal() {
		w.held = heldEvents{}
		return false
	}
	for _, e := range events {
		w.remember(e)
		w.deliver(e)
	}
	if w.again {
		w.held = heldEvents{}
		return false
	}
	w.input = max(w.input, w.last)
	return true
}

// behind reports whether the stream holds more than was delivered.
func (w *channel) behind(ctx context.Context) bool {
	w.mu.Lock()
	before, warm, reader := w.last, w.warm && !w.rereading, w.reader()
	w.mu.Unlock()
	if !warm {
		return false
	}
	last, err := w.hub.conn.LastSeq(ctx, w.id, reader)
	return err == nil && last > before && w.stillAt(before)
}

func (w *channel) stillAt(seq uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last == seq && !w.rereading
}

func (w *channel) signal(s bus.Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for v := range w.subscribers {
		v.signal(w.id, s)
	}
}

// add makes the viewer hear the chat; its events are held until it joins.
func (w *channel) add(v *subscriber) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.subscribers[v] = struct{}{}
	if v.reader.SeesInternal() {
		w.internal++
	}
}

// join is called when the viewer has caught up. It returns false where the
// viewer has to read once more.
func (w *channel) join(v *subscriber) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !v.join(w.hub.clustered()) {
		return false
	}
	if !w.warm {
		w.warm, w.last, w.input = true, v.last, v.last
	}
	return true
}

// remove ends the subscription and reports whether nobody sees internal events anymore.
func (w *channel) remove(v *subscriber) (last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.subscribers[v]; ok && v.reader.SeesInternal() {
		w.internal--
	}
	delete(w.subscribers, v)
	return w.internal == 0
}

// reader is the role that sees all that any subscriber sees; with the lock held.
func (w *channel) reader() chat.Role {
	if w.internal > 0 {
		return chat.RoleAgent
	}
	return chat.RoleVisitor
}

// sendToVisitors sends a frame to every visitor who looks at the chat.
func (w *channel) sendToVisitors(data []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for v := range w.subscribers {
		if v.agent == nil {
			v.sock.Send(data)
		}
	}
}
