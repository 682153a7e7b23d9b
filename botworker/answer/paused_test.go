package answer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/pkg/chat"
)

// The seconds that the others waited for nothing are spared to the next visitors.
func TestAModelThatFailsInARowIsLeftAlone(t *testing.T) {
	works := false
	th, requests, _ := model(t, func(w http.ResponseWriter, r *http.Request) {
		if !works {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		stream(`{"choices":[{"index":0,"delta":{"content":"Here I am."}}]}`)(w, r)
	})
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	var said []time.Duration
	m := th.(*fromModel)
	m.breaker.now, m.breaker.changed = func() time.Time { return now }, func(d time.Duration) { said = append(said, d) }
	ask := func() Answer { return think(t, m, messages("how long can I return shoes?")) }
	for range 10 {
		if a := ask(); !strings.Contains(a.Text, "within 30 days") || a.Handover {
			t.Fatalf("%+v", a)
		}
	}
	if len(*requests) != failuresInARow {
		t.Fatalf("%d requests, want %d", len(*requests), failuresInARow)
	}
	now = now.Add(firstPause)
	ask()
	ask()
	if len(*requests) != failuresInARow+1 {
		t.Errorf("%d requests after the pause: one question tries the model again", len(*requests))
	}
	works = true
	now = now.Add(2 * firstPause)
	if a := ask(); a.Text != "Here I am." {
		t.Errorf("after it works again: %+v", a)
	}
	if a := ask(); a.Text != "Here I am." || !slices.Equal(said, []time.Duration{firstPause, 0}) {
		t.Errorf("%+v, said %v", a, said)
	}
}

// Who waits for the first word when the model is left alone would wait in vain; who reads
// already reads on. Neither is a failure of its own.
func TestThoseWhoWaitAreAnsweredWhenTheModelIsLeftAlone(t *testing.T) {
	asked, reading, release := make(chan struct{}, 2), make(chan struct{}), make(chan struct{})
	th, failures := concurrently(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.Contains(string(body), "do you answer"):
			stream(`{"choices":[{"index":0,"delta":{"content":"I do."}}]}`)(w, r)
		case strings.Contains(string(body), "while I wait"):
			asked <- struct{}{}
			<-r.Context().Done()
		case strings.Contains(string(body), "while I read"):
			_, _ = fmt.Fprintf(w, "data: %s\n\n", `{"choices":[{"index":0,"delta":{"content":"You can return them within a month, as the page says, and "}}]}`)
			w.(http.Flusher).Flush()
			asked <- struct{}{}
			<-release
			stream(`{"choices":[{"index":0,"delta":{"content":"it costs nothing."}}]}`)(w, r)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	think(t, th, messages("do you answer?")) // the first answer of a model is shown when it is complete
	answers := make(chan Answer, 1)
	read := make(chan Answer, 1)
	go func() { answers <- think(t, th, messages("how long can I return shoes, while I wait?")) }()
	go func() {
		a, err := th.Think(context.Background(), messages("how long can I return shoes, while I read?"), signal{reading})
		if err != nil {
			t.Error(err)
		}
		read <- a
	}()
	<-asked
	<-asked
	<-reading
	for range failuresInARow {
		think(t, th, messages("how long can I return shoes?"))
	}
	if a := <-answers; !strings.Contains(a.Text, "within 30 days") || a.Handover {
		t.Errorf("who waited: %+v", a)
	}
	close(release)
	if a := <-read; a.Text != "You can return them within a month, as the page says, and it costs nothing." {
		t.Errorf("who read: %+v", a)
	}
	if n := len(failures()); n != failuresInARow {
		t.Errorf("%d failures, want %d: waiting is none", n, failuresInARow)
	}
}

// signal closes a channel when the first word is read.
type signal struct{ read chan struct{} }

func (s signal) Delta(string) {
	select {
	case <-s.read:
	default:
		close(s.read)
	}
}
func (signal) Restart() {}

// concurrently is model for an endpoint that several questions are at.
func concurrently(t *testing.T, answer http.HandlerFunc) (th Thinker, failures func() []error) {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	client, err := llm.New(llm.Config{URL: srv.URL, Model: "m", Attempts: 1, FirstWord: time.Hour, Stall: time.Hour, Total: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // guards all
	var all []error
	failed := func(_ chat.ID, err error) { mu.Lock(); defer mu.Unlock(); all = append(all, err) }
	return FromModel(Model{Client: client, Pages: shop(t), Failed: failed}), func() []error { mu.Lock(); defer mu.Unlock(); return slices.Clone(all) }
}
