package bus_test

import (
	"context"
	"errors"
	"maps"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// copied is what somebody who follows a bucket knows of it.
type copied struct {
	mu     sync.Mutex // guards what follows
	values map[string]string
	synced int
	lost   int
}

func (c *copied) has(want map[string]string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Equal(c.values, want) && c.synced == c.lost+1
}

// follow follows a bucket until the test ends.
func follow(t *testing.T, conn *bus.Conn, bucket string, resync chan struct{}) *copied {
	t.Helper()
	c := &copied{}
	locked := func(f func()) { c.mu.Lock(); defer c.mu.Unlock(); f() }
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		bus.Follow(ctx, conn, bus.Following[string]{
			Bucket: bucket, Without: "nothing is seen", Resync: resync,
			Synced:  func(values map[string]string) { locked(func() { c.values, c.synced = values, c.synced+1 }) },
			Put:     func(key, value string) { locked(func() { c.values[key] = value }) },
			Deleted: func(key string) { locked(func() { delete(c.values, key) }) },
			Lost:    func() { locked(func() { c.lost++ }) },
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return c
}

func TestWhoeverFollowsABucketKnowsWhatItHolds(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	bucket, err := bus.OpenBucket[string](t.Context(), server.Connect("writer"), "test")
	if err != nil {
		t.Fatal(err)
	}
	put := func(key, value string) {
		t.Helper()
		bustest.Eventually(t, key+" is stored", func() bool { return bucket.Put(t.Context(), key, value) == nil })
	}
	put("a", "1")
	put("b", "2")
	resync := make(chan struct{})
	seen := follow(t, server.Connect("follower"), "test", resync)
	bustest.Eventually(t, "what was there is seen", func() bool { return seen.has(map[string]string{"a": "1", "b": "2"}) })
	put("a", "3")
	if err := bucket.Delete(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "changes are seen", func() bool { return seen.has(map[string]string{"a": "3"}) })

	seen.mu.Lock()
	seen.values["vanished"] = "as if its deletion had been missed"
	seen.mu.Unlock()
	resync <- struct{}{}
	bustest.Eventually(t, "what is no longer there is forgotten", func() bool { return seen.has(map[string]string{"a": "3"}) })

	server.Restart()
	put("c", "4")
	bustest.Eventually(t, "it is followed after a restart of NATS", func() bool { return seen.has(map[string]string{"a": "3", "c": "4"}) })
}

// As after a start of NATS on an empty disk.
func TestABucketThatIsLostIsFollowedWhenItIsThereAgain(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	conn, writer := server.Connect("follower"), server.Connect("writer")
	bucket, err := bus.OpenBucket[string](t.Context(), writer, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := bucket.Put(t.Context(), "a", "1"); err != nil {
		t.Fatal(err)
	}
	seen := follow(t, conn, "test", nil)
	bustest.Eventually(t, "what was there is seen", func() bool { return seen.has(map[string]string{"a": "1"}) })
	if err := writer.RemoveBucket(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	server.Restart()
	bustest.Eventually(t, "the new bucket is seen", func() bool { return seen.has(map[string]string{}) })
}

// NATS' client alone takes up to 20 seconds to notice that its consumer is gone.
func TestAWatchEndsWhenNATSIsBack(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	bucket, err := bus.OpenBucket[string](t.Context(), server.Connect("watcher"), "test")
	if err != nil {
		t.Fatal(err)
	}
	current, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- bucket.Watch(t.Context(), func(e bus.Entry[string]) {
			if e.Current {
				close(current)
			}
		})
	}()
	<-current
	server.Restart()
	if err := <-ended; !errors.Is(err, bus.ErrReconnected) {
		t.Errorf("it ended with %v, want %v", err, bus.ErrReconnected)
	}
}
