package system_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/historyworker"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/logging"
	"github.com/parley-chat/parley/pkg/telemetry"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// marker is in every text of an observed conversation.
const marker = "xylophone-4711"

// observed is a system whose roles have logs, traces and metrics as processes of their
// own would have.
type observed struct {
	*system
	url    string // of the gateway
	logs   *lines
	traces *telemetrytest.Collector
	seen   map[string]*prometheus.Registry // by role
}

// lines is a log. It may be written concurrently.
type lines struct {
	mu  sync.Mutex // guards what follows
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.buf.String()), "\n")
}

// observe starts one replica of each role; the bot asks a model.
func observe(t *testing.T) *observed {
	t.Helper()
	o := &observed{system: newSystem(t), logs: &lines{}, traces: telemetrytest.Collect(t), seen: map[string]*prometheus.Registry{}}
	o.log = logging.To(o.logs, "debug")
	tracers := map[string]*telemetry.Tracer{}
	for _, role := range []string{"gateway", "botworker", "escalation", "historyworker"} {
		o.seen[role] = telemetry.NewRegistry(role, "0.0.0")
		tracer, end, err := telemetry.OpenTraces(t.Context(), telemetry.TraceOptions{Role: role, Version: "0.0.0", Log: o.log})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(end)
		tracers[role] = tracer
	}
	o.connect = func(role string) *bus.Conn {
		return o.nats.ConnectWith(bus.Options{Name: role, Metrics: o.seen[role], Tracer: tracers[role], Log: o.log})
	}
	o.run("historyworker", func(conn *bus.Conn) func(context.Context) error {
		return historyworker.New(historyworker.Options{Version: "0.0.0", Metrics: o.seen["historyworker"], Tracer: tracers["historyworker"], Log: o.log}, conn, o.store, o.kept).Run
	})
	o.escalation(escalation.Options{Metrics: o.seen["escalation"]})
	thinker := o.model(tracers["botworker"])
	o.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(botworker.Options{Version: "0.0.0", Turns: 5, Metrics: o.seen["botworker"], Tracer: tracers["botworker"], Log: o.log}, conn, thinker).Run
	})
	o.url = o.system.gateway(func(opts *gateway.Options) {
		opts.Metrics, opts.Tracer = o.seen["gateway"], tracers["gateway"]
	}).url
	return o
}

// model is a bot that asks a model, which says the marker.
func (o *observed) model(tracer *telemetry.Tracer) answer.Thinker {
	o.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, data := range []string{
			`{"choices":[{"index":0,"delta":{"content":"The answer is ` + marker + `."}}]}`,
			`{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
			`{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}}`,
			"[DONE]",
		} {
			_, _ = fmt.Fprintf(w, "data: %s\n\n", data)
		}
	}))
	o.t.Cleanup(server.Close)
	client, err := llm.New(llm.Config{URL: server.URL, Model: "m", Metrics: o.seen["botworker"], Tracer: tracer})
	if err != nil {
		o.t.Fatal(err)
	}
	index, err := knowledge.Load(o.t.Context(), knowledge.Builtin())
	if err != nil {
		o.t.Fatal(err)
	}
	return answer.FromModel(answer.Model{Client: client, Pages: index})
}

// figures reads a role's metrics.
func (o *observed) figures(role string) telemetrytest.Figures {
	o.t.Helper()
	return telemetrytest.Scrape(o.t, o.seen[role])
}

// converse is a whole conversation: the bot, the queue, an agent, notes, and back. Some
// of it is refused.
func (o *observed) converse() (chat string) {
	t := o.t
	ada := talktest.Dial(t, o.url)
	chat = ada.Hello("Ada", "", 0).Chat
	ada.Say("m1", "What is "+marker+"?")
	ada.Event("reply", marker)
	ada.Send("t", "send", "id", "m2", "text", strings.Repeat(marker, 400)) // too long
	ada.Answer("m2")
	ada.Send("t", marker) // no such kind
	ada.Find("an error", func(f talk.Frame) bool { return f.T == "error" && f.Code == "bad_frame" })
	ada.Say("m3", "escalate")
	ada.Event("state", "")
	grace := talktest.Console(t, o.url, "admin", adminPassword)
	grace.Send("t", "open", "id", "o1", "chat", chat)
	grace.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o1" })
	grace.Do("t", "take", "id", "t1", "chat", chat)
	grace.Do("t", "note", "id", "n1", "chat", chat, "text", "a note on "+marker)
	grace.Do("t", "say", "id", "s1", "chat", chat, "text", "It is "+marker)
	ada.Event("say", marker)
	ada.Say("m4", "I see, "+marker)
	ada.Send("t", "page", "id", "p1", "limit", 10)
	ada.Find("a page", func(f talk.Frame) bool { return f.T == "page" && f.ID == "p1" })
	grace.Do("t", "return", "id", "r1", "chat", chat)
	asked := ada.Say("m5", "And "+marker+"?")
	ada.Find("another reply", func(f talk.Frame) bool { return f.Kind == "reply" && f.Seq > asked })
	// History is the last to deal with it.
	bustest.Eventually(t, "all is stored", func() bool { return o.nats.Settled("history") && o.nats.Settled("bot") && o.nats.Settled("escalation") })
	return chat
}

// What people write is in no log, trace or metric, at any level.
func TestNoTextIsLogged(t *testing.T) {
	o := observe(t)
	chat := o.converse()
	logged := o.logs.all()
	named, traced := false, false
	for _, line := range logged {
		if strings.Contains(line, marker) || strings.Contains(line, marker[:9]) {
			t.Errorf("a text is logged: %s", line)
		}
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Errorf("a line that is no JSON: %s", line)
		}
		if fields["chat"] == chat {
			named = true
			traced = traced || fields["trace"] != nil && fields["seq"] != nil
		}
	}
	if !named || !traced {
		t.Errorf("of %d lines one names the chat: %v, and its trace and a sequence: %v", len(logged), named, traced)
	}
	for _, s := range o.traces.Spans() {
		for key, value := range s.About {
			if strings.Contains(fmt.Sprint(key, value, s.Name), marker[:9]) {
				t.Errorf("a text is in the span %s: %s=%v", s.Name, key, value)
			}
		}
	}
	for role := range o.seen {
		for name := range o.figures(role) {
			if strings.Contains(name, marker[:9]) {
				t.Errorf("a text is in a label: %s", name)
			}
		}
	}
}
