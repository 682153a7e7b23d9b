package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The key-value buckets.
const (
	VisitorsBucket = "visitors" // visitor → chat, where the site or a name says who it is
	RevokedBucket  = "revoked"  // chats whose tokens were revoked, for good
	AgentsBucket   = "agents"   // accounts of agents
	DeskBucket     = "desk"     // chats that wait or are live: a projection of their states
	PresenceBucket = "presence" // agents who are online; entries expire by themselves
	SettingsBucket = "settings" // created once, such as the signing key
	AttemptsBucket = "attempts" // deliveries that failed; see consume_attempts.go
	KeysBucket     = "keys"     // the keys that seal notes; see note_seal.go
	MarksBucket    = "marks"    // how far each side of a chat has read; entries expire by themselves
	AboutBucket    = "about"    // what visitors' pages say of themselves; entries expire by themselves
	SiteBucket     = "site"     // what admins set for their site; see pkg/settings
)

// PresenceTTL is how long an agent counts as online after the last sign of life.
const PresenceTTL = 30 * time.Second

// MarksTTL is how long it is known how far a chat was read.
const MarksTTL = 30 * 24 * time.Hour

// AboutTTL is how long it is known from where, and with what, a visitor came last.
const AboutTTL = 30 * 24 * time.Hour

// deletedFor is how long a deletion from the desk is remembered; a gateway that was
// disconnected for longer reads the whole desk again.
const deletedFor = time.Hour

// keepForGoodTime bounds what keepForGood takes: NATS does not answer what it does not
// permit.
const keepForGoodTime = 5 * time.Second

// ErrReconnected ends a watch when the connection to NATS was lost and is back. Watch
// again.
var ErrReconnected = errors.New("reconnected")

// ErrExists says that there is already a value with that key.
var ErrExists = errors.New("exists already")

// Bucket is a key-value bucket whose values are JSON of one type. Its methods
// may be called concurrently. Keys are made of A-Z a-z 0-9 - _ = . only.
type Bucket[T any] struct {
	conn *Conn
	kv   jetstream.KeyValue
	name string
}

// OpenBucket returns the bucket and creates it if necessary, but not in another region. The error is a
// *LayoutError if the server can't keep as many copies as Options.Replicas.
func OpenBucket[T any](ctx context.Context, c *Conn, name string) (*Bucket[T], error) {
	cfg := jetstream.KeyValueConfig{Bucket: name, Description: "Parley: " + name, History: 1, Storage: jetstream.FileStorage, Replicas: c.opts.Replicas, MaxBytes: c.opts.share("KV_" + name)}
	switch name {
	case PresenceBucket:
		cfg.TTL, cfg.LimitMarkerTTL = PresenceTTL, PresenceTTL
	case DeskBucket:
		cfg.LimitMarkerTTL = deletedFor
	case MarksBucket:
		cfg.TTL = MarksTTL
	case AboutBucket:
		cfg.TTL = AboutTTL
	case AttemptsBucket:
		cfg.TTL, cfg.LimitMarkerTTL = attemptsTTL, deletedFor
	}
	kv, err := c.js.KeyValue(ctx, name)
	if errors.Is(err, jetstream.ErrBucketNotFound) && c.opts.afar {
		return nil, fmt.Errorf("open bucket %s: %w: the region %s has not made it yet", name, ErrUnavailable, c.opts.Region)
	}
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		if kv, err = c.js.CreateKeyValue(ctx, cfg); errors.Is(err, jetstream.ErrBucketExists) {
			kv, err = c.js.KeyValue(ctx, name) // another process was quicker
		}
	}
	if err != nil {
		return nil, c.makeTrouble("open bucket "+name, err)
	}
	if c.opts.MaxBytes > 0 && !c.opts.afar {
		if s, err := c.js.Stream(ctx, "KV_"+name); err == nil {
			c.fit(ctx, s)
		}
	}
	if name == RevokedBucket && !c.opts.afar {
		c.keepForGood(ctx, name)
	}
	return &Bucket[T]{conn: c, kv: kv, name: name}, nil
}

// keepForGood takes the age limit off a bucket that an earlier version made with one.
// Everything else stays as it is there. Where this role may not do so, setup does; until
// then nothing is lost that the earlier version would have kept.
func (c *Conn) keepForGood(ctx context.Context, bucket string) {
	ctx, cancel := context.WithTimeout(ctx, keepForGoodTime)
	defer cancel()
	s, err := c.js.Stream(ctx, "KV_"+bucket)
	if err == nil && s.CachedInfo().Config.MaxAge == 0 {
		return
	}
	if err == nil {
		cfg := s.CachedInfo().Config
		cfg.MaxAge = 0
		_, err = c.js.UpdateStream(ctx, cfg)
	}
	if err != nil {
		c.log.Warn().Str("bucket", bucket).Err(err).Msg("the bucket's entries still expire, and this role could not change that; run parley setup")
	}
}

// Get returns the value and its revision, or ErrNotFound. A value written a
// moment ago by another process may not be seen yet.
func (b *Bucket[T]) Get(ctx context.Context, key string) (value T, revision uint64, err error) {
	entry, err := b.kv.Get(ctx, key)
	if err != nil {
		return value, 0, b.explain("get", key, err)
	}
	if err := json.Unmarshal(entry.Value(), &value); err != nil {
		return value, 0, fmt.Errorf("decode %s of bucket %s: %w", key, b.name, err)
	}
	return value, entry.Revision(), nil
}

// Create stores a value under a new key, or returns ErrExists.
func (b *Bucket[T]) Create(ctx context.Context, key string, value T) (revision uint64, err error) {
	return b.write(key, value, func(data []byte) (uint64, error) { return b.kv.Create(ctx, key, data) })
}

