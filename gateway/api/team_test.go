package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/pkg/chat"
)

// Anybody may know who is online by the names that visitors see, and no more.
func TestAnybodySeesWhoIsOnlineByNameOnly(t *testing.T) {
	s := start(t)
	s.online = func() []chat.Agent {
		return []chat.Agent{{User: "grace-login", Name: "Grace"}, {User: "alan-login", Name: "Alan"}}
	}
	b := s.browser("192.0.2.1")
	b.want("two are online", b.do("GET", "/api/team", ""), 200, `{"online":["Grace","Alan"],"count":2}`)

	s.online = func() []chat.Agent {
		many := make([]chat.Agent, 40)
		for i := range many {
			many[i] = chat.Agent{User: "u", Name: string(rune('A' + i%20))}
		}
		return many
	}
	b.want("one look serves all for a while", b.do("GET", "/api/team", ""), 200, `{"online":["Grace","Alan"],"count":2}`)
	s.clock.pass(6 * time.Second)
	b.want("some names, and how many there are", b.do("GET", "/api/team", ""), 200, `{"online":["A","B","C","D","E"],"count":40}`)

	s.online = func() []chat.Agent { return nil }
	s.clock.pass(6 * time.Second)
	b.want("nobody", b.do("GET", "/api/team", ""), 200, `{"online":[],"count":0}`)
	b.wantCode("it is only read", b.do("POST", "/api/team", "{}"), 405, "method_not_allowed")
}

// A thousand visitors behind one address see who is online; whoever asks without end is
// refused, and nobody else is.
func TestAskingWhoIsOnlineHasAShare(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	handler := api.New(api.Options{Online: func() []chat.Agent { return nil }, Now: func() time.Time { return now }})
	ask := func(addr string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/api/team", nil)
		r.RemoteAddr = addr + ":1234"
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	share := admission.TeamOfAddress.Burst
	if share < 2*1000 {
		t.Fatalf("%d a minute are too few for a thousand visitors who ask every 30 seconds", share)
	}
	for i := range share {
		if w := ask("192.0.2.1"); w.Code != http.StatusOK {
			t.Fatalf("question %d: %d %s", i+1, w.Code, w.Body)
		}
	}
	if w := ask("192.0.2.1"); w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "That was too often.") {
		t.Errorf("beyond the share: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := ask("192.0.2.2"); w.Code != http.StatusOK {
		t.Errorf("another address: %d", w.Code)
	}
	now = now.Add(time.Second)
	if w := ask("192.0.2.1"); w.Code != http.StatusOK {
		t.Errorf("a second later: %d", w.Code)
	}
}
