package gateway

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/web"
)

// heard is what a visitor's client reads of a frame here.
type heard struct {
	T            string        `json:"t"`
	Face         settings.Face `json:"face"`
	FaceRevision uint64        `json:"face_revision"`
	Message      string        `json:"message"`
}

// hears waits for a frame of a kind.
func hears(t *testing.T, c *websocket.Conn, kind string) heard {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(bustest.Patience)); err != nil {
		t.Fatal(err)
	}
	for {
		_, data, err := c.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for %s: %v", kind, err)
		}
		var f heard
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		if f.T == kind {
			return f
		}
		if f.T == "error" {
			t.Fatalf("waiting for %s: %s", kind, data)
		}
	}
}

// Another replica changes what the site chose. A page that is connected is told; one that
// connects later, with whatever it has, learns the revision by its welcome.
func TestOpenPagesLearnWhatAdminsChange(t *testing.T) {
	server := bustest.Start(t)
	g := New(Options{Metrics: prometheus.NewRegistry(), VisitorAuth: identity.Claim, Pages: web.Files, RatePerConnection: 100, RatePerAddress: 100, Log: zerolog.Nop()}, server.Connect("gateway"))
	serving, stop := context.WithCancel(context.Background())
	if _, err := g.open(t.Context(), serving); err != nil {
		t.Fatal(err)
	}
	handler, err := g.handler(serving)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = g.site.Run(serving) })
	running.Go(func() { _ = g.hub.Run() })
	g.site.Await(t.Context(), bustest.Patience)
	running.Go(func() { _ = g.faces.run(serving, g.site, g.visitorSockets) })
	pages := httptest.NewServer(handler)
	t.Cleanup(func() {
		for _, s := range g.allSockets() {
			s.Abort()
		}
		g.sessions.Wait()
		g.workers.Close()
		pages.Close()
		stop()
		running.Wait()
	})
	visit := func() (*websocket.Conn, heard) {
		t.Helper()
		dialer := websocket.Dialer{Subprotocols: []string{visitorProtocol}}
		c, _, err := dialer.Dial("ws"+strings.TrimPrefix(pages.URL, "http")+"/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if err := c.WriteJSON(map[string]string{"t": "hello", "name": "Ada", "token": "claim:" + strings.Repeat("a", 43)}); err != nil {
			t.Fatal(err)
		}
		return c, hears(t, c, "welcome")
	}
	early, welcome := visit()
	if welcome.FaceRevision != 0 {
		t.Errorf("before anything was set, the welcome names revision %d", welcome.FaceRevision)
	}
	agent, console := conntest.Pair(t)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	g.start(agent, false, func() { <-over })

	admin := settings.New(server.Connect("another"), settings.Settings{})
	if _, err := admin.Change(t.Context(), settings.Settings{Title: "Shop"}, 0, "ada", time.Now()); err != nil {
		t.Fatal(err)
	}
	if f := hears(t, early, "face").Face; f.Title != "Shop" || f.Revision != 1 {
		t.Errorf("it is told %+v", f)
	}
	if _, welcome = visit(); welcome.FaceRevision != 1 {
		t.Errorf("the next welcome names revision %d", welcome.FaceRevision)
	}
	if _, err := admin.Change(t.Context(), settings.Settings{Title: "The shop"}, 1, "ada", time.Now()); err != nil {
		t.Fatal(err)
	}
	if f := hears(t, early, "face").Face; f.Title != "The shop" || f.Revision != 2 {
		t.Errorf("it is told %+v", f)
	}
	agent.Send([]byte(`{"t":"own"}`))
	if _, first, err := console.ReadMessage(); err != nil || string(first) != `{"t":"own"}` {
		t.Errorf("an agent's console is told %s, %v", first, err)
	}
	agent.Close(conn.GoingAway)
}

// A change must not be a burst: however many pages are open, few are told at one instant,
// and all within a second or so.
func TestManyPagesLearnItOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := map[time.Time]int{}
		began := time.Now()
		inBatches(t.Context(), make([]int, 10_000), func(int) { at[time.Now()]++ })
		for when, n := range at {
			if n > facesAtOnce {
				t.Errorf("%d are told after %v", n, when.Sub(began))
			}
		}
		if took := time.Since(began); took > 1500*time.Millisecond {
			t.Errorf("10,000 take %v", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		told := 0
		inBatches(ctx, make([]int, 10_000), func(int) { told++; cancel() })
		if told != facesAtOnce {
			t.Errorf("%d are told after the end", told)
		}
	})
}
