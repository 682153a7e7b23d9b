package merge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// A region begins with the keys and the accounts of another, or with none until it is there; what
// began apart is told from what did not.
func TestARegionBeginsWithWhatTheFirstHas(t *testing.T) {
	conns := [2]*bus.Conn{bustest.Conn(t), bustest.Conn(t)}
	f, first := Follower{Own: conns[0], Log: zerolog.Nop()}, conns[1]
	put := func(conn *bus.Conn, bucket, key, value string) {
		t.Helper()
		b, err := bus.OpenBucket[json.RawMessage](t.Context(), conn, bucket)
		if err == nil {
			err = b.Put(t.Context(), key, json.RawMessage(value))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(first, bus.AgentsBucket, "ann", `{"user":"ann","edition":1}`)
	put(first, bus.SettingsBucket, "other", `{"key":"o"}`)
	if err := f.Begin(t.Context(), first, "k"); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("before the first has begun: %v", err)
	}
	put(first, bus.SettingsBucket, "k", `{"key":"a"}`)
	for range 2 {
		if err := f.Begin(t.Context(), first, "k"); err != nil {
			t.Fatal(err)
		}
	}
	agents, err := bus.OpenBucket[json.RawMessage](t.Context(), conns[0], bus.AgentsBucket)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := agents.Get(t.Context(), "ann"); err != nil {
		t.Errorf("the accounts: %v", err)
	}
	for _, want := range []int{0, 1} {
		if differ, err := f.Differ(t.Context(), first, "k"); err != nil || len(differ) != want {
			t.Errorf("%v differ, %v", differ, err)
		}
		put(conns[0], bus.SettingsBucket, "k", `{"key":"b"}`) // and begins apart
	}
}

// Two people who took one name, each in a region, when a name belonged to a browser, are two.
func TestBrowsersOfOneNameStayTwo(t *testing.T) {
	conn := bustest.Conn(t)
	own, err := bus.OpenBucket[json.RawMessage](t.Context(), conn, bus.VisitorsBucket)
	if err != nil {
		t.Fatal(err)
	}
	f, rule := Follower{Own: conn, Log: zerolog.Nop()}, Rules()[2]
	older := json.RawMessage(`{"chat":"a","created":"2026-11-30T10:00:00Z","claim":"x"}`)
	younger := json.RawMessage(`{"chat":"b","created":"2026-11-30T11:00:00Z","claim":"y"}`)
	if err := own.Put(t.Context(), "ada", younger); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"ada", "bob"} {
		if err := f.take(t.Context(), own, rule, bus.Entry[json.RawMessage]{Key: key, Value: older}); err != nil {
			t.Fatal(err)
		}
	}
	if kept, _, err := own.Get(t.Context(), "ada"); err != nil || string(kept) != string(younger) {
		t.Errorf("a browser's chat went to another: %s, %v", kept, err)
	}
	if _, _, err := own.Get(t.Context(), "bob"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("a name is taken in another region, too: %v", err)
	}
}

// A value that can't be written here holds up nothing behind it, and is merged once it can be.
func TestAValueThatCanNotBeWrittenHoldsUpNothing(t *testing.T) {
	t.Parallel()
	small := bustest.Start(t).ConnectWith(bus.Options{Name: "gateway", Region: "eu", MaxBytes: 3 << 20, Log: zerolog.Nop()})
	other := bustest.Start(t).ConnectWith(bus.Options{Name: "gateway", Region: "ap", Log: zerolog.Nop()})
	var buckets [2]*bus.Bucket[json.RawMessage]
	for i, conn := range []*bus.Conn{small, other} {
		var err error
		if buckets[i], err = bus.OpenBucket[json.RawMessage](t.Context(), conn, bus.VisitorsBucket); err != nil {
			t.Fatal(err)
		}
	}
	visitor := func(name int) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"chat":"aaaaaaaaaaaaaaaaeu","name":"%0*d","created":"2026-11-30T10:00:00Z"}`, name, 1))
	}
	put := func(bucket int, key string, length int) {
		t.Helper()
		if err := buckets[bucket].Put(t.Context(), key, visitor(length)); err != nil {
			t.Fatal(err)
		}
	}
	put(0, "sub.full", 50<<10)
	put(1, "sub.large", 20<<10)
	put(1, "sub.small", 10)
	if err := buckets[0].Put(t.Context(), "sub.probe", visitor(20<<10)); err == nil {
		t.Fatal("the bucket of this test is not full")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	f := Follower{Own: small, Log: zerolog.Nop(), Retry: backoff.Policy{Min: 10 * time.Millisecond, Max: 50 * time.Millisecond}}
	go func() { defer close(ended); f.follow(ctx, other, Rules()[2], newSight(Rules())) }()
	defer func() { stop(); <-ended }()
	here := func(key string) bool { _, _, err := buckets[0].Get(t.Context(), key); return err == nil }
	bustest.Eventually(t, "what comes behind it to be merged", func() bool { return here("sub.small") })
	put(1, "sub.later", 10)
	bustest.Eventually(t, "what comes later to be merged", func() bool { return here("sub.later") })
	if here("sub.large") {
		t.Fatal("the bucket was full, and has it")
	}
	put(0, "sub.full", 10)
	bustest.Eventually(t, "it to be merged when there is room", func() bool { return here("sub.large") })
}

// Of too many keys that can't be merged no more is remembered than that all has to be read again; a
// key that was heard of since it was read for a retry is tried once more.
func TestWhatCanNotBeMergedIsRememberedWithinBounds(t *testing.T) {
	t.Parallel()
	left := newFailed()
	for i := range maxFailed + 1 {
		left.add(fmt.Sprint(i))
	}
	if all := left.all(); len(all) != maxFailed {
		t.Errorf("it remembers %d", len(all))
	}
	left.add("0")
	for key := range left.all() {
		left.mergedAt(key, 1)
	}
	if none, more := left.none(); none || !more {
		t.Errorf("none %v, more %v", none, more)
	}
	left.merged("0")
	if none, more := left.none(); !none || !more {
		t.Errorf("none %v, more %v", none, more)
	}
}
