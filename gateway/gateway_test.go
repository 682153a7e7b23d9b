package gateway

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// The hub is told that no bot is there: otherwise questions that still wait for one would
// no longer count after two minutes.
func TestTheHubKnowsThatNoBotIsThere(t *testing.T) {
	g := New(Options{Metrics: prometheus.NewRegistry(), Log: zerolog.Nop()}, bustest.Conn(t))
	if seen := g.liveOptions().BotSeen; seen == nil || seen() {
		t.Error("the hub takes it that a bot is there")
	}
}

// warnings counts the lines of a log that name the setting.
type warnings struct{ n atomic.Int32 }

func (w *warnings) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("TRUSTED_PROXIES")) {
		w.n.Add(1)
	}
	return len(line), nil
}

// Twenty visitors who say hello from one private address: the log says so once, and the
// operator page as long as that lasts.
func TestOperatorsAreToldThatAddressesAreHidden(t *testing.T) {
	var log warnings
	g := New(Options{Metrics: prometheus.NewRegistry(), VisitorAuth: identity.Claim, RatePerConnection: 100, RatePerAddress: 1000, Log: zerolog.New(&log)}, bustest.Conn(t))
	serving, stop := context.WithCancel(t.Context())
	if _, err := g.open(t.Context(), serving); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- g.hub.Run() }()
	t.Cleanup(func() { stop(); <-done })
	told := func() bool {
		snap, err := g.watcher.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(snap.Verdict.Problems, func(p ops.Problem) bool { return p.Key == "hidden" })
	}
	come := func(n int) {
		sock, browser := conntest.Pair(t)
		seat, no := g.admission.Connect(localhost)
		if no != nil {
			t.Fatal(no)
		}
		s := g.newVisitorSession(sock, seat, localhost)
		g.sessions.Go(func() { s.run(serving) })
		defer func() { sock.Abort(); g.sessions.Wait() }()
		if err := browser.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"hello","name":"Visitor","token":"claim:%032x"}`, n)); err != nil {
			t.Fatal(err)
		}
		_ = browser.SetReadDeadline(time.Now().Add(bustest.Patience))
		if _, answer, err := browser.ReadMessage(); err != nil || !bytes.Contains(answer, []byte("welcome")) {
			t.Fatalf("%s, %v", answer, err)
		}
	}
	for n := range hiddenVisitors - 1 {
		come(n)
	}
	if told() || log.n.Load() != 0 {
		t.Error("a few visitors of one address are enough for a warning")
	}
	come(hiddenVisitors)
	come(hiddenVisitors + 1)
	if n := log.n.Load(); n != 1 {
		t.Fatalf("%d warnings in the log, want one", n)
	}
	bustest.Eventually(t, "the operator page says it", told) // a look may be a second old
}
