package live

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/frame"
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

// Hub holds the chats that this gateway shows: one subscription a chat, however
// many sockets look at it.
type Hub struct {
	conn    *bus.Conn
	feed    *bus.Feed
	log     zerolog.Logger
	metrics Metrics
	tracer  *telemetry.Tracer
	ctx     context.Context // ends with the hub; readers of gaps use it
	running sync.WaitGroup
	// clustered reports whether live copies can be lost without a word.
	clustered func() bool

	mu       sync.Mutex // guards what follows
	channels map[chat.ID]*channel
}

// Options of a hub.
type Options struct {
	Metrics Metrics
	Tracer  *telemetry.Tracer // nil: nothing is traced
	Log     zerolog.Logger
}

// Metrics are called for what a hub sees; quickly, and concurrently. Each may be nil.
type Metrics struct {
	Replied func(took time.Duration) // a visitor's message was answered by the bot
	Reread  func()                   // a gap in the live feed is read from the stream
}

// NewHub returns a hub whose work ends with ctx.
func NewHub(ctx context.Context, conn *bus.Conn, opts Options) *Hub {
	h := &Hub{
		ctx: ctx, conn: conn, metrics: opts.Metrics, tracer: opts.Tracer, log: opts.Log,
		clustered: conn.Clustered, channels: map[chat.ID]*channel{},
	}
	if h.metrics.Replied == nil {
		h.metrics.Replied = func(time.Duration) {}
	}
	if h.metrics.Reread == nil {
		h.metrics.Reread = func() {}
	}
	h.feed = conn.NewFeed(h)
	return h
}

// Run delivers live events until the hub's context ends.
func (h *Hub) Run() error {
	h.running.Go(h.audit)
	err := h.feed.Run(h.ctx)
	h.running.Wait()
	return err
}

// hold returns the chat's watch, followed, and keeps it until release.
func (h *Hub) hold(ctx context.Context, id chat.ID) (*channel, error) {
	h.mu.Lock()
	w := h.channels[id]
	first := w == nil
	if first {
		w = &channel{id: id, hub: h, ready: make(chan struct{}), subscribers: map[*subscriber]struct{}{}}
		h.channels[id] = w
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
func (h *Hub) release(w *channel) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w.uses--; w.uses == 0 {
		delete(h.channels, w.id)
		h.feed.Unfollow(w.id)
	}
}

// show adds a subscriber to a held channel, and hears internal events if it may see them.
func (h *Hub) show(ctx context.Context, w *channel, v *subscriber) error {
	if !v.reader.SeesInternal() {
		w.add(v)
		return nil
	}
	w.following.Lock()
	defer w.following.Unlock()
	w.add(v)
	if err := h.feed.FollowInternal(ctx, w.id); err != nil {
		w.remove(v)
		return fmt.Errorf("follow internal events: %w", err)
	}
	return nil
}

// hide ends a viewer's view.
func (h *Hub) hide(w *channel, v *subscriber) {
	w.following.Lock()
	defer w.following.Unlock()
	if last := w.remove(v); last && v.reader.SeesInternal() {
		h.feed.UnfollowInternal(w.id)
	}
}

func (h *Hub) find(id chat.ID) *channel {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.channels[id]
}

// Live implements bus.Listener.
func (h *Hub) Live(e chat.Event, before uint64) {
	if w := h.find(e.Chat); w != nil {
		w.live(e, before)
	}
}

// Signal implements bus.Listener.
func (h *Hub) Signal(id chat.ID, s bus.Signal) {
	if w := h.find(id); w != nil {
		w.signal(s)
	}
}

// Lost implements bus.Listener.
func (h *Hub) Lost(id chat.ID) {
	if w := h.find(id); w != nil {
		w.lost()
	}
}

// audit compares each watched chat with its stream now and then.
func (h *Hub) audit() {
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
		list := make([]*channel, 0, len(h.channels))
		for _, w := range h.channels {
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

// SendToVisitors sends a frame to every visitor who looks at the chat here.
func (h *Hub) SendToVisitors(id chat.ID, f frame.Signal) {
	if c := h.find(id); c != nil {
		c.sendToVisitors(frame.Encode(f))
	}
}

// delivery is the span from an event's live copy to the last byte of its frame on
// one socket, within the trace of the frame that caused it.
func (h *Hub) delivery(e chat.Event, toAgent bool) telemetry.Span {
	if h.tracer == nil || e.Trace == "" {
		return telemetry.Span{}
	}
	_, span := h.tracer.Receive(h.ctx, e.Trace, "deliver", string(e.Kind))
	to := "visitor"
	if toAgent {
		to = "agent"
	}
	return span.Str("chat", string(e.Chat)).Int("seq", int64(e.Seq)).Str("to", to)
}
