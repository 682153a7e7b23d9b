package kvonce_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/gateway/kvonce"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

func TestAllProcessesReadTheSameKey(t *testing.T) {
	server := bustest.Start(t)
	keys := make([][]byte, 6)
	var wg sync.WaitGroup
	for i := range keys {
		conn := server.Connect(fmt.Sprint("gateway ", i))
		wg.Go(func() {
			key, err := kvonce.Key(t.Context(), conn, "some-key")
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	wg.Wait()
	for _, key := range keys {
		if len(key) != 32 || !bytes.Equal(key, keys[0]) {
			t.Fatalf("keys differ: %x and %x", keys[0], key)
		}
	}
	other, err := kvonce.Key(t.Context(), server.Connect("later"), "another-key")
	if err != nil || bytes.Equal(other, keys[0]) {
		t.Errorf("two names have one key (%v)", err)
	}
}

func TestOneOfManyCreatorsWins(t *testing.T) {
	server := bustest.Start(t)
	var created atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		bucket := open(t, server.Connect(fmt.Sprint("gateway ", i)))
		wg.Go(func() {
			mine := fmt.Sprint("value ", i)
			got, won, err := kvonce.GetOrCreate(t.Context(), bucket, "k", mine, func(v string) bool { return v == mine })
			if err != nil {
				t.Error(err)
			}
			if won {
				created.Add(1)
			}
			if won != (got == mine) {
				t.Errorf("won is %v, but of %q %q was kept", won, mine, got)
			}
		})
	}
	wg.Wait()
	if created.Load() != 1 {
		t.Errorf("%d winners, want 1", created.Load())
	}
}

// lagging is a real bucket whose reads come from a replica that lags, and whose
// writes lose their acknowledgment.
type lagging struct {
	*bus.Bucket[string]
	missed, lost int
}

func (l *lagging) Get(ctx context.Context, key string) (string, uint64, error) {
	if l.missed > 0 {
		l.missed--
		return "", 0, fmt.Errorf("get: %w", bus.ErrNotFound)
	}
	return l.Bucket.Get(ctx, key)
}

func (l *lagging) Create(ctx context.Context, key, value string) (uint64, error) {
	rev, err := l.Bucket.Create(ctx, key, value)
	if l.lost > 0 {
		l.lost--
		return 0, fmt.Errorf("create: %w", bus.ErrUnavailable)
	}
	return rev, err
}

func TestAStaleReadIsRepeated(t *testing.T) {
	bucket := open(t, bustest.Conn(t))
	if _, err := bucket.Create(t.Context(), "k", "theirs"); err != nil {
		t.Fatal(err)
	}
	got, made, err := kvonce.GetOrCreate(t.Context(), &lagging{Bucket: bucket, missed: 4}, "k", "mine", func(v string) bool { return v == "mine" })
	if got != "theirs" || made || err != nil {
		t.Errorf("got %q, %v, %v; want theirs", got, made, err)
	}
}

func TestALostAcknowledgmentIsStillAWin(t *testing.T) {
	bucket := open(t, bustest.Conn(t))
	got, made, err := kvonce.GetOrCreate(t.Context(), &lagging{Bucket: bucket, lost: 1, missed: 2}, "k", "mine", func(v string) bool { return v == "mine" })
	if got != "mine" || !made || err != nil {
		t.Errorf("got %q, %v, %v; want mine, made", got, made, err)
	}
}

func TestWithoutNATSItIsUnavailable(t *testing.T) {
	conn := bustest.Conn(t)
	bucket := open(t, conn)
	conn.Close()
	if _, _, err := kvonce.GetOrCreate(t.Context(), bucket, "k", "mine", func(string) bool { return true }); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}

func open(t *testing.T, conn *bus.Conn) *bus.Bucket[string] {
	t.Helper()
	bucket, err := bus.OpenBucket[string](t.Context(), conn, "test")
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}
