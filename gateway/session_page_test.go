package gateway

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// watchedLog calls look with each line of a log.
type watchedLog struct{ look func() }

func (w watchedLog) Write(line []byte) (int, error) {
	w.look()
	return len(line), nil
}

// A client that has the answer to one page may ask for the next at once: it was refused
// now and then, since the answer left before the session was free for another page.
func TestTheNextPageMayBeAskedForOnceTheAnswerIsThere(t *testing.T) {
	var s session
	var busy atomic.Int32
	log := zerolog.New(watchedLog{func() { busy.Store(int32(len(s.pages)) + 1) }})
	g := New(Options{Metrics: prometheus.NewRegistry(), RatePerConnection: 1000, RatePerAddress: 1000, Log: log}, bustest.Conn(t))
	sock, client := conntest.Pair(t)
	limits := g.admission.Client(localhost, "")
	s = g.newSession(sock, frame.Visitor, &limits)
	t.Cleanup(func() { sock.Abort(); g.sessions.Wait() })
	// There is no history service, so each answer is an error, which is logged just
	// before it leaves.
	for n := range 20 {
		f, err := frame.Parse([]byte(`{"t":"page","id":"1","limit":10}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.page(t.Context(), f, chat.NewID(), 0, 0); err != nil {
			t.Fatalf("page %d was refused: %v", n+1, err)
		}
		_ = client.SetReadDeadline(time.Now().Add(bustest.Patience))
		if _, answer, err := client.ReadMessage(); err != nil || !bytes.Contains(answer, []byte(`"unavailable"`)) {
			t.Fatalf("%s, %v", answer, err)
		}
	}
	if busy.Load() != 1 {
		t.Errorf("the session was still reading a page when the answer left (or nothing was logged: %d)", busy.Load())
	}
}
