// Package talktest is the client of package talk for tests: what does not come fails
// the test.
package talktest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-chat/parley/test/internal/talk"
)

// Client is a visitor or an agent on a real socket, which is closed with the test.
// Then the test fails if events came out of order, twice or with a gap.
type Client struct {
	*talk.Client
	t testing.TB
}

// Dial connects a visitor to a gateway.
func Dial(t testing.TB, base string) *Client {
	t.Helper()
	s, err := talk.Dial(t.Context(), base, nil)
	return listen(t, s, err)
}

// DialFrom connects a visitor to a gateway that takes this address from X-Forwarded-For.
func DialFrom(t testing.TB, base, addr string) *Client {
	t.Helper()
	s, err := talk.Dial(t.Context(), base, talk.From(addr))
	return listen(t, s, err)
}

// Console signs a user in and connects an agent's console.
func Console(t testing.TB, base, user, password string) *Client {
	t.Helper()
	return DialConsole(t, base, Login(t, base, user, password))
}

// DialConsole connects an agent's console, and waits for its welcome: that may hold what happens
// before it is sent, and frames of their own tell what happens after that. The header is from Login.
func DialConsole(t testing.TB, base string, header http.Header) *Client {
	t.Helper()
	s, err := talk.DialConsole(t.Context(), base, header)
	c := listen(t, s, err)
	c.Find("a welcome", func(f talk.Frame) bool { return f.T == "welcome" })
	return c
}

func listen(t testing.TB, s *talk.Socket, err error) *Client {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{Client: talk.Listen(s), t: t}
	t.Cleanup(func() {
		c.Close()
		for _, fault := range c.Faults() {
			t.Error(fault)
		}
	})
	return c
}

// Login returns the header of a user who is signed in.
func Login(t testing.TB, base, user, password string) http.Header {
	t.Helper()
	header, err := talk.Login(t.Context(), base, user, password)
	if err != nil {
		t.Fatal(err)
	}
	return header
}

// Call makes a request to the HTTP API, which must succeed.
func Call(t testing.TB, base, method, path, body string, header http.Header) {
	t.Helper()
	if _, err := talk.Call(t.Context(), base, method, path, body, header); err != nil {
		t.Fatal(err)
	}
}

// Send sends a frame given as alternating names and values. A lost connection shows
// in what is waited for next.
func (c *Client) Send(pairs ...any) {
	c.t.Helper()
	if err := c.Write(frame(pairs)); err != nil {
		c.t.Logf("send %v: %v", pairs[:2], err)
	}
}

func frame(pairs []any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// Find waits for the first frame since the last Forget for which want holds.
func (c *Client) Find(what string, want func(talk.Frame) bool) talk.Frame {
	c.t.Helper()
	f, err := c.Await(c.t.Context(), what, want)
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

// Ask sends a frame, given as for Send, and returns the next one that is neither an
// event nor a signal.
func (c *Client) Ask(pairs ...any) talk.Frame {
	c.t.Helper()
	f, err := c.Client.Ask(c.t.Context(), frame(pairs))
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

// Try sends a frame, given as for Send, until it is dealt with, and returns its
// answer: an error if it is refused for good.
func (c *Client) Try(pairs ...any) talk.Frame {
	c.t.Helper()
	f, err := c.Client.Do(c.t.Context(), frame(pairs))
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

// Do is Try for a frame that must be accepted.
func (c *Client) Do(pairs ...any) talk.Frame {
	c.t.Helper()
	f := c.Try(pairs...)
	if f.T == "error" {
		c.t.Fatalf("%v is refused with %s: %s", pairs, f.Code, f.Message)
	}
	return f
}

// Hello says who the visitor is and returns the welcome. An empty token is a new
// visitor's.
func (c *Client) Hello(name, token string, since uint64) talk.Frame {
	c.t.Helper()
	if token == "" {
		token = talk.Secret()
	}
	return c.Do("t", "hello", "name", name, "token", token, "since", since)
}

// Say sends a message until it is acknowledged, and returns its sequence.
func (c *Client) Say(id, text string) uint64 {
	c.t.Helper()
	return c.Do("t", "send", "id", id, "text", text).Seq
}

// Answer waits for the first answer, an error too, to the frame with that id.
func (c *Client) Answer(id string) talk.Frame {
	c.t.Helper()
	return c.Find("an answer to "+id, func(f talk.Frame) bool { return f.ID == id && f.T != "event" })
}

// Event waits for the first event of this kind whose text contains the words, or
// whose status they are.
func (c *Client) Event(kind, words string) talk.Frame {
	c.t.Helper()
	return c.Find(fmt.Sprintf("a %s with %q", kind, words), func(f talk.Frame) bool {
		return f.T == "event" && f.Kind == kind && (strings.Contains(f.Text, words) || f.Status == words)
	})
}
