// Package once makes what must exist once although several gateways try at the
// same moment: one of them wins, and all of them read the same.
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

// Bucket is what Make needs of a bus.Bucket.
type Bucket[T any] interface {
	// Get returns bus.ErrNotFound where there is none; a value that another
	// process wrote a moment ago may be missed.
	Get(ctx context.Context, key string) (value T, revision uint64, err error)
	// Create returns bus.ErrExists where there is one. After any other error the
	// value may be there or not.
	Create(ctx context.Context, key string, value T) (revision uint64, err error)
}

// patience bounds one Make, so that a person waits no longer for an answer.
const patience = 6 * time.Second

var retrying = backoff.Policy{Min: 2 * time.Millisecond, Max: 250 * time.Millisecond}

// Make returns the value that stands under the key, and stores fresh there first
// where none does. made is true for exactly one caller in all processes: the one
// whose value it is. mine recognises that value when it is read back, for a write
// whose acknowledgement was lost.
//
// A read may come from a replica that lags. So "there is one" from Create, the
// stream leader's word, is never overruled by a read that finds none: the read
// is made again. The error wraps bus.ErrUnavailable when that took too long.
func Make[T any](ctx context.Context, b Bucket[T], key string, fresh T, mine func(T) bool) (value T, made bool, err error) {
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
			return none, false, fmt.Errorf("make %s: %w (%w)", key, bus.ErrUnavailable, err)
		}
	}
}

// keyLength is the length in bytes of the keys that Key makes.
const keyLength = 32

type secret struct {
	Key []byte `json:"key"`
}

// Key returns the 32 random bytes that the bucket settings keeps under the name.
// The first process to ask makes them; all others, now and later, get the same.
func Key(ctx context.Context, conn *bus.Conn, name string) ([]byte, error) {
	settings, err := bus.OpenBucket[secret](ctx, conn, bus.SettingsBucket)
	if err != nil {
		return nil, err
	}
	fresh := secret{Key: make([]byte, keyLength)}
	_, _ = rand.Read(fresh.Key) // never fails: crypto/rand ends the process instead
	kept, _, err := Make(ctx, settings, name, fresh, func(s secret) bool { return string(s.Key) == string(fresh.Key) })
	if err != nil {
		return nil, fmt.Errorf("read the key %s: %w", name, err)
	}
	if len(kept.Key) != keyLength {
		return nil, fmt.Errorf("the key %s in bucket %s has %d bytes, want %d", name, bus.SettingsBucket, len(kept.Key), keyLength)
	}
	return kept.Key, nil
}
