// Package live shows chats to sockets as they go on: every subscriber gets a chat's
// events in order, each once and without a gap, over losses of the live feed and over
// reconnects.
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
	// auditEvery is how often each channel is compared with its stream. The next
	// message on the same subject reveals a lost one; the audit finds a lost message
	// that no other follows.
	auditEvery = 20 * time.Second
	// auditPause bounds the audit's load: one read each.
	auditPause = 5 * time.Millisecond
)

// Hub holds the chats that this gateway shows: one subscription to the bus for each,
// however many sockets are shown it.
type Hub struct {
	origin  // the own region
	regions *bus.Regions
	log     zerolog.Logger
	metrics Metrics
	tracer  *telemetry.Tracer
	ctx     context.Context // ends with the hub; reading gaps uses it
	running sync.WaitGroup
	// auditEvery is how often the channels of each region are compared with its streams.
	auditEvery time.Duration
	botSeen    func() bool
	botAway    time.Time // when giveUp last saw no bot; only giveUp uses it

	mu       sync.Mutex // guards what follows; a channel's lock may be held, never the reverse
	channels map[chat.ID]*channel
	kept     map[*channel]struct{} // those in which a reply is awaited
	afar     map[*bus.Conn]*origin // other regions of which a chat was shown
	ended    bool                  // no other region is followed any more
}

// origin is where the events of chats come from: the region that is their home.
type origin struct {
	conn *bus.Conn
	feed *bus.Feed
	// clustered reports whether live copies can be lost silently.
	clustered func() bool
}

// Options of a hub.
type Options struct {
	Metrics Metrics
	// Regions has the connections to chats of other regions; nil: there are none.
	Regions *bus.Regions
	// BotSeen reports whether a bot is there that could answer; nil: there always is. It
	// must be quick.
	BotSeen func() bool
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
		ctx: ctx, auditEvery: auditEvery, origin: origin{conn: conn, clustered: conn.Clustered}, regions: opts.Regions, metrics: opts.Metrics, tracer: opts.Tracer, log: opts.Log,
		botSeen: opts.BotSeen, channels: map[chat.ID]*channel{}, kept: map[*channel]struct{}{}, afar: map[*bus.Conn]*origin{},
	}
	if h.metrics.Replied == nil {
		h.metrics.Replied = func(time.Duration) {}
	}
	if h.metrics.Reread == nil {
		h.metrics.Reread = func() {}
	}
	if h.botSeen == nil {
		h.botSeen = func() bool { return true }
	}
	h.feed = conn.NewFeed(h)
	return h
}

// Run delivers live events until the hub's context ends.
func (h *Hub) Run() error {
	h.running.Go(func() { h.audit(&h.origin) })
	h.running.Go(h.giveUpOverdue)
	err := h.feed.Run(h.ctx)
	h.mu.Lock()
	h.ended = true // whoever is about to follow a region has done so
	h.mu.Unlock()
	h.running.Wait()
	return err
}

