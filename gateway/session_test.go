package gateway

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
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
	g := New(Options{Metrics: prometheus.NewRegistry(), Tracer: tracer, RatePerConnection: 100, RatePerAddress: 100, Log: zerolog.Nop()}, bustest.Conn(t))
	agent, console := conntest.Pair(t)
	visitor, browser := conntest.Pair(t)
	limits := g.admission.Client(localhost)
	as, vs := g.newAgentSession(agent, &limits), g.newVisitorSession(visitor, localhost)
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
