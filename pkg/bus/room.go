package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// FullError means that NATS stores nothing more: the account, a stream, or the server has
// reached a limit. It wraps ErrUnavailable, since that ends when there is room again.
type FullError struct {
	Sentence string // for operators, without its period
	err      error
}

func (e *FullError) Error() string { return e.Sentence }

// Unwrap returns ErrUnavailable and what NATS said.
func (e *FullError) Unwrap() []error { return []error{ErrUnavailable, e.err} }

// ForStrangers says it to whoever asks whether the process is ready.
func (e *FullError) ForStrangers() string {
	return "There is no room to store messages at the moment: NATS is full. It is tried again by itself."
}

// fullBecause returns a FullError if NATS refused to store a message for want of room.
func fullBecause(err error) *FullError {
	api, ok := errors.AsType[*jetstream.APIError](err)
	if !ok {
		return nil
	}
	text := strings.ToLower(api.Description)
	switch {
	case api.ErrorCode == accountFull:
		return &FullError{"the NATS account is full: " + api.Description, err}
	case api.ErrorCode == noStorage || api.ErrorCode == noMemory || api.ErrorCode == noResources:
		return &FullError{"the NATS server has no room: " + api.Description, err}
	case api.ErrorCode == storeFailed && (strings.Contains(text, "maximum bytes") || strings.Contains(text, "maximum messages")):
		return &FullError{"a stream is full (NATS_MAX_BYTES): " + api.Description, err}
	case api.ErrorCode == storeFailed && strings.Contains(text, "no space"):
		return &FullError{"the disk of the NATS server is full: " + api.Description, err}
	}
	return nil
}

// room is whether NATS stores anything. Its methods may be called concurrently.
type room struct {
	mu       sync.Mutex // guards what follows
	full     *FullError // nil if there is room
	seen     bool       // by a look, not by a refused message
	since    time.Time  // of the last evidence
	unlooked time.Time  // no look before that: it is not permitted
}

const (
	// roomLook is how often is looked for room, roomSoon while there is none.
	roomLook = 10 * time.Second
	roomSoon = time.Second
	// roomBelieved is how long a refused message counts if no look can tell more.
	roomBelieved = 10 * time.Second
	// roomLeft is how many bytes a message needs at most, with what the streams add.
	roomLeft = 48 << 10
	// roomUnlooked is how long a look that is not answered is not repeated.
	roomUnlooked = 10 * time.Minute
)

// Room returns a *FullError while NATS stores nothing, as far as is known here; otherwise
// nil. It asks nobody.
func (c *Conn) Room() error {
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	if c.room.full == nil {
		return nil
	}
	return c.room.full
}

// stored records how an append ended: a message that was stored proves that there is room,
// unless a look has just found that there is room for small ones only.
func (c *Conn) stored(err error) {
	full := fullBecause(err)
	if full == nil && (err != nil || !c.isFull.Load()) {
		return
	}
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	if full != nil {
		c.turnRoom(full, false)
	} else if !c.room.seen {
		c.turnRoom(nil, false)
	}
}

// turnRoom changes what is known. The room's lock is held.
func (c *Conn) turnRoom(full *FullError, seen bool) {
	switch was := c.room.full; {
	case full != nil && was == nil:
		c.log.Error().Str("why", full.Sentence).Msg("NATS stores nothing more: visitors are told to wait")
	case full == nil && was != nil:
		c.log.Info().Msg("NATS has room again")
	}
	c.room.full, c.room.seen = full, seen
	c.isFull.Store(full != nil)
	if full != nil {
		c.room.since = time.Now()
	}
}

// WatchRoom looks until the context ends whether the account and the streams have room, so
// that Room knows it before a visitor is refused, and when it is over although nobody
// writes.
func (c *Conn) WatchRoom(ctx context.Context) error {
	for {
		c.lookForRoom(ctx)
		wait := roomLook
		if c.isFull.Load() {
			wait = roomSoon
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

func (c *Conn) lookForRoom(ctx context.Context) {
	full, known := c.fullNow(ctx)
	c.room.mu.Lock()
	defer c.room.mu.Unlock()
	switch {
	case full != nil:
		c.turnRoom(full, true)
	case c.room.full == nil:
	case known && (c.room.seen || !c.room.full.byServer()), time.Since(c.room.since) > roomBelieved:
		c.turnRoom(nil, false)
	}
}

// byServer reports whether the server's own limit was reached, of which an account sees
// nothing.
func (e *FullError) byServer() bool {
	api, ok := errors.AsType[*jetstream.APIError](e.err)
	return ok && (api.ErrorCode != accountFull && (api.ErrorCode != storeFailed || strings.Contains(api.Description, "no space")))
}

// fullNow looks at the limits of the account and, if they have any, of the streams. known
// says that both could be looked at.
func (c *Conn) fullNow(ctx context.Context) (full *FullError, known bool) {
	c.room.mu.Lock()
	unlooked := time.Now().Before(c.room.unlooked)
	c.room.mu.Unlock()
	if unlooked || !c.nc.IsConnected() {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	info, err := c.js.AccountInfo(ctx)
	if err != nil {
		if ctx.Err() != nil && c.nc.IsConnected() {
			c.room.mu.Lock()
			c.room.unlooked = time.Now().Add(roomUnlooked) // not answered: most likely not permitted
			c.room.mu.Unlock()
		}
		return nil, false
	}
	if full := accountRoom(info, c.opts.Replicas); full != nil {
		return full, true
	}
	for _, name := range c.chatStreams() {
		s, err := c.js.Stream(ctx, name)
		if err != nil {
			return nil, false
		}
		if cfg, state := s.CachedInfo().Config, s.CachedInfo().State; cfg.MaxBytes > 0 && state.Bytes+roomLeft > uint64(cfg.MaxBytes) {
			return &FullError{fmt.Sprintf("the stream %s holds %s, and may hold %s", name, size(int64(state.Bytes)), size(cfg.MaxBytes)), errNoRoom}, true
		} else if cfg.MaxBytes <= 0 {
			return nil, true // none has a limit
		}
	}
	return nil, true
}

var errNoRoom = errors.New("maximum bytes reached")

// accountRoom returns why the account has no room for one more message; nil if it has.
func accountRoom(info *jetstream.AccountInfo, replicas int) *FullError {
	tier, times := tierOf(info, replicas), uint64(1)
	if len(info.Tiers) > 0 {
		times = uint64(max(1, replicas)) // a tier's limit is for one copy, its use for all
	}
	if limit := tier.Limits.MaxStore; limit > 0 && tier.Store+roomLeft*uint64(max(1, replicas)) > uint64(limit)*times {
		return &FullError{fmt.Sprintf("the NATS account holds %s, and may hold %s", size(int64(tier.Store)), size(limit*int64(times))), errNoRoom}
	}
	return nil
}
