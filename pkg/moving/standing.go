package moving

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/outage"
)

// Copied is how much of another region's chats the own region's store has.
type Copied struct {
	// At is the last sequence of each of its streams up to which the store has all.
	At map[string]uint64 `json:"at"`
	// Through is when, by the clock of whoever copies, the streams held nothing more. Zero: the first
	// copy is not complete yet.
	Through time.Time `json:"through,omitzero"`
}

// Copier keeps a copy of another region's chats in the own region's store, so that the region can be
// given up without its disks. It reads that region's streams on from where it was, and nobody waits
// for it. Two that copy the same do no harm.
type Copier struct {
	Own, From *bus.Conn
	Log       zerolog.Logger

	held map[string]time.Time // by stream, since when it waits for a move of which is not known here
	mu   sync.Mutex           // guards what follows
	has  Copied
}

const (
	// copyEvery is how often is looked for what is new.
	copyEvery = 2 * time.Second
	// copyRest is how often the record is written while nothing is new.
	copyRest = 10 * time.Second
	// copyAtOnce bounds how many streams are read at a time.
	copyAtOnce = 8
	// checkEvery is how often is made sure that the streams are those that were copied from.
	checkEvery = time.Hour
	// holdFor is how long events wait whose chat is not known to have been in the other region: where
	// it was moved to is merged within a moment.
	holdFor = 10 * time.Minute
)

var copying = backoff.Policy{Min: time.Second, Max: 5 * time.Second}

// copiedKey is where the record is kept in SettingsBucket.
func copiedKey(of chat.Region) string { return "copy." + string(of) }

// CopiedOf returns how much of another region's chats the own region's store has; found is false if
// none were ever copied.
func CopiedOf(ctx context.Context, own *bus.Conn, of chat.Region) (has Copied, found bool, err error) {
	bucket, err := bus.OpenBucket[Copied](ctx, own, bus.SettingsBucket)
	if err != nil {
		return has, false, err
	}
	has, _, err = bucket.Get(ctx, copiedKey(of))
	if errors.Is(err, bus.ErrNotFound) {
		return Copied{}, false, nil
	}
	return has, err == nil, err
}

// Run copies until the context ends, or the other region is given up.
func (c *Copier) Run(ctx context.Context) {
	of := c.From.Region()
	outages := outage.New(c.Log.With().Str("region", string(of)).Logger(), "The copy of that region's chats", "what is said there since is in that region alone", time.Minute)
	var checked time.Time
	for try := 1; c.Own.Homes().GivenUp(of) == ""; try++ {
		err := c.checked(ctx, &checked)
		if err == nil {
			err = c.pass(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		pause := backoff.Policy{Min: copyEvery, Max: copyEvery}
		if err == nil {
			outages.Up()
			try = 1
		} else {
			outages.Down(err)
			checked, pause = time.Time{}, copying
		}
		if pause.Wait(ctx, try) != nil {
			return
		}
	}
}

// checked reads what was copied, and makes sure that the streams still have it: those that were made
// anew, or restored from an older backup, are copied again as a whole.
func (c *Copier) checked(ctx context.Context, at *time.Time) error {
	if time.Since(*at) < checkEvery {
		return nil
	}
	has, _, err := CopiedOf(ctx, c.Own, c.From.Region())
	if err != nil {
		return err
	}
	if has.At == nil {
		has.At = map[string]uint64{}
	}
	for _, stream := range c.From.ChatStreams() {
		last, err := c.From.LastOf(ctx, stream)
		if err != nil {
			return err
		}
		if last < has.At[stream] {
			c.Log.Warn().Str("region", string(c.From.Region())).Str("stream", stream).Msg("the stream ends before what was copied of it, so it is copied again")
			has.At[stream], has.Through = 0, time.Time{}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.has, *at = has, time.Now()
	if c.held == nil {
		c.held = map[string]time.Time{}
	}
	return nil
}

// pass copies what the streams have now.
func (c *Copier) pass(ctx context.Context) error {
	began := time.Now().UTC()
	c.mu.Lock()
	before, through := maps.Clone(c.has.At), c.has.Through
	c.mu.Unlock()
	var all errgroup.Group // one that fails, or waits, ends no other
	all.SetLimit(copyAtOnce)
	for _, stream := range c.From.ChatStreams() {
		all.Go(func() error {
			return c.From.EachEventAfter(ctx, stream, before[stream], func(upTo uint64, events []chat.Event) error {
				return c.take(ctx, stream, upTo, events)
			})
		})
	}
	err := all.Wait()
	c.mu.Lock()
	now := Copied{At: maps.Clone(c.has.At), Through: through}
	c.mu.Unlock()
	if err == nil {
		now.Through = began
	}
	if maps.Equal(before, now.At) && now.Through.Sub(through) < copyRest {
		return err
	}
	if failed := c.write(context.WithoutCancel(ctx), now); failed != nil {
		return errors.Join(err, failed)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.has.Through = now.Through
	return err
}

// write writes the record. What it says is true of the store, whoever else writes it.
func (c *Copier) write(ctx context.Context, now Copied) error {
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	bucket, err := bus.OpenBucket[Copied](ctx, c.Own, bus.SettingsBucket)
	if err != nil {
		return err
	}
	return bucket.Put(ctx, copiedKey(c.From.Region()), now)
}

// errHeld means that a chat was moved there and this region has not heard of it yet.
var errHeld = errors.New("a chat there is taken for one of this region, until it is known here that it was moved")

// take has the store take over events of a stream.
func (c *Copier) take(ctx context.Context, stream string, upTo uint64, events []chat.Event) error {
	var held error
	for i, e := range events {
		if e.Seq < c.Own.Begins(e.Chat) {
			continue
		}
		c.mu.Lock()
		since, waits := c.held[stream]
		if !waits {
			since = time.Now()
			c.held[stream] = since
		}
		c.mu.Unlock()
		if time.Since(since) < holdFor {
			events, held = events[:i], fmt.Errorf("event %d of chat %s: %w", e.Seq, e.Chat, errHeld)
			break
		}
		c.Log.Error().Str("chat", string(e.Chat)).Uint64("event", e.Seq).Msg("another region's stream has an event of a chat that is at home here: it is not copied")
	}
	var own []chat.Event
	for _, e := range events {
		if e.Seq < c.Own.Begins(e.Chat) {
			own = append(own, e)
		}
	}
	if err := copyFiles(ctx, c.From, c.Own, own, true); err != nil {
		return err
	}
	if err := Import(ctx, c.Own, own); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case held == nil:
		c.has.At[stream] = upTo
		delete(c.held, stream)
	case len(events) > 0:
		c.has.At[stream] = events[len(events)-1].Seq
	}
	return held
}
