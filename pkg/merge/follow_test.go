package merge_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/merge"
)

// region is one whose replicas merge what the other one has.
type region struct {
	t       *testing.T
	conn    *bus.Conn
	link    *bustest.Link // to the other one
	buckets map[string]*bus.Bucket[json.RawMessage]
}

// twoRegions run two replicas each that merge what the other region has.
func twoRegions(t *testing.T) (eu, ap *region) {
	t.Helper()
	servers := map[chat.Region]*bustest.Server{"eu": bustest.Start(t), "ap": bustest.Start(t)}
	made := map[chat.Region]*region{}
	for name, s := range servers {
		r := &region{t: t, conn: s.ConnectWith(bus.Options{Name: "escalation", Region: name, Log: zerolog.Nop()}), buckets: map[string]*bus.Bucket[json.RawMessage]{}}
		for _, rule := range merge.Rules() {
			b, err := bus.OpenBucket[json.RawMessage](t.Context(), r.conn, rule.Bucket)
			if err != nil {
				t.Fatal(err)
			}
			r.buckets[rule.Bucket] = b
		}
		made[name] = r
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	t.Cleanup(func() { stop(); running.Wait() })
	for name, other := range map[chat.Region]chat.Region{"eu": "ap", "ap": "eu"} {
		r := made[name]
		r.link = bustest.NewLink(t, servers[other], 5*time.Millisecond)
		regions := bus.NewRegions(r.conn, "eu", bus.Options{Name: "escalation", Region: other, InProcess: r.link, Replicas: 1, Log: zerolog.Nop()})
		running.Go(func() { _ = regions.Run(ctx) })
		for range 2 {
			running.Go(func() { regions.WithOthers(ctx, merge.Follower{Own: r.conn, Log: zerolog.Nop()}.Follow) })
		}
	}
	return made["eu"], made["ap"]
}

func (r *region) put(bucket, key, value string) {
	r.t.Helper()
	if err := r.buckets[bucket].Put(r.t.Context(), key, json.RawMessage(value)); err != nil {
		r.t.Fatal(err)
	}
}

// has returns what the region has, as fields; nil if nothing.
func (r *region) has(bucket, key string) (fields map[string]any, revision uint64) {
	r.t.Helper()
	raw, revision, err := r.buckets[bucket].Get(r.t.Context(), key)
	if errors.Is(err, bus.ErrNotFound) {
		return nil, 0
	}
	if err != nil {
		r.t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		r.t.Fatal(err)
	}
	return fields, revision
}

// alike waits until both regions have the same, which fits.
func alike(eu, ap *region, bucket, key string, fits func(map[string]any) bool) {
	eu.t.Helper()
	bustest.Eventually(eu.t, "both regions to have the same "+key, func() bool {
		a, _ := eu.has(bucket, key)
		b, _ := ap.has(bucket, key)
		return fmt.Sprint(a) == fmt.Sprint(b) && fits(a)
	})
}

// What is changed on both sides of a cut is alike everywhere afterwards, and then nothing is
// written any more.
func TestWhatWasChangedOnBothSidesOfACutIsMerged(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	eu.put(bus.AgentsBucket, "ann", `{"user":"ann","name":"Ann","role":"agent","hash":"h","version":1,"edition":1}`)
	eu.put(bus.AgentsBucket, "zoe", `{"user":"zoe","name":"Zoe","role":"agent","hash":"","version":1,"edition":1,"invite":{"hash":"YQ==","expires":"2026-12-07T00:00:00Z","by":"ann"}}`)
	eu.put(bus.VisitorsBucket, "sub.1", `{"chat":"aaaaaaaaaaaaaaaaeu","name":"Ada","created":"2026-11-30T10:00:00Z"}`)
	ap.put(bus.SiteBucket, "settings", `{"settings":{"bot":"Robin"},"revision":1,"by":"ann","at":"2026-11-30T10:00:00Z"}`)
	is := func(field, want string) func(map[string]any) bool {
		return func(f map[string]any) bool { return fmt.Sprint(f[field]) == want }
	}
	alike(eu, ap, bus.AgentsBucket, "ann", is("name", "Ann"))
	alike(eu, ap, bus.AgentsBucket, "zoe", is("name", "Zoe"))
	alike(eu, ap, bus.VisitorsBucket, "sub.1", is("chat", "aaaaaaaaaaaaaaaaeu"))
	alike(eu, ap, bus.SiteBucket, "settings", is("revision", "1"))

	eu.link.Break()
	ap.link.Break()
	eu.put(bus.AgentsBucket, "ann", `{"user":"ann","name":"Ann","role":"agent","hash":"h","disabled":true,"version":2,"edition":2,"changes":{"disabled":1}}`)
	ap.put(bus.AgentsBucket, "ann", `{"user":"ann","name":"Anna","role":"agent","hash":"h","version":1,"edition":9,"changes":{"name":8}}`)
	ap.put(bus.AgentsBucket, "zoe", `{"user":"zoe","name":"Zoe","role":"agent","hash":"","version":2,"edition":2,"withdrawn":true,"changes":{"invite":1}}`)
	eu.put(bus.VisitorsBucket, "sub.2", `{"chat":"bbbbbbbbbbbbbbbbeu","name":"Bob","created":"2026-11-30T11:00:00Z"}`)
	ap.put(bus.VisitorsBucket, "sub.2", `{"chat":"ccccccccccccccccap","name":"Bob","created":"2026-11-30T10:00:00Z"}`)
	eu.put(bus.SiteBucket, "settings", `{"settings":{"bot":"Kim"},"revision":3,"by":"ann","at":"2026-11-30T10:00:00Z"}`)
	ap.put(bus.SiteBucket, "settings", `{"settings":{"bot":"Sam"},"revision":2,"by":"ann","at":"2026-11-30T11:00:00Z"}`)
	eu.link.Mend()
	ap.link.Mend()

	alike(eu, ap, bus.AgentsBucket, "ann", func(f map[string]any) bool {
		return fmt.Sprint(f["disabled"]) == "true" && fmt.Sprint(f["name"]) == "Anna" && fmt.Sprint(f["version"]) == "2"
	})
	alike(eu, ap, bus.AgentsBucket, "zoe", is("withdrawn", "true"))
	alike(eu, ap, bus.VisitorsBucket, "sub.2", is("chat", "ccccccccccccccccap"))
	alike(eu, ap, bus.SiteBucket, "settings", is("revision", "3"))

	sum := func() (n uint64) {
		for _, r := range []*region{eu, ap} {
			for bucket, key := range map[string]string{bus.AgentsBucket: "ann", bus.VisitorsBucket: "sub.2", bus.SiteBucket: "settings"} {
				_, revision := r.has(bucket, key)
				n += revision
			}
		}
		return n
	}
	// What comes after it has been heard of in both directions, twice, when it is there.
	at := sum()
	for i := range 2 {
		for from, to := range map[*region]*region{eu: ap, ap: eu} {
			key := fmt.Sprintf("mark-%d-%t", i, from == eu)
			for _, bucket := range []string{bus.AgentsBucket, bus.VisitorsBucket, bus.SiteBucket} {
				from.put(bucket, key, `{"user":"x","name":"x","role":"agent","edition":1,"version":1,"revision":1,"created":"2026-11-30T10:00:00Z"}`)
				bustest.Eventually(t, "what was written last to be merged", func() bool { f, _ := to.has(bucket, key); return f != nil })
			}
		}
	}
	if now := sum(); now != at {
		t.Errorf("it goes round: revisions were %d in all, and are %d", at, now)
	}
}

// What crosses the link again after a cut is what changed in it, once for all replicas, not all
// that ever was.
func TestACutCostsWhatChangedInIt(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	const visitors = 400
	for i := range visitors {
		eu.put(bus.VisitorsBucket, fmt.Sprintf("sub.%d", i), `{"chat":"aaaaaaaaaaaaaaaaeu","name":"Somebody of a long name, so that all of them weigh something","created":"2026-11-30T10:00:00Z"}`)
	}
	bustest.Eventually(t, "all to be merged", func() bool { f, _ := ap.has(bus.VisitorsBucket, fmt.Sprintf("sub.%d", visitors-1)); return f != nil })
	first := ap.link.Bytes()
	ap.link.Break()
	eu.put(bus.VisitorsBucket, "sub.new", `{"chat":"bbbbbbbbbbbbbbbbeu","name":"Bob","created":"2026-11-30T11:00:00Z"}`)
	ap.link.Mend()
	bustest.Eventually(t, "the new one to be merged", func() bool { f, _ := ap.has(bus.VisitorsBucket, "sub.new"); return f != nil })
	if again := ap.link.Bytes() - first; again > first/4 {
		t.Errorf("%d bytes crossed at first, and %d again after the cut", first, again)
	}
}
