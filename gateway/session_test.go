package gateway

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/console"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/telemetry"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
)

var localhost = netip.MustParseAddr("127.0.0.1")

// A frame that is refused is marked as failed in its trace, whether a visitor or an agent sent it.
func TestARefusedFrameIsMarkedInItsTrace(t *testing.T) {
	traces := telemetrytest.Collect(t)
	tracer, end, err := telemetry.OpenTraces(t.Context(), telemetry.TraceOptions{Role: "gateway", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	bc := bustest.Conn(t)
	g := New(Options{Metrics: prometheus.NewRegistry(), Tracer: tracer, RatePerConnection: 100, RatePerAddress: 100, Log: zerolog.Nop()}, bc)
	agent, console := conntest.Pair(t)
	visitor, browser := conntest.Pair(t)
	limits := g.admission.Client(localhost, "")
	seat, no := g.admission.Connect(localhost)
	if no != nil {
		t.Fatal(no)
	}
	as, vs := g.newAgentSession(agent, &limits), g.newVisitorSession(visitor, seat, localhost)
	as.who = signedIn(t, bc, agent, nil)
	g.sessions.Go(func() { as.serve(t.Context(), as.handle) })
	g.sessions.Go(func() { vs.serve(t.Context(), vs.handle) })
	t.Cleanup(func() { agent.Abort(); visitor.Abort(); g.sessions.Wait() })
	for client, data := range map[*websocket.Conn]string{
		console: `{"t":"take","id":"1","chat":"no chat"}`,
		browser: `{"t":"send","id":"1","text":"before hello"}`,
	} {
		if err := client.WriteMessage(websocket.TextMessage, []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"frame take", "frame send"} {
		bustest.Eventually(t, name+" to be traced as failed", func() bool {
			return slices.ContainsFunc(traces.Spans(), func(s telemetrytest.Span) bool { return s.Name == name && s.Failed })
		})
	}
}

// The first frame after the end finds the end itself: nothing else looks for it here.
func TestNoFrameIsHandledForAConsoleWhoseSessionIsOver(t *testing.T) {
	for kind, data := range map[string]string{
		"take": `{"t":"take","id":"1","chat":"aaaaaaaaaaaaaaaa"}`, "say": `{"t":"say","id":"1","chat":"aaaaaaaaaaaaaaaa","text":"hello"}`,
		"open": `{"t":"open","id":"1","chat":"aaaaaaaaaaaaaaaa"}`, "chats": `{"t":"chats","id":"1"}`, "page": `{"t":"page","id":"1","chat":"aaaaaaaaaaaaaaaa"}`,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			bc := bustest.Conn(t)
			g := New(Options{Metrics: prometheus.NewRegistry(), RatePerConnection: 100, RatePerAddress: 100, Log: zerolog.Nop()}, bc)
			sock, client := conntest.Pair(t)
			limits := g.admission.Client(localhost, "")
			s := g.newAgentSession(sock, &limits)
			var late atomic.Bool
			s.who = signedIn(t, bc, sock, func() time.Time {
				if late.Load() {
					return time.Now().Add(12 * time.Hour)
				}
				return time.Now()
			})
			late.Store(true)
			g.sessions.Go(func() { s.serve(t.Context(), s.handle) })
			t.Cleanup(func() { sock.Abort(); g.sessions.Wait() })
			if err := client.WriteMessage(websocket.TextMessage, []byte(data)); err != nil {
				t.Fatal(err)
			}
			_ = client.SetReadDeadline(time.Now().Add(bustest.Patience))
			_, answer, err := client.ReadMessage()
			var closed *websocket.CloseError
			if !errors.As(err, &closed) || closed.Code != conn.SignedOut.Code {
				t.Errorf("answered with %s, %v; want only the close code %d", answer, err, conn.SignedOut.Code)
			}
		})
	}
}

// signedIn returns an agent whose console is at the other end of the socket.
func signedIn(t *testing.T, bc *bus.Conn, sock *conn.Socket, now func() time.Time) *console.SignedIn {
	t.Helper()
	all, err := accounts.Open(t.Context(), bc, accounts.Options{Now: now, Cost: accounts.Cost{Memory: 64, Passes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := all.Create(t.Context(), accounts.New{User: "ann", Name: "Ann", Role: accounts.Answer, Password: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	agent, err := all.SignIn(t.Context(), "ann", "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	who, forget := console.NewRevocation(all, func(*console.SignedIn, accounts.Agent) {}).Keep(sock, agent)
	t.Cleanup(forget)
	return who
}

// An operator who set ADMIN_PASSWORD together with an upgrade must not read that the
// value was used before: it was not, and the way back in is another value.
func TestTheLogIsTrueAboutAnAdminPasswordThatDidNothing(t *testing.T) {
	first, old := unusedPassword(accounts.Ensured{First: true}), unusedPassword(accounts.Ensured{Old: true})
	if !strings.Contains(first, "for the first time") || !strings.Contains(first, "set yet another value") || strings.Contains(first, "before") {
		t.Errorf("the first value that is seen: %q", first)
	}
	if !strings.Contains(old, "seen before") || !strings.Contains(old, "set a new value") {
		t.Errorf("an old value: %q", old)
	}
	if line := unusedPassword(accounts.Ensured{}); line != "" {
		t.Errorf("nothing to say: %q", line)
	}
}
