package desk

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// Options of a Mirror.
type Options struct {
	// OnlineFor is how long after their last sign of life an agent counts as online;
	// bus.PresenceTTL if it is 0.
	OnlineFor time.Duration
	// Without says what does not work while the buckets can't be read, as a
	// sentence without its full stop: for the log.
	Without string
	// Own says which chats are at home in the region of the Mirror's connection; nil: all are.
	Own func(chat.ID) bool
	// Observer, if not nil, hears of every change.
	Observer Observer
	// Now is the clock; time.Now if it is nil.
	Now func() time.Time
}

// Observer hears what changes in a Mirror, one change after the other. Its methods
// are called with the Mirror's lock held: they must not block, nor call the Mirror.
type Observer interface {
	// Listed is called with an entry that is new or has changed, and what it was
	// (the zero Entry if it is new).
	Listed(was, now Entry)
	// Unlisted is called when the desk no longer lists the chat.
	Unlisted(chat.ID)
	// Online is called with the agents who are online now, by account, when they
	// are others than before, have other names, or are away now, or no longer.
	Online([]Person)
}

// Person is an agent who is online.
type Person struct {
	chat.Agent
	Away bool // and wants no chats
}

// Mirror is what a process sees of the buckets desk and presence, and of what is set for agents. It may lag, so
// whatever is done because of it is decided again on the chat's state. Its methods
// may be called concurrently.
type Mirror struct {
	conn    *bus.Conn
	opts    Options
	changed chan struct{} // holds a token when something changed
	resync  [buckets]chan struct{}

	mu      sync.Mutex // guards what follows, and is held while the Observer is called
	entries map[chat.ID]Entry
	agents  map[string]agent // by account: whoever was online at some time
	duty    map[string]Duty  // by account
	online  []Person         // what the Observer was called with last
	synced  [buckets]bool    // was read as a whole and is heard of
	since   time.Time        // since when all are synced
}

// The buckets that a Mirror follows.
const (
	deskBucket = iota
	presenceBucket
	dutyBucket
	buckets
)

// NewMirror returns a Mirror that sees nothing before Run.
func NewMirror(conn *bus.Conn, opts Options) *Mirror {
	opts.OnlineFor = cmp.Or(opts.OnlineFor, bus.PresenceTTL)
	if opts.Own == nil {
		opts.Own = func(chat.ID) bool { return true }
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	m := &Mirror{conn: conn, opts: opts, changed: make(chan struct{}, 1), entries: map[chat.ID]Entry{}, agents: map[string]agent{}, duty: map[string]Duty{}}
	for i := range m.resync {
		m.resync[i] = make(chan struct{}, 1)
	}
	return m
}

// expireEvery is how often a Mirror looks for agents who are silent for too long.
const expireEvery = bus.PresenceTTL / 3

// Run follows the buckets until the context ends.
func (m *Mirror) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		bus.Follow(ctx, m.conn, bus.Following[Entry]{
			Bucket: bus.DeskBucket, Without: m.opts.Without, Resync: m.resync[deskBucket],
			Synced: m.syncDesk, Put: func(_ string, e Entry) { m.List(e) }, Deleted: func(key string) { m.Unlist(chat.ID(key)) },
			Lost: func() { m.lost(deskBucket) },
		})
		return nil
	})
	g.Go(func() error {
		bus.Follow(ctx, m.conn, bus.Following[Presence]{
			Bucket: bus.PresenceBucket, Without: m.opts.Without, Resync: m.resync[presenceBucket],
			Synced: m.syncPresence, Put: m.heard, Deleted: m.signedOff,
			Lost: func() { m.lost(presenceBucket) },
		})
		return nil
	})
	g.Go(func() error {
		bus.Follow(ctx, m.conn, bus.Following[Duty]{
			Bucket: bus.SiteBucket, Keys: DutyKeys, Without: m.opts.Without, Resync: m.resync[dutyBucket],
			Synced: m.syncDuty, Put: m.setDuty, Deleted: func(key string) { m.setDuty(key, Duty{}) },
			Lost: func() { m.lost(dutyBucket) },
		})
		return nil
	})
	g.Go(func() error {
		expire := time.NewTicker(expireEvery)
		defer expire.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-expire.C:
				m.updateAgents(func(time.Time) {}) // time passes
			}
		}
	})
	return g.Wait()
}

// FollowAfar lists the desk of another region, too, until the context ends. of says which chats
// are at home there. While it can't be read its chats stay as they were seen last.
func (m *Mirror) FollowAfar(ctx context.Context, conn *bus.Conn, of func(chat.ID) bool) {
	bus.Follow(ctx, conn, bus.Following[Entry]{
		Bucket: bus.DeskBucket, Without: "consoles here show the queue of the region " + string(conn.Region()) + " as it was",
		Synced: func(entries map[string]Entry) { m.sync(entries, of, func(time.Time) {}) },
		Put:    func(_ string, e Entry) { m.List(e) }, Deleted: func(key string) { m.Unlist(chat.ID(key)) },
	})
}

// Changed returns a channel that holds a token when something changed since the
// last one was taken, or when Notify was called.
func (m *Mirror) Changed() <-chan struct{} { return m.changed }

// Notify puts a token into Changed. It never blocks.
func (m *Mirror) Notify() {
	select {
	case m.changed <- struct{}{}:
	default: // there is a token: whoever takes it will see this change too
	}
}

// Resync has the buckets read again: somebody knows better than the Mirror. It
// never blocks.
func (m *Mirror) Resync() {
	for _, bucket := range m.resync {
		select {
		case bucket <- struct{}{}:
		default:
		}
	}
}

// Lost says that the connection is lost: until the buckets were read again nobody
// counts as absent for what could not be heard.
func (m *Mirror) Lost() {
	for i := range m.resync {
		m.lost(i)
	}
}

func (m *Mirror) lost(bucket int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.synced[bucket] = false
}

// SyncedSince returns since when the buckets are seen as they are; ok is false if
// one of them is not.
func (m *Mirror) SyncedSince() (since time.Time, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since, m.allSynced()
}

// inSync notes that a bucket was read as a whole; m.mu is held.
func (m *Mirror) inSync(bucket int, now time.Time) {
	m.synced[bucket] = true
	if m.allSynced() {
		m.since = now
	}
}

// allSynced reports whether all buckets are seen as they are; m.mu is held.
func (m *Mirror) allSynced() bool { return m.synced == [buckets]bool{true, true, true} }

// update changes what is seen.
func (m *Mirror) update(change func(now time.Time)) {
	defer m.Notify()
	now := m.opts.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	change(now)
}

// updateAgents is update for what may change who is online.
func (m *Mirror) updateAgents(change func(now time.Time)) {
	m.update(func(now time.Time) {
		change(now)
		if m.opts.Observer == nil {
			return
		}
		if online := m.peopleAt(now); !slices.Equal(online, m.online) {
			m.online = online
			m.opts.Observer.Online(online)
		}
	})
}

// View calls f with all entries and the agents who are online. Nothing changes
// before f returns, so a listener that f adds to an Observer misses nothing and
// hears nothing twice. f must not block, nor call the Mirror.
func (m *Mirror) View(f func(entries []Entry, online []Person)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f(m.list(), m.peopleAt(m.opts.Now()))
}
