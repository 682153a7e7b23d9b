// Package kvonce creates values that must exist once although several gateways try
// at the same moment: one of them wins, and all of them read the same value.
package kvonce

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
)

// Bucket is what GetOrCreate needs of a bus.Bucket.
type Bucket[T any] interface {
	// Get returns bus.ErrNotFound if there is no value; it may miss one that another
	// process wrote a moment ago.
	Get(ctx context.Context, key string) (value T, revision uint64, err error)
	// Create returns bus.ErrExists if there is a value. After any other error the
	// value may or may not be stored.
	Create(ctx context.Context, key string, value T) (revision uint64, err error)
}

// patience bounds one GetOrCreate, so that nobody waits longer for an answer.
const patience = 6 * time.Second

var retrying = backoff.Policy{Min: 2 * time.Millisecond, Max: 250 * time.Millisecond}

// GetOrCreate returns the value under the key, and stores fresh there first if there
// is none. created is true for exactly one caller in all processes: the one whose
// value it is. mine recognizes that value when it is read back, for a write whose
// acknowledgment was lost.
//
// A read may come from a replica that lags. So if Create says that there is a value,
// which is the stream leader's word, a read that finds none does not overrule it: the
// read is repeated. The error wraps bus.ErrUnavailable if that takes too long.
func GetOrCreate[T any](ctx context.Context, b Bucket[T], key string, fresh T, mine func(T) bool) (value T, created bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tried := false
	for try := 1; ; try++ {
		value, _, err = b.Get(ctx, key)
		switch {
		case err == nil:
			return value, tried && mine(value), nil
		case !errors.Is(err, bus.ErrNotFound) && !tried:
			return value, false, err
		}
		if errors.Is(err, bus.ErrNotFound) {
			_, err = b.Create(ctx, key, fresh)
			if err == nil {
				return fresh, true, nil
			}
			tried = true
		}
		if retrying.Wait(ctx, try) != nil {
			var none T
			return none, false, fmt.Errorf("create %s: %w (%w)", key, bus.ErrUnavailable, err)
		}
	}
}

// keyLength is the length of the keys that Key creates, in bytes.
const keyLength = 32

type secret struct {
	Key []byte `json:"key"`
}

// Key returns the 32 random bytes that the bucket settings holds under the name. The
// first process to ask creates them; all others, now and later, get the same.
func Key(ctx context.Context, conn *bus.Conn, name string) ([]byte, error) {
	settings, err := bus.OpenBucket[secret](ctx, conn, bus.SettingsBucket)
	if err != nil {
		return nil, err
	}
	fresh := secret{Key: make([]byte, keyLength)}
	_, _ = rand.Read(fresh.Key) // never fails: crypto/rand ends the process instead
	kept, _, err := GetOrCreate(ctx, settings, name, fresh, func(s secret) bool { return string(s.Key) == string(fresh.Key) })
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", name, err)
	}
	if len(kept.Key) != keyLength {
		return nil, fmt.Errorf("the key %s in bucket %s has %d bytes, want %d", name, bus.SettingsBucket, len(kept.Key), keyLength)
	}
	return kept.Key, nil
}
