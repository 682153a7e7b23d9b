package llm

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
)

// Many requests at once, again and again, use the same connections.
func TestConnectionsAreKept(t *testing.T) {
	const atOnce, rounds = 40, 5
	var made atomic.Int32
	var round atomic.Pointer[sync.WaitGroup] // all of a round are asked before any is answered
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		all := round.Load()
		all.Done()
		all.Wait()
		word(w, "Yes.")
		stop(w)
	}))
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			made.Add(1)
		}
	}
	srv.Start()
	t.Cleanup(srv.Close)
	c, err := New(Config{URL: srv.URL, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for range rounds {
		var asked, answered sync.WaitGroup
		asked.Add(atOnce)
		round.Store(&asked)
		for range atOnce {
			answered.Go(func() {
				if _, err := c.Stream(t.Context(), Prompt{Messages: []Message{{Text: "Is it so?"}}}, Unmetered{}, &recorder{}); err != nil {
					t.Error(err)
				}
			})
		}
		answered.Wait()
	}
	if n := made.Load(); n > 2*atOnce {
		t.Errorf("%d connections were made for %d questions, %d at once", n, rounds*atOnce, atOnce)
	}
}
