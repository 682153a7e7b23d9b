package deploy

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// frame is any frame of the server's, as far as the story looks at it.
type frame struct {
	T, ID, Chat, Token, Kind, Text, Status, Code, Message, What, Reason string
	Seq                                                                 uint64
	Events                                                              []frame
	Chats                                                               []frame
	Set                                                                 *frame
	Online                                                              []struct{ User string }
}

// client is a visitor or an agent on a real socket. One goroutine uses it.
type client struct {
	t      *testing.T
	ws     *websocket.Conn
	frames []frame
}

func dial(t *testing.T, url, path, protocol string, header http.Header) *client {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: 10 * time.Second}
	ws, _, err := d.Dial("ws"+strings.TrimPrefix(url, "http")+path, header)
	if err != nil {
		t.Fatalf("dial %s: %v", path, err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	return &client{t: t, ws: ws}
}

func (c *client) write(pairs ...any) {
	c.t.Helper()
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	if err := c.ws.WriteJSON(m); err != nil {
		c.t.Fatalf("write %v: %v", m["t"], err)
	}
}

// find returns the first frame since the last forget that is wanted.
func (c *client) find(what string, want func(frame) bool) frame {
	c.t.Helper()
	for i := 0; ; i++ {
		if i == len(c.frames) {
			_ = c.ws.SetReadDeadline(time.Now().Add(40 * time.Second))
			var f frame
			if err := c.ws.ReadJSON(&f); err != nil {
				c.t.Fatalf("waiting for %s: %v; there were %+v", what, err, c.frames)
			}
			c.frames = append(c.frames, f)
		}
		if want(c.frames[i]) {
			return c.frames[i]
		}
	}
}

func (c *client) forget() { c.frames = nil }

// done waits for the answer to a frame, which must not be an error.
func (c *client) done(id string) frame {
	c.t.Helper()
	f := c.find("an answer to "+id, func(f frame) bool { return f.ID == id && f.T != "event" })
	if f.T == "error" {
		c.t.Fatalf("%s is answered by %s: %s", id, f.Code, f.Message)
	}
	return f
}

func (c *client) event(kind, words string) frame {
	c.t.Helper()
	return c.find(fmt.Sprintf("a %s with %q", kind, words), func(f frame) bool {
		return f.T == "event" && f.Kind == kind && (strings.Contains(f.Text, words) || f.Status == words)
	})
}

// call makes a call of the HTTP interface and returns the cookies that it sets.
func call(t *testing.T, url, method, path, body string, header http.Header) http.Header {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", url)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	h := http.Header{"Origin": {url}}
	for _, cookie := range resp.Cookies() {
		h.Add("Cookie", cookie.Name+"="+cookie.Value)
	}
	return h
}
