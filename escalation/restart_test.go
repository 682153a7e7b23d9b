package escalation_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// again is a NATS server that can be stopped and started on the same files.
type again struct {
	dir string
	mu  sync.Mutex // guards now
	now *embedded.Server
}

func (a *again) start(t *testing.T) {
	t.Helper()
	s, err := embedded.Start(embedded.Options{Dir: a.dir, SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = s
}

func (a *again) server() *embedded.Server {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// InProcessConn connects to the current server.
func (a *again) InProcessConn() (net.Conn, error) { return a.server().InProcessConn() }

func (a *again) connect(t *testing.T, name string) *bus.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	c, err := bus.Connect(ctx, bus.Options{InProcess: a, Name: name, Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// NATS goes down and comes back. Nobody loses a chat because of it, and the desk
// carries on.
func TestTheDeskCarriesOnAfterNATSWasDown(t *testing.T) {
	t.Parallel()
	nats := &again{dir: t.TempDir()}
	nats.start(t)
	t.Cleanup(func() { nats.server().Close() })
	s := &stage{T: t, conn: nats.connect(t, "stage")}

	opts := patient()
	opts.AutoAssign, opts.AwayGrace, opts.Log = true, time.Minute, zerolog.Nop()
	w, err := escalation.New(opts, nats.connect(t, "one"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()

	kept := chat.NewID()
	s.online(grace)
	s.ask(kept, chat.Escalate)
	s.becomes(kept, chat.Live)
	before := s.last(kept)

	nats.server().Close()
	nats.start(t)
	bustest.Eventually(t, "the connection is back", func() bool { return s.conn.Ready() == nil })
	s.staysOnline(grace)
	asked := chat.NewID()
	s.ask(asked, chat.Escalate)
	if got := s.becomes(asked, chat.Live).State; *got.Agent != grace {
		t.Errorf("%+v", got)
	}
	s.must(roles.DeskSay, asked, grace, "hello")
	if got := s.last(kept); got.Out != before.Out {
		t.Errorf("the earlier chat: %+v, want it as it was: %+v", got, before)
	}
}
