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

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// slowModel is a language model that thinks for a while before its first word.
type slowModel struct {
	url      string
	takes    time.Duration
	thinking atomic.Int64
	most     atomic.Int64 // that it was thinking of at once
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
	n := m.thinking.Add(1)
	defer m.thinking.Add(-1)
	for most := m.most.Load(); n > most && !m.most.CompareAndSwap(most, n); most = m.most.Load() {
	}
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

// thinkers starts replicas of the bot that ask the model, each about so many chats
// at once.
func (s *system) thinkers(m *slowModel, replicas, workers int) {
	s.t.Helper()
	index, err := knowledge.Load(s.t.Context(), knowledge.Builtin())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = index.Close() })
	for range replicas {
		client, err := llm.New(llm.Config{URL: m.url, Model: "m"})
		if err != nil {
			s.t.Fatal(err)
		}
		s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
			return botworker.New(botworker.Options{Version: "0.0.0", Workers: workers, Log: s.log}, conn, answer.FromModel(client, index, nil)).Run
		})
	}
}

// crowd is visitors who talk until their context ends.
type crowd struct {
	ctx  context.Context
	url  string        // of the gateway
	door chan struct{} // so many come in at once
	sync.WaitGroup

	mu       sync.Mutex // guards what follows
	answered []int      // how often each was
	away     error      // of the first who was turned away
}

// crowd has so many visitors come, a few at once.
func (s *system) crowd(ctx context.Context, gatewayURL string, visitors int) *crowd {
	c := &crowd{ctx: ctx, url: gatewayURL, door: make(chan struct{}, 8), answered: make([]int, visitors)}
	for i := range visitors {
		c.Go(func() {
			err := c.talk(i)
			c.mu.Lock()
			defer c.mu.Unlock()
			if err != nil && ctx.Err() == nil && c.away == nil {
				c.away = fmt.Errorf("visitor %d, who was answered %d times: %w", i, c.answered[i], err)
			}
		})
	}
	return c
}

// talk is one visitor, who asks anew when it is answered. It returns an error when
// it is turned away.
func (c *crowd) talk(i int) error {
	c.door <- struct{}{}
	in := sync.OnceFunc(func() { <-c.door })
	defer in()
	socket, err := talk.Dial(c.ctx, c.url, nil)
	if err != nil {
		return err
	}
	defer socket.Close()
	defer context.AfterFunc(c.ctx, socket.Close)()
	if err := socket.Write(map[string]any{"t": "hello", "name": fmt.Sprint("Visitor ", i)}); err != nil {
		return err
	}
	for asked := 0; ; {
		f, err := socket.Read()
		if err != nil {
			return err
		}
		switch {
		case f.T == "error":
			return fmt.Errorf("%s, %s", f.Code, f.Message)
		case f.T == "event" && f.Kind == "reply":
			c.mu.Lock()
			c.answered[i]++
			c.mu.Unlock()
		case f.T == "welcome":
			in()
		default:
			continue
		}
		asked++
		if err := socket.Write(map[string]any{"t": "send", "id": fmt.Sprint("m", asked), "text": "How is that?"}); err != nil {
			return err
		}
	}
}

// least returns how often the one who was answered least was, and what anybody who
// was turned away was told.
func (c *crowd) least() (answered int, away error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Min(c.answered), c.away
}

// A model that thinks for three seconds about each of 300 chats has 300 questions
// before it all the time, and yet nobody waits for it but for these three seconds:
// nobody is turned away, newcomers neither.
func TestNobodyIsTurnedAwayBecauseTheModelIsSlow(t *testing.T) {
	s := newSystem(t)
	s.history()
	model := newSlowModel(t, 3*time.Second)
	s.thinkers(model, 4, 0)
	g, other := s.gateway(), s.gateway()
	const visitors = 300
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	talking := s.crowd(ctx, g.url, visitors)
	least := func() int {
		n, away := talking.least()
		if away != nil {
			t.Fatal(away)
		}
		return n
	}
	bustest.Eventually(t, "nearly all to be thought about at once", func() bool { return least() >= 0 && model.thinking.Load() >= visitors*9/10 })
	newcomers := 0
	bustest.Eventually(t, "everybody to be answered three times, while newcomers come", func() bool {
		p := talktest.Dial(t, []string{g.url, other.url}[newcomers%2])
		if r := knock(p, fmt.Sprint("Newcomer ", newcomers)); r.T != "welcome" {
			t.Fatalf("newcomer %d is told %+v", newcomers, r)
		}
		if r := try(p, "m1"); r.T != "ack" {
			t.Fatalf("newcomer %d, when it speaks, is told %+v", newcomers, r)
		}
		newcomers++
		return least() >= 3
	})
	leave()
	talking.Wait()
	if newcomers < 20 || model.most.Load() < visitors {
		t.Errorf("%d newcomers came, and the model thought of %d at most", newcomers, model.most.Load())
	}
}

// Where more wait than can be thought about newcomers are turned away, until there
// are more replicas.
func TestMoreReplicasLetNewcomersIn(t *testing.T) {
	s := newSystem(t)
	s.history()
	model := newSlowModel(t, 2*time.Second)
	s.thinkers(model, 1, 32)
	g := s.gateway()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	talking := s.crowd(ctx, g.url, 400)
	come := 0
	comes := func() talk.Frame {
		come++
		p := talktest.Dial(t, g.url)
		defer p.Close()
		if r := knock(p, fmt.Sprint("Newcomer ", come)); r.T == "error" {
			return r
		}
		return try(p, "m1")
	}
	bustest.Eventually(t, "a newcomer to be turned away", func() bool { return comes().Later("unavailable") })
	s.thinkers(model, 3, 128)
	bustest.Eventually(t, "newcomers to be let in", func() bool { return comes().T == "ack" })
	bustest.Eventually(t, "everybody to be let in", func() bool {
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
