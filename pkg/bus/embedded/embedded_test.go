package embedded

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
)

func TestRoomComesAndGoesWithADistance(t *testing.T) {
	for _, c := range []struct {
		free, reserve uint64
		was, want     bool
	}{
		{100, 0, false, false}, {0, 0, false, false}, {0, 0, true, false},
		{100, 100, false, false}, {99, 100, false, true}, {0, 100, false, true},
		{100, 100, true, true}, {124, 100, true, true}, {125, 100, true, false}, {99, 100, true, true},
	} {
		if got := scarce(c.free, c.reserve, c.was); got != c.want {
			t.Errorf("%d free of a reserve of %d, scarce before %v: %v", c.free, c.reserve, c.was, got)
		}
	}
	r := newRoom(100)
	for i, c := range []struct {
		free          uint64
		hurt          bool
		changed, full bool
	}{
		{500, false, false, false}, {99, false, true, true}, {110, false, false, true}, {125, false, true, false},
		{500, true, true, true}, {500, true, false, true}, {500, false, true, false},
	} {
		changed, full := r.looked(c.free, c.hurt)
		if changed != c.changed || full != c.full || (r.err() != nil) != full {
			t.Errorf("look %d: changed %v, full %v, %v", i, changed, full, r.err())
		}
	}
}

func TestWithoutTheReserveThereIsNoRoom(t *testing.T) {
	s := run(t, Options{Dir: t.TempDir(), SyncInterval: time.Minute, Reserve: math.MaxUint64 / 2, Log: zerolog.Nop()})
	var full *FullError
	if err := s.Room(); !errors.As(err, &full) || !strings.Contains(err.Error(), "DISK_RESERVE is 9223372036854 MB") || !strings.HasSuffix(full.ForStrangers(), ".") || full.Hurt {
		t.Errorf("with a reserve that no disk has: %v", err)
	}
	s = run(t, Options{Dir: t.TempDir(), SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err := s.Room(); err != nil {
		t.Errorf("without a reserve: %v", err)
	}
}

// A server that is busy, or is creating a stream, is not restarted for that.
func TestOnlyWhatANewServerMendsIsAFault(t *testing.T) {
	for _, c := range []struct {
		what  string
		fault server.HealthzError
		hurt  bool
		known bool
	}{
		{"it does not answer in time", server.HealthzError{Type: server.HealthzErrorConn, Error: "failed to be ready for connections"}, false, false},
		{"a stream is being made", server.HealthzError{Type: server.HealthzErrorStream, Error: "JetStream stream '$G > CHAT_0' could not be recovered"}, false, true},
		{"an account", server.HealthzError{Type: server.HealthzErrorAccount, Error: "JetStream account '$G' could not be resolved"}, false, true},
		{"a write failed", server.HealthzError{Type: server.HealthzErrorStream, Error: "JetStream stream '$G > CHAT_0' write error: no space left on device"}, true, true},
		{"JetStream is off", server.HealthzError{Type: server.HealthzErrorJetStream, Error: "JetStream not enabled"}, true, true},
	} {
		why, known := judge(&server.HealthStatus{StatusCode: 503, Errors: []server.HealthzError{c.fault}})
		if (why != "") != c.hurt || known != c.known {
			t.Errorf("%s: %q, known %v", c.what, why, known)
		}
	}
	if why, known := judge(&server.HealthStatus{StatusCode: 200}); why != "" || !known {
		t.Errorf("a server that is well: %q, known %v", why, known)
	}
}

// JetStream turned itself off, as it does when it can't write. After the restart what was
// stored is there again, and connections go on.
func TestAServerThatCanNotStoreIsReplaced(t *testing.T) {
	s := run(t, Options{Dir: t.TempDir(), SyncInterval: time.Minute, Reserve: 1, Log: zerolog.Nop()})
	nc, err := nats.Connect("", nats.InProcessServer(s), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "s", []byte("before")); err != nil {
		t.Fatal(err)
	}
	for round := range uint64(2) {
		first := s.present()
		if err := first.ShutdownJetStream(); err != nil {
			t.Fatal(err)
		}
		sawFull := false
		eventually(t, "another server", func() bool { sawFull = sawFull || s.Room() != nil; return s.present() != first })
		if !sawFull {
			t.Error("nothing said that it can't store")
		}
		eventually(t, "a message to be stored", func() bool {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			ack, err := js.Publish(ctx, "s", []byte("after"), jetstream.WithMsgID(fmt.Sprint(round)))
			return err == nil && ack.Sequence == round+2
		})
		eventually(t, "room", func() bool { return s.Room() == nil })
	}
}

func run(t *testing.T, opts Options) *Server {
	t.Helper()
	s, err := Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		s.Close()
	})
	return s
}

// eventually is bustest.Eventually, which imports this package.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(3 * time.Minute)
	defer deadline.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-again.C:
		case <-deadline.C:
			t.Fatalf("not within three minutes: %s", what)
		}
	}
}
