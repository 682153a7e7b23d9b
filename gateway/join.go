package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// A leader of a stream that was deposed notices within a second.
var (
	deposed     = backoff.Policy{Min: 50 * time.Millisecond, Max: 250 * time.Millisecond}
	deposedTime = 1500 * time.Millisecond
)

// firstPage is how many events a viewer sees who comes without since.
const firstPage = 50

// view is a viewer on a held watch.
type view struct {
	hub   *hub
	watch *watch
	*viewer
}

// place is where a viewer begins: what to tell it, and the events to show first.
type place struct {
	events []chat.Event
	more   bool   // there are more than fit into memory at once
	prev   uint64 // the sequence before the first of events
	last   uint64 // the last sequence of the chat that the viewer may see
	snap   bus.Snapshot
}

// look starts to follow the chat and finds the viewer's place in it. since is
// the last sequence that the viewer has, or 0. fresh says that the chat has no
// events yet. The caller tells the viewer its place and then calls enter; leave
// ends what look began. Where enter fails it has left.
func (h *hub) look(ctx context.Context, id chat.ID, sock *socket, agent *chat.Agent, since uint64, fresh bool) (*view, place, error) {
	w, err := h.hold(ctx, id)
	if err != nil {
		return nil, place{}, err
	}
	v := &view{hub: h, watch: w, viewer: &viewer{sock: sock, agent: agent, notes: agent != nil}}
	if err := h.show(ctx, w, v.viewer); err != nil {
		h.release(w)
		return nil, place{}, err
	}
	p, err := h.place(ctx, w, since, v.notes, fresh)
	if err != nil {
		v.leave()
		return nil, place{}, err
	}
	v.last = p.prev
	return v, p, nil
}

// leave ends the view.
func (v *view) leave() {
	v.hub.hide(v.watch, v.viewer)
	v.hub.release(v.watch)
}

// errLeft ends what is done for a client that is gone.
var errLeft = fmt.Errorf("the client has left: %w", context.Canceled)

// enter shows the events of the place and then the live ones, without a gap. It
// tries for as long as the context lasts; the client's other frames wait meanwhile.
// Where it can't, the client is told to connect anew, with all the chats it looks
// at: it knows its place in this one by now, and would wait for what follows.
func (v *view) enter(ctx context.Context, p place) error {
	err := v.catchUpAndJoin(ctx, p)
	if err != nil {
		v.leave()
		v.sock.close(closeGoingAway, "reconnect with since")
	}
	return err
}

func (v *view) catchUpAndJoin(ctx context.Context, p place) error {
	v.catchUp(p.events)
	p.events = nil
	for try := 1; p.more || !v.watch.join(v.viewer); {
		if v.sock.leaving() {
			return errLeft
		}
		v.mu.Lock()
		after := v.last
		v.mu.Unlock()
		tail, err := v.hub.conn.TailPart(ctx, v.watch.id, after, v.notes)
		if errors.Is(err, bus.ErrUnavailable) && rereading.Wait(ctx, try) == nil {
			// To be read all the same: what was held was given up by join.
			p.more, try = true, try+1
			continue
		}
		if err != nil {
			return err
		}
		p.more, try = tail.More, 1
		if !tail.Whole {
			return fmt.Errorf("%w: what was missed is no longer in the stream", bus.ErrUnavailable)
		}
		v.catchUp(tail.Events)
	}
	return nil
}

func (h *hub) place(ctx context.Context, w *watch, since uint64, notes, fresh bool) (place, error) {
	if fresh {
		return place{}, nil
	}
	snap, err := h.conn.Last(ctx, w.id)
	if err != nil {
		return place{}, err
	}
	p := place{snap: snap}
	if since > 0 {
		last, err := h.lastSince(ctx, w.id, since, notes)
		if err != nil {
			return place{}, err
		}
		tail, err := h.conn.TailPart(ctx, w.id, since, notes)
		if err != nil {
			return place{}, err
		}
		if tail.Whole && last > since && (len(tail.Events) == 0 || !tail.More && tail.Events[len(tail.Events)-1].Seq < last) {
			return place{}, fmt.Errorf("%w: the stream's leader does not know event %d of chat %s", bus.ErrUnavailable, last, w.id)
		}
		// A since beyond the end is not of this log: begin as without one.
		if tail.Whole && since <= last {
			p.events, p.more, p.prev = tail.Events, tail.More, since
			p = w.settle(p)
			p.last = max(p.last, last)
			return p, nil
		}
	}
	if p.events, p.prev, err = h.lastEvents(ctx, w.id, since, notes); err != nil {
		return place{}, err
	}
	return w.settle(p), nil
}

// lastSince returns the chat's last sequence. Where that is before since it asks
// again for a while: since is of another log, or the leader that answers was deposed
// and does not know it yet.
func (h *hub) lastSince(ctx context.Context, id chat.ID, since uint64, notes bool) (uint64, error) {
	limit, cancel := context.WithTimeout(ctx, deposedTime)
	defer cancel()
	for try := 1; ; try++ {
		last, err := h.conn.LastSeq(ctx, id, notes)
		if err != nil || last >= since || !h.routed() || deposed.Wait(limit, try) != nil {
			return last, err
		}
	}
}

// settle completes a place by what its events say.
func (w *watch) settle(p place) place {
	p.last = p.prev
	for _, e := range p.events {
		p.last = e.Seq
		if e.State != nil && e.Seq > p.snap.Out {
			p.snap = bus.Snapshot{Out: e.Seq, State: *e.State}
		}
	}
	w.know(p.snap)
	return p
}

// lastEvents returns all events after since where that is known and the store
// has it, else the last ones. The stream alone serves where the history service
// is away and nothing was purged from it.
func (h *hub) lastEvents(ctx context.Context, id chat.ID, since uint64, notes bool) ([]chat.Event, uint64, error) {
	page, err := bus.Ask(ctx, h.conn, bus.HistoryPages(notes), bus.PageRequest{Chat: id, Limit: firstPage, Notes: notes})
	if err == nil && since > 0 {
		return h.backTo(ctx, id, since, notes, page)
	}
	if err == nil || !errors.Is(err, bus.ErrUnavailable) {
		return page.Events, page.Prev, err
	}
	tail, tailErr := h.conn.TailPart(ctx, id, 0, notes)
	if tailErr != nil || !tail.Whole || tail.More {
		return nil, 0, err
	}
	return lastOf(tail.Events, since)
}

// lastOf returns the events after since where that is one of them, else the last
// ones, with the sequence before the first.
func lastOf(events []chat.Event, since uint64) ([]chat.Event, uint64, error) {
	for i, e := range events {
		if e.Seq == since {
			return events[i+1:], since, nil
		}
	}
	if n := len(events); n > firstPage {
		return events[n-firstPage:], events[n-firstPage-1].Seq, nil
	}
	return events, 0, nil
}

// maxResume bounds how many events a returning client is sent at once; one that
// is further behind starts with the last page, as if it came without since.
const maxResume = 5000

// backTo extends a page backwards until it reaches since. Where since is no
// event of this chat the last page is all.
func (h *hub) backTo(ctx context.Context, id chat.ID, since uint64, notes bool, last bus.PageReply) ([]chat.Event, uint64, error) {
	events, prev := last.Events, last.Prev
	for prev > since && len(events) < maxResume {
		page, err := bus.Ask(ctx, h.conn, bus.HistoryPages(notes), bus.PageRequest{Chat: id, Before: prev + 1, Limit: 200, Notes: notes})
		if err != nil {
			return nil, 0, err
		}
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
