package system_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// slowModel is a language model that thinks for a while before its first word.
type slowModel struct {
	url      string
	takes    time.Duration
	thinking atomic.Int64
}

func newSlowModel(t *testing.T, takes time.Duration) *slowModel {
	t.Helper()
	m := &slowModel{takes: takes}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *slowModel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.thinking.Add(1)
	defer m.thinking.Add(-1)
	word := time.NewTimer(m.takes)
	defer word.Stop()
	select {
	case <-word.C:
	case <-r.Context().Done():
		return
	}
	for _, data := range []string{`{"choices":[{"index":0,"delta":{"content":"So it is."}}]}`, `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`, "[DONE]"} {
		_, _ = fmt.Fprintf(w, "data: %s\n\n", data)
	}
}

// thinkers starts replicas of the bot that ask the model, each about that many chats at
// once.
func (s *system) thinkers(m *slowModel, replicas, workers int) {
	s.t.Helper()
	index, err := knowledge.Load(s.t.Context(), knowledge.Builtin())
	if err != nil {
		s.t.Fatal(err)
	}
	for range replicas {
		client, err := llm.New(llm.Config{URL: m.url, Model: "m"})
		if err != nil {
			s.t.Fatal(err)
		}
		s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
			return botworker.New(botworker.Options{Version: "0.0.0", Workers: workers, Log: s.log}, conn, answer.FromModel(answer.Model{Client: client, Pages: index})).Run
		})
	}
}

// crowd is visitors who talk until their context ends.
type crowd struct {
	ctx  context.Context
	url  string        // of the gateway
	send sending       // how they send a frame
	door chan struct{} // bounds how many connect at once
	sync.WaitGroup

	mu       sync.Mutex // guards what follows
	answered []int      // how often each was
}

// sending is talk.Client's Ask, which leaves it at a refusal, or its Do, which comes
// again.
type sending func(*talk.Client, context.Context, map[string]any) (talk.Frame, error)

// crowd makes that many visitors come, a few at once. Those that are refused leave.
func (s *system) crowd(ctx context.Context, gatewayURL string, visitors int, send sending) *crowd {
	c := &crowd{ctx: ctx, url: gatewayURL, send: send, door: make(chan struct{}, 8), answered: make([]int, visitors)}
	for i := range visitors {
		c.Go(func() {
			if err := c.talk(i); err != nil && ctx.Err() == nil {
				s.t.Logf("visitor %d leaves: %v", i, err)
			}
		})
	}
	return c
}

// talk is one visitor, who asks again when the last question is answered.
func (c *crowd) talk(i int) error {
	c.door <- struct{}{}
	in := sync.OnceFunc(func() { <-c.door })
	defer in()
	socket, err := talk.Dial(c.ctx, c.url, talk.From(address(i)))
	if err != nil {
		return err
	}
	v := talk.Listen(socket)
	defer v.Close()
	send := func(frame map[string]any) (talk.Frame, error) {
		f, err := c.send(v, c.ctx, frame)
		if err == nil && f.T == "error" {
			err = fmt.Errorf("%s, %s", f.Code, f.Message)
		}
		return f, err
	}
	if _, err := send(map[string]any{"t": "hello", "name": fmt.Sprint("Visitor ", i), "token": talk.Secret()}); err != nil {
		return err
	}
	in()
	for n := 0; ; n++ {
		asked, err := send(map[string]any{"t": "send", "id": fmt.Sprint("m", n), "text": "How is that?"})
		if err != nil {
			return err
		}
		if _, err := v.Await(c.ctx, "an answer", func(f talk.Frame) bool { return f.Kind == "reply" && f.Through >= asked.Seq }); err != nil {
			return err
		}
		c.mu.Lock()
		c.answered[i]++
		c.mu.Unlock()
	}
}

// least returns the number of answers of the visitor who has the fewest.
func (c *crowd) least() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Min(c.answered)
}

// A model that thinks for eight seconds about each of 300 chats has 300 open questions all
// the time, and yet nobody waits longer than that: nobody is shed, not even newcomers.
// A machine that can't keep up with so many has a backlog indeed, and gets a slower model.
func TestNobodyIsShedBecauseTheModelIsSlow(t *testing.T) {
	const slowest = 32 * time.Second
	for thinks := 8 * time.Second; ; thinks *= 2 {
		shed := 0.0
		t.Run(thinks.String(), func(t *testing.T) { shed = shedWhileTheModelThinks(t, thinks) })
		switch {
		case shed == 0 || t.Failed():
			return
		case thinks == slowest:
			t.Fatalf("newcomers were shed %v times, however long the model thinks", shed)
		}
	}
}

// shedWhileTheModelThinks returns how often newcomers were shed while 300 visitors talked
// with a model that thinks for so long.
func shedWhileTheModelThinks(t *testing.T, thinks time.Duration) (shed float64) {
	s := newSystem(t)
	s.history()
	model := newSlowModel(t, thinks)
	s.thinkers(model, 4, 0)
	var urls []string
	var figures []*prometheus.Registry
	for range 2 {
		figures = append(figures, prometheus.NewRegistry())
		urls = append(urls, s.gateway(behindProxy, func(o *gateway.Options) { o.Metrics = figures[len(figures)-1] }).url)
	}
	const visitors = 300
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	talking := s.crowd(ctx, urls[0], visitors, (*talk.Client).Do)
	bustest.Eventually(t, "nearly all to be thought about at once", func() bool { return model.thinking.Load() >= visitors*9/10 })
	newcomers := 0
	bustest.Eventually(t, "everybody to be answered three times, while newcomers come", func() bool {
		p := talktest.DialFrom(t, urls[newcomers%2], address(1000+newcomers))
		p.Hello(fmt.Sprint("Newcomer ", newcomers), "", 0)
		p.Say("m1", "How?")
		newcomers++
		return newcomers >= 20 && talking.least() >= 3
	})
	leave()
	talking.Wait()
	// On a slow machine something may fail for a moment, which is not counted here.
	for _, f := range figures {
		shed += telemetrytest.Scrape(t, f)[`parley_gateway_turned_away_total{why="backlog"}`]
	}
	return shed
}

// If more messages wait than the bot can think about, newcomers are shed until there are
// more replicas.
func TestMoreReplicasAdmitNewcomers(t *testing.T) {
	s := newSystem(t)
	s.history()
	model := newSlowModel(t, 2*time.Second)
	s.thinkers(model, 1, 32)
	g := s.gateway(behindProxy)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	talking := s.crowd(ctx, g.url, 400, (*talk.Client).Ask)
	come := 0
	comes := func() talk.Frame {
		come++
		p := talktest.DialFrom(t, g.url, address(1000+come))
		defer p.Close()
		if r := knock(p, fmt.Sprint("Newcomer ", come)); r.T == "error" {
			return r
		}
		return try(p, "m1")
	}
	bustest.Eventually(t, "a newcomer to be turned away", func() bool { return comes().Later("unavailable") })
	s.thinkers(model, 3, 128)
	bustest.Eventually(t, "newcomers to be admitted", func() bool { return comes().T == "ack" })
	bustest.Eventually(t, "everybody to be admitted", func() bool {
		for range 5 {
			if comes().T != "ack" {
				return false
			}
		}
		return true
	})
	leave()
	talking.Wait()
}
