package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

var rereading = backoff.Policy{Min: 50 * time.Millisecond, Max: 5 * time.Second}

// watch is one chat that this gateway shows, to however many viewers.
type watch struct {
	id   chat.ID
	hub  *hub
	uses int // guarded by hub.mu: sessions that hold this watch
	// notes serialises following and unfollowing the chat's notes.
	notes sync.Mutex
	// ready is closed once the chat is followed; failed is set before if it isn't.
	ready  chan struct{}
	failed error

	mu      sync.Mutex // guards what follows
	viewers map[*viewer]struct{}
	noted   int // viewers that see notes
	// last is the last sequence that went to the viewers; it is known (warm) once
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
func (w *watch) live(e chat.Event, before uint64) {
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
func (w *watch) follows(e chat.Event) bool {
	return e.Seq <= w.last+1 || !w.hub.routed()
}

// verify asks the stream's leader for each held event whether it is the next one
// of the chat, and delivers it, until nothing is held. Where one is missing, or
// the leader can't be asked, all is read from the stream.
func (w *watch) verify() {
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
		gap, after, notes := w.again, w.last, w.noted > 0
		var first chat.Event
		if !gap {
			first = w.held.events[0]
		}
		w.mu.Unlock()
		if !gap {
			next, err := w.hub.conn.NextSeq(w.hub.ctx, w.id, after, notes)
			gap = err != nil || next < first.Seq
		}
		if gap {
			w.hub.metrics.rereads.Inc()
			w.readGap()
			return
		}
		w.mu.Lock()
		if !w.again && (notes || w.noted == 0) {
			w.deliver(w.held.take())
		}
		w.mu.Unlock()
	}
}

// deliver must be called with the lock held.
func (w *watch) deliver(e chat.Event) {
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
	for v := range w.viewers {
		v.live(e, &shared)
	}
}

// misses reports whether the event deals with an input that was never heard: the
// copies on one subject do not tell what was lost on another.
func (w *watch) misses(e chat.Event) bool {
	return e.State != nil && max(e.State.AnsweredThrough, e.State.RequestsThrough) > w.input
}

// remember keeps the newest state; with the lock held.
func (w *watch) remember(e chat.Event) {
	if len(w.unanswered) > 0 {
		w.unanswered.covered(e, time.Now(), w.hub.metrics.replied)
	}
	if e.State != nil && e.Seq > w.snap.Out {
		w.snap = bus.Snapshot{Out: e.Seq, State: *e.State}
	}
}

// know learns the state from a read.
func (w *watch) know(s bus.Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s.Out > w.snap.Out || w.snap.Out == 0 {
		w.snap = s
	}
}

// hint returns the state as far as it was seen.
func (w *watch) hint() bus.Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.snap
}

// lost is called when live events may have been missed.
func (w *watch) lost() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rereading {
		w.again = true
		return
	}
	if !w.warm { // who has not caught up reads once more, each of them
		for v := range w.viewers {
			v.spoil()
		}
		return
	}
	w.reread()
}

// reread reads from the last sequence that was delivered; with the lock held.
// Live events wait meanwhile.
func (w *watch) reread() {
	w.rereading = true
	w.hub.metrics.rereads.Inc()
	w.hub.running.Go(func() { w.readGap() })
}

func (w *watch) readGap() {
	for try := 1; ; try++ {
		w.mu.Lock()
		after, notes, alone := w.last, w.noted > 0, len(w.viewers) == 0
		w.again = false
		w.mu.Unlock()
		if alone || w.hub.ctx.Err() != nil {
			break
		}
		tail, err := w.hub.conn.TailOf(w.hub.ctx, w.id, after, notes)
		if err == nil && !tail.Whole {
			w.hub.log.Warn().Str("chat", string(w.id)).Uint64("after", after).Msg("the gap was purged from the stream, viewers come back")
			break
		}
		if err == nil && w.close(tail.Events, notes) {
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
	for v := range w.viewers { // they come back with since, and read what they need
		v.sock.close(closeGoingAway, "reconnect with since")
	}
}

// close delivers what was read; what is held is still to be verified. It returns
// false where more was lost meanwhile, or where it was read without the notes that
// somebody sees by now.
func (w *watch) close(events []chat.Event, notes bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.noted > 0 && !notes {
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
func (w *watch) behind(ctx context.Context) bool {
	w.mu.Lock()
	before, warm, notes := w.last, w.warm && !w.rereading, w.noted > 0
	w.mu.Unlock()
	if !warm {
		return false
	}
	last, err := w.hub.conn.LastSeq(ctx, w.id, notes)
	return err == nil && last > before && w.stillAt(before)
}

func (w *watch) stillAt(seq uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last == seq && !w.rereading
}

func (w *watch) signal(s bus.Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for v := range w.viewers {
		v.signal(w.id, s)
	}
}

// add makes the viewer hear the chat; its events are held until it joins.
func (w *watch) add(v *viewer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.viewers[v] = struct{}{}
	if v.notes {
		w.noted++
	}
}

// join is called when the viewer has caught up. It returns false where the
// viewer has to read once more.
func (w *watch) join(v *viewer) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !v.join(w.hub.routed()) {
		return false
	}
	if !w.warm {
		w.warm, w.last, w.input = true, v.last, v.last
	}
	return true
}

// remove ends the viewer's view and reports whether nobody sees notes any more.
func (w *watch) remove(v *viewer) (noNotes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.viewers[v]; ok && v.notes {
		w.noted--
	}
	delete(w.viewers, v)
	return w.noted == 0
}

// visitors calls f with the socket of every visitor who looks at the chat.
func (w *watch) visitors(f func(*socket)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for v := range w.viewers {
		if v.agent == nil {
			f(v.sock)
		}
	}
}
