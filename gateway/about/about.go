// Package about keeps what visitors' pages say of themselves, for agents to read: from
// which page, with what language, clock and device somebody came, when they were here last,
// and how often they came. None of it is an event of the log, and nothing is decided on it,
// so losing some does no harm. A hello costs one read behind its back, and a write at most
// in ten minutes unless something changed; a message costs nothing.
package about

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// most is how many chats may have something to be written. Above it what is new is
	// dropped.
	most = 20_000
	// aTurn is how many chats are looked at in a row, so that the end of a gateway waits
	// for few of them.
	aTurn = 500
	// lookTime bounds the read and the write for one chat.
	lookTime = 2 * time.Second
	// again is how long to wait after NATS did not answer.
	again = time.Second
	// mostBytes is how many bytes of attributes may wait to be written. Above it what is new
	// is dropped, too.
	mostBytes = 16 << 20
)

// Keeper keeps what visitors' pages say in the chats of one region. Its methods may be called
// concurrently. A nil *Keeper, of a region that was not reached yet, keeps and knows nothing.
type Keeper struct {
	bucket  *bus.Bucket[frame.Known]
	log     zerolog.Logger
	now     func() time.Time
	dropped func()
	wake    chan struct{}
	sites   sites
	onRead  func() // in tests: called between the read and the write for a chat

	vouching

	mu    sync.Mutex
	news  map[chat.ID]news
	bytes int // of attributes in the news
}

// New opens the bucket. Nothing is written before Run. dropped is called for each news that
// there is no room for; vouch writes what a site vouches for on the card of a chat.
func New(ctx context.Context, conn *bus.Conn, dropped func(), vouch Vouch, log zerolog.Logger) (*Keeper, error) {
	b, err := bus.OpenBucket[frame.Known](ctx, conn, bus.AboutBucket)
	if err != nil {
		return nil, err
	}
	k := &Keeper{bucket: b, log: log, now: time.Now, dropped: dropped, wake: make(chan struct{}, 1), news: map[chat.ID]news{}}
	k.sites.of = k.look
	k.vouch = vouch
	return k, nil
}

// Came hears that the visitor of a chat came, with what the page says, and what the site vouches
// for (nil: nothing new). It does not block.
func (k *Keeper) Came(id chat.ID, said frame.About, signed *chat.CardEdit) {
	k.take(id, news{came: true, says: true, said: said, signed: signed})
}

// Says hears that the visitor, who is here, has a page that says something else now. It does
// not block.
func (k *Keeper) Says(id chat.ID, said frame.About) {
	k.take(id, news{says: true, said: said})
}

// Went hears that the visitor of a chat was here until now. It does not block.
func (k *Keeper) Went(id chat.ID) { k.take(id, news{}) }

// take has news kept that are of now.
func (k *Keeper) take(id chat.ID, n news) {
	if k == nil {
		return
	}
	n.at = k.now()
	k.mu.Lock()
	before, waits := k.news[id]
	full := !waits && (len(k.news) >= most || k.bytes+len(n.said.Attributes) > mostBytes)
	if !full {
		k.hold(id, before.then(n))
	}
	k.mu.Unlock()
	if full {
		k.dropped()
		return
	}
	select {
	case k.wake <- struct{}{}:
	default: // it is about to look
	}
}

// hold has the news of a chat wait in place of those before. The caller holds k.mu.
func (k *Keeper) hold(id chat.ID, n news) {
	k.bytes += len(n.said.Attributes) - len(k.news[id].said.Attributes)
	k.news[id] = n
}

// pick takes the news of a chat out. The caller holds k.mu.
func (k *Keeper) pick(id chat.ID) (n news, waited bool) {
	n, waited = k.news[id]
	k.bytes -= len(n.said.Attributes)
	delete(k.news, id)
	return n, waited
}

// Of returns what is known of a chat's visitor; nil: nothing is, or it can't be read now.
func (k *Keeper) Of(ctx context.Context, id chat.ID) *frame.Known {
	if k == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	known, _, err := k.bucket.Get(ctx, string(id))
	if err != nil {
		if !errors.Is(err, bus.ErrNotFound) {
			k.log.Debug().Err(err).Str("chat", string(id)).Msg("what is known of a visitor can't be read")
		}
		return nil
	}
	known.Signed = ""
	return &known
}

// Forget removes what is known of a chat's visitor, who asked for that. Where nothing is
// known, nothing is written: anybody may ask.
func (k *Keeper) Forget(ctx context.Context, id chat.ID) error {
	if k == nil {
		return bus.ErrUnavailable
	}
	k.mu.Lock()
	k.pick(id)
	k.mu.Unlock()
	k.sites.forget(id)
	if _, _, err := k.bucket.Get(ctx, string(id)); errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	return k.bucket.Delete(ctx, string(id))
}

// Run writes until the context ends, and then what is left.
func (k *Keeper) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime)
			defer cancel()
			_, _ = k.turn(last) // what fails now is lost, which does no harm
			return nil
		case <-k.wake:
		}
		for {
			more, err := k.turn(ctx)
			if err == nil && !more {
				break
			}
			if err != nil { // NATS is slow or away: the others would only wait for it, too
				select {
				case <-ctx.Done():
				case <-time.After(again):
				}
			}
			if ctx.Err() != nil {
				break
			}
		}
	}
}

// turn writes what is new of some chats, and reports whether there are more.
func (k *Keeper) turn(ctx context.Context) (more bool, err error) {
	k.mu.Lock()
	ids := make([]chat.ID, 0, min(aTurn, len(k.news)))
	for id := range k.news {
		if len(ids) == aTurn {
			more = true
			break
		}
		ids = append(ids, id)
	}
	k.mu.Unlock()
	for _, id := range ids {
		k.mu.Lock()
		n, waits := k.pick(id)
		k.mu.Unlock()
		if !waits {
			continue // forgotten meanwhile
		}
		err := k.write(ctx, id, n, false)
		if errors.Is(err, bus.ErrConflict) || errors.Is(err, bus.ErrExists) {
			err = k.write(ctx, id, n, true) // another gateway was quicker: once more on what it wrote
		}
		if err != nil {
			k.log.Debug().Err(err).Str("chat", string(id)).Msg("what a visitor's page says was not kept, trying again later")
			k.mu.Lock()
			if later, waits := k.news[id]; waits {
				n = n.then(later)
			}
			k.hold(id, n)
			k.mu.Unlock()
			return true, err
		}
	}
	return more, nil
}

// write reads what is known, and writes it if the news change it. The write rests on what was
// read. again says that another gateway changed it in between: if nothing is known now, that
// was to forget it, and it stays forgotten.
func (k *Keeper) write(ctx context.Context, id chat.ID, n news, again bool) error {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	before, revision, err := k.bucket.Get(ctx, string(id))
	if k.onRead != nil {
		k.onRead()
	}
	switch {
	case errors.Is(err, bus.ErrNotFound) && again:
		return nil
	case errors.Is(err, bus.ErrNotFound):
		known, write := n.first()
		if write {
			k.told(ctx, id, n.signed, &known)
			_, err = k.bucket.Create(ctx, string(id), known)
			k.sites.is(id, known.Site())
			return err
		}
		return nil
	case err != nil:
		return err
	}
	known, write := n.after(before)
	if k.told(ctx, id, n.signed, &known) || write {
		_, err = k.bucket.Update(ctx, string(id), known, revision)
		k.sites.is(id, known.Site())
	}
	return err
}
