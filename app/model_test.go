package app

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// said is what a process writes.
type said struct {
	mu  sync.Mutex // guards all
	all bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(b)
}

func (s *said) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.all.String(), text)
}

// The usual fault: the endpoint is below /v1. Whether nobody asks anything or somebody
// does, the log says what to set, and the bot works meanwhile.
func TestTheStartSaysWhatIsWrongWithTheModel(t *testing.T) {
	for _, asks := range []bool{false, true} {
		model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if r.URL.Path != "/v1/chat/completions" {
				http.NotFound(w, r)
				return
			}
			_, _ = io.WriteString(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
		}))
		defer model.Close()
		server := bustest.Start(t)
		c, id := server.Connect("gateway"), chat.NewID()
		bot := program(t.Context(), t, []string{"NATS_URL=" + door(t, server), "LLM_URL=" + model.URL, "LLM_MODEL=m", "LOG_FORMAT=json"}, "botworker")
		var log said
		bot.Stdout, bot.Stderr = &log, &log
		if err := bot.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = bot.Process.Kill(); _ = bot.Wait() })
		if asks {
			if _, err := c.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: "m", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "How do I install Parley?"}, nil); err != nil {
				t.Fatal(err)
			}
			bustest.Eventually(t, "the pages are quoted", func() bool {
				tail, err := c.TailOf(t.Context(), id, 0, chat.RoleVisitor)
				return err == nil && len(tail.Events) == 2 && tail.Events[1].Parts != nil && len(tail.Events[1].Citations) > 0
			})
		}
		sentence := "LLM_URL=" + model.URL + " has no chat endpoint (HTTP 404); " + model.URL + "/v1 has one: set that."
		bustest.Eventually(t, "the log says what to set", func() bool { return log.has(sentence) })
		bustest.Eventually(t, "operators see it", func() bool {
			for _, r := range c.Overview(t.Context(), bus.Expected{Services: []string{roles.Botworker.Service}}).Replicas {
				if strings.Contains(r.Trouble, sentence) {
					return true
				}
			}
			return false
		})
	}
}
