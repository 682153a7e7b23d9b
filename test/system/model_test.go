package system_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/bus"
)

// model is an endpoint that pretends to be a language model. It answers with "On
// <question>" after a moment; a question that begins with "hard" only on command.
type model struct {
	t     *testing.T
	url   string
	takes time.Duration
	speak chan struct{} // one for each answer to a hard question

	mu    sync.Mutex // guards what follows
	asked map[string]int
}

func newModel(t *testing.T, takes time.Duration) *model {
	m := &model{t: t, takes: takes, speak: make(chan struct{}, 16), asked: map[string]int{}}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

// times is how often the model was asked this.
func (m *model) times(question string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked[question]
}

// more lists the questions that the model was asked more than once.
func (m *model) more() (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for q, n := range m.asked {
		if n > 1 {
			list = append(list, fmt.Sprintf("%d times %q", n, q))
		}
	}
	return list
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Messages []struct{ Role, Content string } `json:"messages"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Messages) == 0 {
		m.t.Errorf("the model was asked nothing that it can read: %v", err)
		return
	}
	question := body.Messages[len(body.Messages)-1].Content
	if _, after, ok := strings.Cut(question, "</passages>\n\n"); ok {
		question = after
	}
	m.mu.Lock()
	m.asked[question]++
	m.mu.Unlock()
	var ready <-chan struct{}
	var moment <-chan time.Time
	if strings.HasPrefix(question, "hard") {
		ready = m.speak
	} else {
		moment = time.After(m.takes)
	}
	select {
	case <-ready:
	case <-moment:
	case <-r.Context().Done():
		return
	}
	content, _ := json.Marshal("On " + question)
	_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%s},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", content)
}

// askingBot starts a bot that asks the model.
func (s *system) askingBot(m *model, opts botworker.Options) *replica {
	s.t.Helper()
	pages, err := knowledge.Load(s.t.Context(), knowledge.Builtin())
	if err != nil {
		s.t.Fatal(err)
	}
	client, err := llm.New(llm.Config{URL: m.url, Model: "pretended"})
	if err != nil {
		s.t.Fatal(err)
	}
	opts.Version, opts.Log = "0.0.0", s.log
	return s.run("botworker", func(conn *bus.Conn) func(context.Context) error {
		return botworker.New(opts, conn, answer.FromModel(answer.Model{Client: client, Pages: pages})).Run
	})
}
