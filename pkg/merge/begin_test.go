package merge

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/rs/zerolog"

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
