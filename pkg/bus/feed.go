package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"runtime"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// feedShards is how many goroutines at most, and fewShards how many at least, deliver
	// live copies: as many as run at once, since one that has much to do costs less than
	// several that wait for little each.
	feedShards, fewShards = 8, 2
	// feedQueue limits the messages that wait for the listener. When the queue of a shard is
	// full, NATS' client drops what arrives, and Lost is called.
	feedQueue = 32 << 10
)

// Listener receives what happens in the chats that a Feed follows. Calls for one chat
// come one after the other; calls for different chats may overlap.
type Listener interface {
	// Live is called with each event once it is stored. before is the sequence of the
	// event before it on the same subject: if the listener has not seen that one, it
	// missed something.
	Live(e chat.Event, before uint64)
	// Signal is called with signals, which are never stored.
	Signal(id chat.ID, s Signal)
	// Lost says that events of the chat may have been missed. It may be called
	// at any time and must not block.
	Lost(id chat.ID)
}

// Feed is the live copy of chats, as the streams republish them.
type Feed struct {
	conn     *Conn
	listener Listener
	shards   []chan *nats.Msg
	seed     maphash.Seed

	mu       sync.Mutex // guards what follows
	followed map[Subject]*nats.Subscription
	chats    map[*nats.Subscription]chat.ID
	dropped  map[*nats.Subscription]int // how many of them were reported
}

// NewFeed returns a feed that follows nothing yet.
func (c *Conn) NewFeed(listener Listener) *Feed {
	f := &Feed{conn: c, listener: listener, seed: maphash.MakeSeed(), followed: map[Subject]*nats.Subscription{}, chats: map[*nats.Subscription]chat.ID{}, dropped: map[*nats.Subscription]int{}}
	n := max(fewShards, min(runtime.GOMAXPROCS(0), feedShards))
	for range n {
		f.shards = append(f.shards, make(chan *nats.Msg, feedQueue/n))
	}
	return f
}

// Run delivers to the listener until the context ends.
func (f *Feed) Run(ctx context.Context) error {
	remove := f.conn.onTrouble(f.lostAll, f.lostOne)
	defer remove()
	var wg sync.WaitGroup
	for _, shard := range f.shards {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case msg := <-shard:
					f.deliver(ctx, msg)
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// Follow starts to follow a chat: with one subscription, however often it is called. It
// waits for nothing. NATS handles what one connection sends in order, so whoever reads or
// appends through the same Conn after it misses nothing: what that read does not show, and
// whatever is stored after that append, will be delivered. Followed is for whoever does
// neither.
func (f *Feed) Follow(id chat.ID) error { return f.follow(id, f.conn.at(id, liveSubjects(id))) }

// FollowInternal starts to follow a chat's internal events, which Follow leaves out; else
// it is like Follow, but may wait for the keys that such events are sealed with.
func (f *Feed) FollowInternal(ctx context.Context, id chat.ID) error {
	f.conn.sealer.prepare(ctx)
	for _, subject := range f.conn.atAll(id, liveInternal(id)) {
		if err := f.follow(id, subject); err != nil {
			return err
		}
	}
	return nil
}

func (f *Feed) follow(id chat.ID, subject Subject) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.followed[subject] != nil {
		return nil
	}
	// A shared channel, because each callback costs a goroutine.
	sub, err := f.conn.nc.ChanSubscribe(string(subject), f.shards[maphash.String(f.seed, string(id))%uint64(len(f.shards))])
	if err != nil {
		return fmt.Errorf("follow chat %s: %w", id, translate(err))
	}
	f.followed[subject], f.chats[sub] = sub, id
	return nil
}

// Followed returns when everything will be delivered that is stored from then on, in the
// chats that were followed before.
func (f *Feed) Followed(ctx context.Context) error { return f.conn.flush(ctx) }

// Unfollow stops following the chat, internal events included.
func (f *Feed) Unfollow(id chat.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := range f.conn.everMoved() + 1 { // it may have been moved since it was followed
		f.unfollow(after(n, id, liveSubjects(id)))
		for _, subject := range liveInternal(id) {
			f.unfollow(after(n, id, subject))
		}
	}
}

// UnfollowInternal stops following the chat's internal events only.
func (f *Feed) UnfollowInternal(id chat.ID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n := range f.conn.everMoved() + 1 {
		for _, subject := range liveInternal(id) {
			f.unfollow(after(n, id, subject))
		}
	}
}

func (f *Feed) unfollow(subject Subject) {
	if sub := f.followed[subject]; sub != nil {
		_ = sub.Unsubscribe() // fails only on a closed connection
		delete(f.followed, subject)
		delete(f.chats, sub)
		delete(f.dropped, sub)
	}
}

func (f *Feed) deliver(ctx context.Context, msg *nats.Msg) {
	id, leaf, err := parseSubject(msg.Subject)
	if err != nil {
		return
	}
	f.lostBefore(msg.Sub, id)
	if leaf == leafSignal || leaf == leafLooks {
		var s Signal
		if json.Unmarshal(msg.Data, &s) == nil && s.What.forAgents() == (leaf == leafLooks) {
			f.listener.Signal(id, s)
		}
		return
	}
	if leaf == chat.LeafInternal { // a key may have to be read, and other chats wait behind it
		within, end := context.WithTimeout(ctx, prepareTime)
		defer end()
		ctx = within
	}
	e, err := f.conn.decodeDirect(ctx, msg, id)
	if err != nil {
		f.conn.log.Warn().Err(err).Str("chat", string(id)).Msg("live event can't be read")
		f.listener.Lost(id)
		return
	}
	e.Trace = msg.Header.Get(traceHeader)
	before, err := strconv.ParseUint(msg.Header.Get(jetstream.LastSequenceHeader), 10, 64)
	if err != nil {
		before = 0
	}
	f.listener.Live(e, before)
}

// lostBefore reports messages of the subscription that were dropped before the current
// one. NATS' client reports only the first of several that it drops.
func (f *Feed) lostBefore(sub *nats.Subscription, id chat.ID) {
	n, err := sub.Dropped()
	if err != nil || n == 0 { // a count that never falls
		return
	}
	f.mu.Lock()
	_, followed := f.chats[sub]
	lost := followed && n != f.dropped[sub]
	if lost {
		f.dropped[sub] = n
	}
	f.mu.Unlock()
	if lost {
		f.listener.Lost(id)
	}
}

func (f *Feed) lostAll() {
	f.mu.Lock()
	seen := make(map[chat.ID]bool, len(f.chats))
	for _, id := range f.chats {
		seen[id] = true
	}
	f.mu.Unlock()
	for id := range seen {
		f.listener.Lost(id)
	}
}

func (f *Feed) lostOne(sub *nats.Subscription) {
	f.mu.Lock()
	id, ok := f.chats[sub]
	f.mu.Unlock()
	if ok {
		f.listener.Lost(id)
	}
}
