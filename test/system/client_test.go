package system_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// frame is any frame of the server's.
type frame struct {
	T       string  `json:"t"`
	ID      string  `json:"id"`
	Chat    string  `json:"chat"`
	Name    string  `json:"name"`
	Token   string  `json:"token"`
	Seq     uint64  `json:"seq"`
	Prev    uint64  `json:"prev"`
	Kind    string  `json:"kind"`
	Text    string  `json:"text"`
	What    string  `json:"what"`
	Status  string  `json:"status"`
	Reason  string  `json:"reason"`
	Through uint64  `json:"through"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
	More    bool    `json:"more"`
	Place   int     `json:"place"`
	Events  []frame `json:"events"`
	From    struct {
		Role string `json:"role"`
		Name string `json:"name"`
	} `json:"from"`
}

// client is a visitor (or an agent) on a real socket. It keeps every frame and
// checks that events come in order, each once, each naming the one before it.
type client struct {
	t  *testing.T
	ws *websocket.Conn

	mu     sync.Mutex // guards what follows
	frames []frame
	events map[string][]frame // by chat; a visitor's under ""
	closed error
}

func dial(t *testing.T, gatewayURL string) *client {
	return dialAs(t, gatewayURL, "/ws", "parley.v1", nil)
}

func dialAs(t *testing.T, gatewayURL, path, protocol string, header http.Header) *client {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: 5 * time.Second}
	ws, resp, err := d.Dial("ws"+strings.TrimPrefix(gatewayURL, "http")+path, header)
	if err != nil {
		t.Fatalf("dial %s: %v (%v)", path, err, resp)
	}
	c := &client{t: t, ws: ws, events: map[string][]frame{}}
	done := make(chan struct{})
	go func() { defer close(done); c.read() }()
	t.Cleanup(func() { _ = ws.Close(); <-done })
	return c
}

func (c *client) read() {
	for {
		_, data, err := c.ws.ReadMessage()
		c.mu.Lock()
		if err != nil {
			c.closed = err
			c.mu.Unlock()
			return
		}
		var f frame
		if err := json.Unmarshal(data, &f); err != nil {
			c.t.Errorf("a frame that is no JSON: %s", data)
		}
		c.frames = append(c.frames, f)
		switch f.T {
		case "welcome":
			delete(c.events, "")
		case "event":
			seen := c.events[f.Chat]
			if n := len(seen); n > 0 && (f.Prev != seen[n-1].Seq || f.Seq <= seen[n-1].Seq) {
				c.t.Errorf("event %d (prev %d) came after %d", f.Seq, f.Prev, seen[n-1].Seq)
			}
			c.events[f.Chat] = append(seen, f)
		}
		c.mu.Unlock()
	}
}

// write sends a frame given as alternating names and values.
func (c *client) write(pairs ...any) {
	c.t.Helper()
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	if err := c.ws.WriteJSON(m); err != nil {
		c.t.Logf("write %v: %v", m["t"], err)
	}
}

// find returns the first frame for which want holds, waiting for it.
func (c *client) find(what string, want func(frame) bool) frame {
	c.t.Helper()
	var got frame
	// Longer than a gateway tries before it says that it could not.
	bustest.EventuallyWithin(c.t, 20*time.Second, what, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, f := range c.frames {
			if want(f) {
				got = f
				return true
			}
		}
		return false
	})
	return got
}

func (c *client) hello(name, token string, since uint64) frame {
	c.t.Helper()
	c.mu.Lock()
	n := len(c.frames)
	c.mu.Unlock()
	c.write("t", "hello", "name", name, "token", token, "since", since)
	var got frame
	bustest.Eventually(c.t, "a welcome for "+name, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, f := range c.frames[n:] {
			if f.T == "welcome" || f.T == "error" {
				got = f
				return true
			}
		}
		return false
	})
	return got
}

// say sends a message and returns its sequence once it is acknowledged.
func (c *client) say(id, text string) uint64 {
	c.t.Helper()
	c.write("t", "send", "id", id, "text", text)
	return c.acked(id)
}

func (c *client) acked(id string) uint64 {
	c.t.Helper()
	return c.answer(id).Seq
}

// answer waits for the ack or the error that answers the frame with that id.
func (c *client) answer(id string) frame {
	c.t.Helper()
	return c.find("an answer to "+id, func(f frame) bool { return f.ID == id && (f.T == "ack" || f.T == "error") })
}

// forget forgets the frames that came so far, except the events in view.
func (c *client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames = nil
}

// event waits for the first event of this kind whose text contains the words.
func (c *client) event(kind, words string) frame {
	c.t.Helper()
	return c.find(fmt.Sprintf("a %s with %q", kind, words), func(f frame) bool {
		return f.T == "event" && f.Kind == kind && strings.Contains(f.Text, words)
	})
}

// seen returns the events in view.
func (c *client) seen() []frame {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]frame(nil), c.events[""]...)
}

func (c *client) ended() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// signIn returns the cookie of a signed-in agent.
func signIn(t *testing.T, gatewayURL, user, password string) http.Header {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, gatewayURL+"/api/login", strings.NewReader(fmt.Sprintf(`{"user":%q,"password":%q}`, user, password)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", gatewayURL)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("sign-in of %s: %s", user, resp.Status)
	}
	h := http.Header{"Origin": {gatewayURL}}
	for _, cookie := range resp.Cookies() {
		h.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	return h
}

func console(t *testing.T, gatewayURL, user, password string) *client {
	t.Helper()
	return dialAs(t, gatewayURL, "/ws/agent", "parley.agent.v1", signIn(t, gatewayURL, user, password))
}

// post makes a call of the API as the admin.
func (s *system) post(g *replica, path, body string) {
	s.t.Helper()
	header := signIn(s.t, g.url, "admin", adminPassword)
	header.Set("Content-Type", "application/json")
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, g.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		s.t.Fatalf("%s: %s", path, resp.Status)
	}
}
