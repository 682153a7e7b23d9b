package managed

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
	"github.com/parley-chat/parley/web"
)

// Visitors of a full account read that there is no room, at once, and /readyz says so;
// when the account has more, both are over by themselves.
func TestVisitorsOfAFullAccountAreToldAndServedAgain(t *testing.T) {
	limits := unlimited()
	limits.DiskStorage = 600_000
	p := provide(t, limits)
	opts := options(p.url(), bus.Identity{Creds: p.creds()})
	url := serve(t, connect(t, opts))
	ada := talktest.Dial(t, url)
	ada.Hello("Ada", "", 0)
	ada.Say("m1", "is there room?")
	if status, body := readyz(t, url); status != http.StatusOK {
		t.Fatalf("at first: %d %s", status, body)
	}
	fill(t, connect(t, opts))
	bustest.Eventually(t, "/readyz says that NATS is full, although nobody writes", func() bool {
		status, body := readyz(t, url)
		return status == http.StatusServiceUnavailable && strings.Contains(body, "the NATS account holds")
	})
	ada.Send("t", "send", "id", "m2", "text", "and now?")
	ada.Find("a kind refusal", func(f talk.Frame) bool {
		return f.T == "error" && f.ID == "m2" && f.Code == "unavailable" && strings.Contains(f.Message, "no room to store messages")
	})
	limits.DiskStorage = 50e6
	p.change(limits)
	bustest.Eventually(t, "/readyz is well again", func() bool { status, _ := readyz(t, url); return status == http.StatusOK })
	ada.Say("m2", "and now?")
}

// serve runs a gateway on the connection and returns its URL.
func serve(t *testing.T, conn *bus.Conn) string {
	t.Helper()
	metrics := prometheus.NewRegistry()
	server, err := health.Listen("ADDR", "127.0.0.1:0", metrics, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	g := gateway.New(gateway.Options{
		Server: server, Pages: web.Files, VisitorAuth: identity.Claim, AdminPassword: "correct horse battery", Room: conn.Room,
		RatePerConnection: 1000, RatePerAddress: 100000, DrainTime: time.Second, Metrics: metrics, Version: "0.0.0", Log: zerolog.Nop(),
		Started: func(string) { close(started) },
	}, conn)
	server.Began(g.Ready)
	ctx, stop := context.WithCancel(t.Context())
	serving, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 2)
	go func() { ended <- server.Run(serving) }()
	go func() { ended <- g.Run(ctx); end() }()
	t.Cleanup(func() {
		stop()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	select {
	case <-started:
	case <-time.After(bustest.Patience):
		t.Fatal("the gateway does not start")
	}
	return "http://" + server.Addr()
}

// fill writes until the account is full.
func fill(t *testing.T, conn *bus.Conn) {
	t.Helper()
	id := chat.NewID()
	for n := 0; conn.Room() == nil; n++ {
		if _, err := conn.AppendIn(t.Context(), message(id, n), nil); err != nil && conn.Room() == nil {
			t.Fatal(err)
		}
	}
}

func readyz(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