// homeOf returns where the events of a chat come from. The error is a *bus.AwayError, or wraps
// bus.ErrUnavailable once the hub has ended.
func (h *Hub) homeOf(id chat.ID) (*origin, error) {
	if h.regions == nil {
		return &h.origin, nil
	}
	conn, err := h.regions.Of(id)
	if err != nil {
		return nil, err
	}
	if conn == h.conn {
		return &h.origin, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	from := h.afar[conn]
	if from == nil {
		if h.ended {
			return nil, fmt.Errorf("follow chats of the region %s: %w: this gateway ends", conn.Region(), bus.ErrUnavailable)
		}
		from = &origin{conn: conn, feed: conn.NewFeed(h), clustered: conn.Clustered}
		h.afar[conn] = from
		h.running.Go(func() { _ = from.feed.Run(h.ctx) }) // it fails never
		h.running.Go(func() { h.audit(from) })
	}
	return from, nil
}

// hold returns the chat's channel, followed, and keeps it until release.
func (h *Hub) hold(ctx context.Context, id chat.ID) (*channel, error) {
	h.mu.Lock()
	c := h.channels[id]
	first := c == nil
	if first {
		c = &channel{id: id, hub: h, ready: make(chan struct{}), subscribers: map[*subscriber]struct{}{}}
		h.channels[id] = c
	}
	c.uses++
	h.mu.Unlock()
	if first {
		if c.from, c.failed = h.homeOf(id); c.failed == nil {
			c.moves = c.from.conn.Moves(id)
			c.failed = c.from.feed.Follow(id)
		}
		close(c.ready)
	}
	select {
	case <-c.ready:
	case <-ctx.Done():
		h.release(c)
		return nil, ctx.Err()
	}
	if c.failed != nil {
		h.release(c)
		return nil, c.failed
	}
	return c, nil
}

// release gives up one hold. After the last one the chat is no longer followed.
func (h *Hub) release(c *channel) (gone bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.uses--; c.uses == 0 {
		if h.channels[c.id] == c {
			delete(h.channels, c.id)
		}
		if c.from != nil && h.channels[c.id] == nil { // else it was moved, and is followed elsewhere
			c.from.feed.Unfollow(c.id)
		}
	}
	return c.uses == 0
}

// show adds a subscriber to a held channel, and hears internal events if it may see them.
func (h *Hub) show(ctx context.Context, c *channel, v *subscriber) error {
	if !v.reader.SeesInternal() {
		c.add(v)
		return nil
	}
	c.following.Lock()
	defer c.following.Unlock()
	c.add(v)
	if err := c.from.feed.FollowInternal(ctx, c.id); err != nil {
		c.remove(v)
		return fmt.Errorf("follow internal events: %w", err)
	}
	return nil
}

// hide takes a subscriber out of its channel.
func (h *Hub) hide(c *channel, v *subscriber) {
	c.following.Lock()
	defer c.following.Unlock()
	if last := c.remove(v); last && v.reader.SeesInternal() {
		c.from.feed.UnfollowInternal(c.id)
	}
}

// find returns the chat's channel, or nil if nobody is shown it here.
func (h *Hub) find(id chat.ID) *channel {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.channels[id]
}

// Live implements bus.Listener.
func (h *Hub) Live(e chat.Event, before uint64) {
	if c := h.find(e.Chat); c != nil {
		c.live(e, before)
	}
}

// Signal implements bus.Listener.
func (h *Hub) Signal(id chat.ID, s bus.Signal) {
	if c := h.find(id); c != nil {
		c.signal(s)
	}
}

// Lost implements bus.Listener.
func (h *Hub) Lost(id chat.ID) {
	if c := h.find(id); c != nil {
		c.lost()
	}
}

// audit compares each channel of one region with its stream every auditEvery, until the hub's
// context ends. Each region has an audit of its own, since one read of another region takes a
// round trip, or hangs.
func (h *Hub) audit(from *origin) {
	rounds := time.NewTicker(h.auditEvery)
	defer rounds.Stop()
	pause := time.NewTicker(auditPause)
	defer pause.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-rounds.C:
		}
		if from == &h.origin {
			h.Moved()
		}
		for _, c := range h.shownFrom(from) {
			select {
			case <-h.ctx.Done():
				return
			case <-pause.C:
			}
			if c.behind(h.ctx) {
				h.log.Warn().Str("chat", string(c.id)).Msg("a live event was missed, reading it")
				c.lost()
			}
		}
	}
}

// shownFrom returns the channels of the chats of one region.
func (h *Hub) shownFrom(from *origin) (list []*channel) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.channels {
		select {
		case <-c.ready:
			if c.from == from {
				list = append(list, c)
			}
		default: // it has not begun
		}
	}
	return list
}

// SendToVisitors sends a frame to every visitor who is shown the chat here.
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