// Update replaces the value of that revision (0: there is none), or returns
// ErrConflict if that is not the last one.
func (b *Bucket[T]) Update(ctx context.Context, key string, value T, revision uint64) (uint64, error) {
	return b.write(key, value, func(data []byte) (uint64, error) { return b.kv.Update(ctx, key, data, revision) })
}

// Put stores the value, whatever was there before.
func (b *Bucket[T]) Put(ctx context.Context, key string, value T) error {
	_, err := b.write(key, value, func(data []byte) (uint64, error) { return b.kv.Put(ctx, key, data) })
	return err
}

// Delete removes the key; a missing key is no error.
func (b *Bucket[T]) Delete(ctx context.Context, key string) error {
	if b.name == DeskBucket || b.name == PresenceBucket || b.name == AttemptsBucket {
		// Otherwise a marker of the deletion would stay forever.
		return b.explain("delete", key, b.kv.Purge(ctx, key, jetstream.PurgeTTL(deletedFor)))
	}
	return b.explain("delete", key, b.kv.Delete(ctx, key))
}

// DeleteAt removes the key if its value is still the one of that revision; otherwise it
// returns ErrConflict and leaves it.
func (b *Bucket[T]) DeleteAt(ctx context.Context, key string, revision uint64) error {
	return b.explain("delete", key, b.kv.Delete(ctx, key, jetstream.LastRevision(revision)))
}

// Deleted reports whether the last thing that happened to the key is that it was deleted, which
// Get does not tell from a key that never was.
func (b *Bucket[T]) Deleted(ctx context.Context, key string) (bool, error) {
	s, err := b.conn.js.Stream(ctx, "KV_"+b.name)
	if err != nil {
		return false, b.explain("look for", key, err)
	}
	last, err := s.GetLastMsgForSubject(ctx, string(bucketKey(b.name, key)))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	if err != nil {
		return false, b.explain("look for", key, err)
	}
	return last.Header.Get("KV-Operation") != "", nil
}

func (b *Bucket[T]) write(key string, value T, store func([]byte) (uint64, error)) (uint64, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return 0, fmt.Errorf("encode %s of bucket %s: %w", key, b.name, err)
	}
	revision, err := store(data)
	return revision, b.explain("write", key, err)
}

func (b *Bucket[T]) explain(what, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrKeyDeleted):
		err = ErrNotFound
	case errors.Is(err, jetstream.ErrKeyExists):
		// nats.go uses the same error for Create and for Update.
		err = fmt.Errorf("%w (%w)", ErrExists, ErrConflict)
	default:
		err = translate(err)
	}
	return fmt.Errorf("%s %s in bucket %s: %w", what, key, b.name, err)
}

// Entry is a value as a watcher sees it.
type Entry[T any] struct {
	Key      string
	Value    T
	Revision uint64
	Gone     bool // deleted
	Current  bool // no entry: the watcher has now seen all that was there at the start
}

// Watch calls see with every value that is there, then once with Current, then
// with every change, until the context ends. See is not called concurrently. It
// ends with ErrReconnected at a reconnect; entries that lapse by age are not reported.
func (b *Bucket[T]) Watch(ctx context.Context, see func(Entry[T])) error {
	return b.watch(ctx, "", see)
}

// Age returns since when the bucket exists, and its last revision: whoever has watched it up to
// a revision may go on there with WatchFrom if it is still the same bucket.
func (b *Bucket[T]) Age(ctx context.Context) (made time.Time, last uint64, err error) {
	s, err := b.conn.js.Stream(ctx, "KV_"+b.name)
	if err != nil {
		return made, 0, fmt.Errorf("look at bucket %s: %w", b.name, translate(err))
	}
	info := s.CachedInfo()
	return info.Created, info.State.LastSeq, nil
}

// WatchFrom is Watch without what was there, unchanged, before a revision.
func (b *Bucket[T]) WatchFrom(ctx context.Context, revision uint64, see func(Entry[T])) error {
	return b.watch(ctx, "", see, jetstream.ResumeFromRevision(revision))
}

// watch is Watch for the keys of a pattern; empty: for all of them.
func (b *Bucket[T]) watch(ctx context.Context, keys string, see func(Entry[T]), opts ...jetstream.WatchOpt) error {
	// NATS' client takes up to 20 s to notice that its consumer is gone.
	reconnected := make(chan struct{}, 1)
	remove := b.conn.onTrouble(func() {
		select {
		case reconnected <- struct{}{}:
		default:
		}
	}, func(*nats.Subscription) {})
	defer remove()
	w, err := b.kv.Watch(ctx, cmp.Or(keys, jetstream.AllKeys), opts...)
	if err != nil {
		return fmt.Errorf("watch bucket %s: %w", b.name, translate(err))
	}
	defer func() { _ = w.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-reconnected:
			return fmt.Errorf("watch bucket %s: %w: %w", b.name, ErrReconnected, ErrUnavailable)
		case entry, ok := <-w.Updates():
			if !ok {
				if ctx.Err() != nil {
					return nil
				}
				return fmt.Errorf("watch bucket %s: %w", b.name, ErrUnavailable)
			}
			if entry == nil {
				see(Entry[T]{Current: true})
				continue
			}
			e := Entry[T]{Key: entry.Key(), Revision: entry.Revision(), Gone: entry.Operation() != jetstream.KeyValuePut}
			if !e.Gone && json.Unmarshal(entry.Value(), &e.Value) != nil {
				continue // not ours to read: as if it were not there
			}
			see(e)
		}
	}
}
