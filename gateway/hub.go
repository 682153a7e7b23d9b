package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/telemetry"
)

const (
	// auditEvery is how often each watched chat is compared with its stream. A
	// lost live message shows by the next one on its subject; the audit finds
	// the one that no other follows.
	auditEvery = 20 * time.Second
	// auditPause bounds the audit's load: one read each.
	auditPause = 5 * time.Millisecond
)

// hub holds the chats that this gateway shows: one subscription a chat, however
// many sockets look at it.
type hub struct {
	conn    *bus.Conn
	feed    *bus.Feed
	log     zerolog.Logger
	metrics *metrics
	tracer  *telemetry.Tracer
	ctx     context.Context // ends with the hub; readers of gaps use it
	running sync.WaitGroup
	// routed reports whether live copies can be lost without a word.
	routed func() bool

	mu      sync.Mutex // guards what follows
	watches map[chat.ID]*watch
}

func newHub(ctx context.Context, conn *bus.Conn, m *metrics, log zerolog.Logger) *hub {
	h := &hub{ctx: ctx, conn: conn, metrics: m, log: log, routed: conn.Clustered, watches: map[chat.ID]*watch{}}
	h.feed = conn.NewFeed(h)
	return h
}

// run delivers live events until the hub's context ends.
func (h *hub) run() error {
	h.running.Go(h.audit)
	err := h.feed.Run(h.ctx)
	h.running.Wait()
	return err
}

// hold returns the chat's watch, followed, and keeps it until release.
func (h *hub) hold(ctx context.Context, id chat.ID) (*watch, error) {
	h.mu.Lock()
	w := h.watches[id]
	first := w == nil
	if first {
		w = &watch{id: id, hub: h, ready: make(chan struct{}), viewers: map[*viewer]struct{}{}}
		h.watches[id] = w
	}
	w.uses++
	h.mu.Unlock()
	if first {
		w.failed = h.feed.Follow(ctx, id)
		close(w.ready)
	}
	select {
	case <-w.ready:
	case <-ctx.Done():
		h.release(w)
		return nil, ctx.Err()
	}
	if w.failed != nil {
		h.release(w)
		return nil, w.failed
	}
	return w, nil
}

// release gives up one hold; with the last one the chat is no longer followed.
func (h *hub) release(w *watch) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.uses--; w.uses == 0 {
		delete(h.watches, w.id)
		h.feed.Unfollow(w.id)
	}
}

// show adds a viewer to a held watch and hears notes where it may see them.
func (h *hub) show(ctx context.Context, w *watch, v *viewer) error {
	if !v.notes {
		w.add(v)
		return nil
	}
	w.notes.Lock()
	defer w.notes.Unlock()
	w.add(v)
	if err := h.feed.FollowNotes(ctx, w.id); err != nil {
		w.remove(v)
		return fmt.Errorf("follow notes: %w", err)
	}
	return nil
}

// hide ends a viewer's view.
func (h *hub) hide(w *watch, v *viewer) {
	w.notes.Lock()
	defer w.notes.Unlock()
	if noNotes := w.remove(v); noNotes && v.notes {
		h.feed.UnfollowNotes(w.id)
	}
}

func (h *hub) find(id chat.ID) *watch {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.watches[id]
}

// Live implements bus.Listener.
func (h *hub) Live(e chat.Event, before uint64) {
	if w := h.find(e.Chat); w != nil {
		w.live(e, before)
	}
}

// Signal implements bus.Listener.
func (h *hub) Signal(id chat.ID, s bus.Signal) {
	if w := h.find(id); w != nil {
		w.signal(s)
	}
}

// Lost implements bus.Listener.
func (h *hub) Lost(id chat.ID) {
	if w := h.find(id); w != nil {
		w.lost()
	}
}

// audit compares each watched chat with its stream now and then.
func (h *hub) audit() {
	rounds := time.NewTicker(auditEvery)
	defer rounds.Stop()
	pause := time.NewTicker(auditPause)
	defer pause.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-rounds.C:
		}
		h.mu.Lock()
		list := make([]*watch, 0, len(h.watches))
		for _, w := range h.watches {
			list = append(list, w)
		}
		h.mu.Unlock()
		for _, w := range list {
			select {
			case <-h.ctx.Done():
				return
			case <-pause.C:
			}
			if w.behind(h.ctx) {
				h.log.Warn().Str("chat", string(w.id)).Msg("a live event was missed, reading it")
				w.lost()
			}
		}
	}
}
