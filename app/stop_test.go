package app

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// thinkingBot starts a bot worker's process and returns it while it is thinking about
// a message in the chat.
func thinkingBot(t *testing.T, speak <-chan struct{}, settings ...string) (bot *exec.Cmd, c *bus.Conn, id chat.ID, seq uint64) {
	t.Helper()
	var asked atomic.Int32
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, _ := io.ReadAll(r.Body) // or the server does not notice that the client disconnects
		if !bytes.Contains(question, []byte("Why?")) {
			_, _ = fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n") // the check at the start
			return
		}
		asked.Add(1)
		select {
		case <-speak:
			_, _ = fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Because.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(model.Close)
	server := bustest.Start(t)
	c, id = server.Connect("gateway"), chat.NewID()
	bot = program(t.Context(), t, append(settings, "NATS_URL="+door(t, server), "LLM_URL="+model.URL, "LLM_MODEL=m", "LOG_LEVEL=error"), "botworker")
	bot.Stderr = os.Stderr
	if err := bot.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bot.Process.Kill(); _ = bot.Wait() })
	stored, err := c.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: "m", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "Why?"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the model is asked", func() bool { return asked.Load() >= 1 })
	return bot, c, id, stored.Seq
}

// At shutdown a process sends the answer it is working on, and then exits with 0.
func TestABotworkerThatIsStoppedAnswersFirst(t *testing.T) {
	speak := make(chan struct{}, 1)
	bot, c, id, seq := thinkingBot(t, speak, "DRAIN_TIME=1m")
	if err := bot.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	speak <- struct{}{}
	if err := bot.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	if s, err := c.Last(t.Context(), id); err != nil || s.State.AnsweredThrough != seq || s.State.Handover {
		t.Errorf("when it has ended the chat is %+v (%v), want it answered through %d", s.State, err, seq)
	}
}

// For operators who don't want to wait for that.
func TestASecondSignalEndsAProcessAtOnce(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		bot, c, id, _ := thinkingBot(t, nil, "DRAIN_TIME=1h")
		ended := make(chan error, 1)
		go func() { ended <- bot.Wait() }()
		var err error
		// The first one may not have been handled yet when the second arrives.
		bustest.Eventually(t, "it ends", func() bool {
			_ = bot.Process.Signal(signal)
			select {
			case err = <-ended:
				return true
			default:
				return false
			}
		})
		if err == nil {
			t.Errorf("%v: it ended as if nothing were left to do", signal)
		}
		if s, err := c.Last(t.Context(), id); err != nil || s.Out != 0 {
			t.Errorf("%v: the chat is %+v (%v), want it unanswered", signal, s.State, err)
		}
	}
}
